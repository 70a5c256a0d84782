package dev.brume.functions;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The Runtime API as the thread that invokes uses it: reads what the runtime posts, writes what it
/// waits for. Used by one thread at a time.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
sealed interface RuntimeLink extends AutoCloseable permits RuntimeWire, ForeignRuntime {
  /// Waits for the next request; the body of a streamed response goes to the sink, if there is one.
  /// Throws EOFException when the process is gone.
  RuntimeWire.Request read(@Nullable ResponseSink sink) throws IOException;

  /// Writes what the runtime waits for: the status line and headers without the length, and the
  /// body.
  void write(String head, byte[] body) throws IOException;

  /// Accepts a post.
  void accepted();

  /// Whether the runtime asks for the next event in the same breath as it answers.
  boolean asksAtOnce();

  @Override
  void close() throws IOException;
}
