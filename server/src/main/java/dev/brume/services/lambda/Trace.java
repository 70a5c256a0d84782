package dev.brume.services.lambda;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// X-Ray's trace header: `Root=1-…;Parent=…;Sampled=0;Lineage=1:<function>:<passes>|…`. The SDKs
/// send it along from inside a function, and queues, topics and buckets keep it with what it
/// caused.
///
/// <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html>
///
/// @param root null when there is none yet
/// @param sampled null when that is not decided
/// @param lineage how often the trace has come back to functions, by [#key]
record Trace(@Nullable String root, @Nullable Boolean sampled, Map<String, Integer> lineage) {
  private static final Pattern ROOT = Pattern.compile("1-[0-9a-f]{8}-[0-9a-f]{24}");
  private static final Pattern PASSES = Pattern.compile("(?:1:)?([0-9a-f]{8}):(\\d{1,5})");
  private static final int LINEAGE_MAX = 32;

  static Trace of(@Nullable String header) {
    String root = null;
    Boolean sampled = null;
    var lineage = new LinkedHashMap<String, Integer>();
    for (String part : header == null ? new String[0] : header.split(";")) {
      int equals = part.indexOf('=');
      String value = part.substring(equals + 1).strip();
      switch (part.substring(0, Math.max(0, equals)).strip()) {
        case "Root" -> root = ROOT.matcher(value).matches() ? value : null;
        case "Sampled" ->
            sampled = value.equals("1") ? Boolean.TRUE : value.equals("0") ? Boolean.FALSE : null;
        case "Lineage" -> passes(value, lineage);
        default -> {
          // Parent is said anew at every step; others are nobody's business here.
        }
      }
    }
    return new Trace(root, sampled, lineage);
  }

  private static void passes(String value, Map<String, Integer> lineage) {
    for (String one : value.split("[|,]")) {
      var matcher = PASSES.matcher(one.strip());
      if (matcher.matches() && lineage.size() < LINEAGE_MAX) {
        lineage.merge(matcher.group(1), Integer.parseInt(matcher.group(2)), Math::max);
      }
    }
  }

  /// What a function is called in a lineage.
  static String key(FunctionName name) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(name.functionArn().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// How often the trace has already run this function.
  int runs(String key) {
    Integer passes = lineage.get(key);
    return passes == null ? 0 : passes + 1;
  }

  /// The header inside the function.
  ///
  /// @param ownRoot this trace's, or a new one
  /// @param sampledHere decides when nobody has before
  String inside(String key, String ownRoot, String parent, boolean sampledHere) {
    var passes = new LinkedHashMap<>(lineage);
    if (passes.size() < LINEAGE_MAX || passes.containsKey(key)) {
      passes.put(key, runs(key));
    }
    String text =
        passes.entrySet().stream()
            .map(entry -> entry.getKey() + ":" + entry.getValue())
            .collect(Collectors.joining("|"));
    boolean yes = sampled == null ? sampledHere : sampled;
    return "Root="
        + ownRoot
        + ";Parent="
        + parent
        + ";Sampled="
        + (yes ? 1 : 0)
        + ";Lineage=1:"
        + text;
  }
}
