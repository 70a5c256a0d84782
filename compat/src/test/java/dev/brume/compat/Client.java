package dev.brume.compat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A client program, run with nothing but the lines that `brume up` prints in its environment.
final class Client {
  static final Path CLIENTS = Path.of("src/test/clients").toAbsolutePath();
  static final Path PATTERNS = Path.of("../examples/patterns").toAbsolutePath().normalize();

  /// @param output standard output and error
  record Result(int code, String output) {}

  private Client() {}

  static Map<String, String> environment(String endpoint) {
    return Map.of(
        "AWS_ENDPOINT_URL", endpoint, "AWS_ACCESS_KEY_ID", "test", "AWS_SECRET_ACCESS_KEY", "test", "AWS_REGION", "us-east-1",
        "AWS_DEFAULT_REGION", "us-east-1", "AWS_EC2_METADATA_DISABLED", "true", "AWS_MAX_ATTEMPTS", "1", "AWS_PAGER", "");
  }

  static Result run(Path folder, Map<String, String> environment, int seconds, String... command) {
    try {
      var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
      builder.environment().remove("AWS_PROFILE");
      builder.environment().remove("AWS_SESSION_TOKEN");
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      var killer = Thread.ofVirtual().start(() -> {
        try {
          if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      killer.interrupt();
      return new Result(code, output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Whether a program is there and answers this question with success.
  static boolean has(String... question) {
    try {
      var builder = new ArrayList<>(List.of(question));
      return new ProcessBuilder(builder).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
