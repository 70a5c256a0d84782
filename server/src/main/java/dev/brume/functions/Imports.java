package dev.brume.functions;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Learns from functions' code which parts of the AWS SDK it asks for, so that waiting processes
/// have them loaded.
final class Imports {
  private static final Pattern NODE =
      Pattern.compile(
          "(?:require\\(|from\\s*|import\\(|import\\s*)\\s*[\"'](@aws-sdk/[a-z0-9-]+)[\"']");
  private static final Pattern PYTHON =
      Pattern.compile("\\.(?:client|resource)\\(\\s*[\"']([a-z0-9-]+)[\"']");
  private static final long BYTES_MAX = 8 << 20;
  private static final int DEPTH_MAX = 4;
  private static final int NAMES_MAX = 12;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final Map<Interpreter.Kind, Set<String>> learned = new ConcurrentHashMap<>();

  /// What to load in advance, in order.
  Set<String> preload(Interpreter.Kind kind) {
    return new TreeSet<>(learned.getOrDefault(kind, Set.of()));
  }

  /// Looks through a code folder, once per folder. True when there was something new.
  boolean learn(Interpreter.Kind kind, String hash, Path folder) {
    if (!seen.add(kind + hash)) {
      return false;
    }
    Set<String> found = new LinkedHashSet<>();
    long[] left = {BYTES_MAX};
    try (var files = Files.find(folder, DEPTH_MAX, (path, at) -> at.isRegularFile())) {
      files
          .filter(file -> !file.toString().contains("node_modules") && isSource(kind, file))
          .forEach(file -> scan(kind, file, found, left));
    } catch (IOException | java.io.UncheckedIOException e) {
      // Only a guess is lost: the function loads its modules itself.
      return false;
    }
    Set<String> known = learned.computeIfAbsent(kind, k -> ConcurrentHashMap.newKeySet());
    boolean news = false;
    for (String name : found) {
      if (known.size() < NAMES_MAX) {
        news |= known.add(name);
      }
    }
    return news;
  }

  private static boolean isSource(Interpreter.Kind kind, Path file) {
    String name = file.toString();
    return switch (kind) {
      case NODE -> name.endsWith(".js") || name.endsWith(".mjs") || name.endsWith(".cjs");
      case PYTHON -> name.endsWith(".py");
    };
  }

  private static void scan(Interpreter.Kind kind, Path file, Set<String> found, long[] left) {
    try {
      long size = Files.size(file);
      if (size > left[0]) {
        return;
      }
      left[0] -= size;
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      Pattern pattern =
          switch (kind) {
            case NODE -> NODE;
            case PYTHON -> PYTHON;
          };
      Matcher matcher = pattern.matcher(text);
      while (matcher.find()) {
        found.add(matcher.group(1));
      }
      if (kind == Interpreter.Kind.PYTHON && text.contains("boto3")) {
        found.add("boto3");
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
