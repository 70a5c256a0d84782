package dev.brume.functions;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A command that is run to see whether it works here.
///
/// @param said what it printed, in one line
record Trial(boolean works, String said) {
  private static final long SECONDS = 15;
  private static final int SAID_MAX = 300;

  /// Runs it with nothing but PATH and these variables.
  static Trial of(List<String> command, Map<String, String> variables) {
    try {
      var builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
      builder.environment().keySet().retainAll(List.of("PATH"));
      builder.environment().putAll(variables);
      Process process = builder.start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Trial(false, "no end after " + SECONDS + " seconds");
      }
      byte[] said = process.getInputStream().readNBytes(SAID_MAX);
      return new Trial(
          process.exitValue() == 0,
          new String(said, StandardCharsets.UTF_8).strip().replaceAll("\\s+", " "));
    } catch (IOException e) {
      return new Trial(false, Path.of(command.getFirst()).getFileName() + " cannot be run");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Trial(false, "interrupted");
    }
  }
}
