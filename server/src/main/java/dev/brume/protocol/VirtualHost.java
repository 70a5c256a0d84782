package dev.brume.protocol;

import org.jspecify.annotations.Nullable;

/// The bucket in a host name: `photos.s3.eu-west-1.amazonaws.com`, `photos.s3.localhost`,
/// `photos.localhost`.
public final class VirtualHost {
  private static final String[] SUFFIXES = {
    ".localhost", ".amazonaws.com", ".localhost.localdomain"
  };

  private VirtualHost() {}

  /// Whether the host names S3, with or without a bucket.
  static boolean isS3(String host) {
    String name = withoutPort(host);
    return name.startsWith("s3.") || name.startsWith("s3-") || service(name) >= 0;
  }

  /// The bucket, null in path style.
  ///
  /// @param s3 the request is known to be for S3, so `photos.localhost` is a bucket too
  public static @Nullable String bucket(String host, boolean s3) {
    String name = withoutPort(host);
    int at = service(name);
    if (at > 0) {
      return name.substring(0, at);
    }
    if (!s3 || name.startsWith("s3.") || name.startsWith("s3-")) {
      return null;
    }
    for (String suffix : SUFFIXES) {
      if (name.endsWith(suffix) && name.length() > suffix.length()) {
        return name.substring(0, name.length() - suffix.length());
      }
    }
    return null;
  }

  // Where `.s3.` or `.s3-` starts; the last one, since bucket names may hold dots.
  private static int service(String name) {
    return Math.max(name.lastIndexOf(".s3."), name.lastIndexOf(".s3-"));
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > 0 && host.indexOf(']', colon) < 0 ? host.substring(0, colon) : host;
  }
}
