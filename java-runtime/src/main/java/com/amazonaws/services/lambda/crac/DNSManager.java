package com.amazonaws.services.lambda.crac;

/// Goes before AWS's class of this name, which makes Java forget the addresses of names by a native
/// library: before a snapshot that may be restored days later. Here a snapshot is a process that
/// waits; what it remembers expires as ever.
final class DNSManager {
  private DNSManager() {}

  static void clearCache() {
    // See above.
  }
}
