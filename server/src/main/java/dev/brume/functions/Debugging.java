package dev.brume.functions;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which functions are started with a door for a debugger, and on which port of this machine's
/// loopback it is.
///
/// @param ports by the function's name
public record Debugging(Map<String, Integer> ports) {
  public static final Debugging NONE = new Debugging(Map.of());

  /// Reads `function:port`, or several with commas between them. Throws IllegalArgumentException
  /// with a line for the user.
  public static Debugging parse(String text) {
    Map<String, Integer> ports = new TreeMap<>();
    for (String one : text.split("\\s*,\\s*", -1)) {
      if (one.isBlank()) {
        continue;
      }
      int colon = one.lastIndexOf(':');
      String port = one.substring(colon + 1);
      if (colon <= 0 || !port.matches("[1-9]\\d{0,4}") || Integer.parseInt(port) > 65_535) {
        throw new IllegalArgumentException(
            "BRUME_DEBUG must be function:port, or several with commas between, not " + one);
      }
      ports.put(one.substring(0, colon).strip(), Integer.parseInt(port));
    }
    return new Debugging(Map.copyOf(ports));
  }

  /// Null when the function is not to be debugged.
  @Nullable Integer port(String function) {
    return ports.get(function);
  }
}
