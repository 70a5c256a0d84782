package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Which programs of this machine serve Lambda's runtimes, without running functions.
public final class Runtimes {
  private Runtimes() {}

  /// All that Brume has an inside for. Looks for the programs, which takes a moment.
  public static List<RuntimeEntry> table(FunctionsSettings settings) {
    return new Interpreters(settings).table();
  }

  /// Installs a version of Node for functions in the user's cache, and gives its folder. Throws
  /// IllegalArgumentException for other runtimes.
  public static Path add(FunctionsSettings settings, String runtime) throws IOException {
    return AddedNode.install(settings.cacheFolder().resolve("runtimes"), runtime);
  }
}
