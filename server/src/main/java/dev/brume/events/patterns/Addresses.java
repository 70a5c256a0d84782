package dev.brume.events.patterns;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// IP addresses from text, never by a name look-up.
final class Addresses {
  private Addresses() {}

  static byte @Nullable [] parse(String text) {
    try {
      InetAddress address =
          text.indexOf(':') >= 0 ? Inet6Address.ofLiteral(text) : Inet4Address.ofLiteral(text);
      return address.getAddress();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
