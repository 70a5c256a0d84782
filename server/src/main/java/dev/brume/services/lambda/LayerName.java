package dev.brume.services.lambda;

import dev.brume.model.Call;
import org.jspecify.annotations.Nullable;

/// How callers name a layer: by its name, or by its ARN, which may be another account's.
record LayerName(String account, String region, String name) {
  private static final int PARTS = 7;

  static LayerName of(Call call, String given) {
    String[] parts = given.split(":");
    return parts.length < PARTS
        ? new LayerName(call.account(), call.region(), given)
        : new LayerName(parts[4], parts[3], parts[6]);
  }

  /// One version of a layer.
  record Version(LayerName layer, long number) {
    /// Null when the text is not the ARN of a layer's version.
    static @Nullable Version of(String arn) {
      String[] parts = arn.split(":");
      if (parts.length != PARTS + 1 || !parts[7].matches("\\d{1,18}")) {
        return null;
      }
      return new Version(new LayerName(parts[4], parts[3], parts[6]), Long.parseLong(parts[7]));
    }

    String arn() {
      return layer.arn() + ":" + number;
    }
  }

  Version version(long number) {
    return new Version(this, number);
  }

  String arn() {
    return "arn:aws:lambda:" + region + ":" + account + ":layer:" + name;
  }
}
