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
  private static final long BYTES_MAX = 8 << 20;
  private static final int DEPTH_MAX = 4;
  private static final int NAMES_MAX = 12;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final Map<RuntimeFamily, Set<String>> learned = new ConcurrentHashMap<>();

  /// What to load in advance, in order.
  Set<String> preload(RuntimeFamily family) {
    return new TreeSet<>(learned.getOrDefault(family, Set.of()));
  }

  /// Looks through a code folder, once per folder. True when there was something new.
  boolean learn(RuntimeFamily family, String hash, Path folder) {
    if (!seen.add(family.getClass().getSimpleName() + hash)) {
      return false;
    }
    Set<String> found = new LinkedHashSet<>();
    long[] left = {BYTES_MAX};
    try (var files = Files.find(folder, DEPTH_MAX, (path, at) -> at.isRegularFile())) {
      files
          .filter(
              file -> !file.toString().contains("node_modules") && family.isSource(file.toString()))
          .forEach(file -> scan(family, file, found, left));
    } catch (IOException | java.io.UncheckedIOException e) {
      // Only a guess is lost: the function loads its modules itself.
      return false;
    }
    Set<String> known = learned.computeIfAbsent(family, k -> ConcurrentHashMap.newKeySet());
    boolean news = false;
    for (String name : found) {
      if (known.size() < NAMES_MAX) {
        news |= known.add(name);
      }
    }
    return news;
  }

  /// What the first group of a pattern finds in source, in its order.
  static Set<String> named(Pattern pattern, String source) {
    Set<String> found = new LinkedHashSet<>();
    Matcher matcher = pattern.matcher(source);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  private static void scan(RuntimeFamily family, Path file, Set<String> found, long[] left) {
    try {
      long size = Files.size(file);
      if (size > left[0]) {
        return;
      }
      left[0] -= size;
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      found.addAll(family.imports(text));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
