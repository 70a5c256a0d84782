package dev.brume.functions;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What an environment is made of.
///
/// @param bare whether its program starts only when it is known which function it is
/// @param socket for one of our own runtimes, null for foreign ones
/// @param output null when the process prints into the JDK's pipe
record EnvironmentParts(
    String id,
    Interpreter interpreter,
    Sandbox sandbox,
    Enclosure enclosure,
    Process process,
    boolean bare,
    @Nullable RuntimeSocket socket,
    RuntimeApi api,
    @Nullable OutputPipe output) {
  /// Tells the sandbox's first process something.
  void order(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /// Lets it run. One with nothing but a runtime of ours in it is ordered nothing any more.
  void go() throws IOException {
    order("go");
    if (!interpreter.family().isForeign() && !api.extensions().any()) {
      process.getOutputStream().close();
    }
  }

  /// What its processes print.
  InputStream printed() {
    return output == null ? process.getInputStream() : output.in();
  }
}
