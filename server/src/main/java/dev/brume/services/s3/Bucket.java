package dev.brume.services.s3;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A bucket. Its name is unique over all accounts.
///
/// @param account the owner's
/// @param versioning `Enabled`, `Suspended`, or null if never set
/// @param notifying whether it has a notification configuration, so that writes need look for it
/// @param acl the canned one, e.g. `private`
record Bucket(
    String name,
    String account,
    String region,
    long createdMillis,
    @Nullable String versioning,
    boolean notifying,
    String acl) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern ADDRESS = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+");

  /// [The rules for
  /// names](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
  static boolean isValidName(String name) {
    return NAME.matcher(name).matches()
        && !ADDRESS.matcher(name).matches()
        && !name.contains("..")
        && !name.startsWith("xn--")
        && !name.startsWith("sthree-")
        && !name.endsWith("-s3alias")
        && !name.endsWith("--ol-s3");
  }

  boolean versioned() {
    return "Enabled".equals(versioning);
  }

  /// Whether writes keep older versions or give out version ids at all.
  boolean everVersioned() {
    return versioning != null;
  }

  String arn() {
    return "arn:aws:s3:::" + name;
  }

  Bucket withVersioning(String status) {
    return new Bucket(name, account, region, createdMillis, status, notifying, acl);
  }

  Bucket withNotifying(boolean now) {
    return new Bucket(name, account, region, createdMillis, versioning, now, acl);
  }

  Bucket withAcl(String canned) {
    return new Bucket(name, account, region, createdMillis, versioning, notifying, canned);
  }
}
