package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LogPipeTest {
  private static final PlatformEvent LAST =
      PlatformEvent.extension("last", "Registered", List.of("INVOKE"));
  private final StringBuilder log = new StringBuilder();

  @Test
  void whatWasPrintedBeforeTheEndIsReadFirst() throws Exception {
    try (var printed = printed()) {
      LogPipe pipe = pipe(printed.pipe());
      LogPipe.Collector collector = begin(pipe);
      printed.print("a line\nhalf a line");
      CompletableFuture<byte[]> end = pipe.finish(collector, List.of(LAST));
      assertThat(end).isNotDone();
      Thread reader = Thread.ofPlatform().start(pipe);
      assertThat(text(end.get())).startsWith("a line\nhalf a line\n");
      assertThat(log).contains("a line|half a line|");
      printed.end();
      reader.join();
    }
  }

  @Test
  void anEmptyPipeIsTheEnd() throws Exception {
    try (var printed = printed()) {
      LogPipe pipe = pipe(printed.pipe());
      CompletableFuture<byte[]> end = pipe.finish(begin(pipe), List.of(LAST));
      assertThat(end).isDone();
      printed.print("too late\n");
      printed.end();
      pipe.run();
      assertThat(log).endsWith("too late|");
    }
  }

  @Test
  void whereOneCannotLookTheRuntimeSaysIt() throws Exception {
    byte[] id = "id".getBytes(StandardCharsets.UTF_8);
    byte[] frame = new byte[16 + id.length];
    System.arraycopy(
        new byte[] {(byte) 0xA5, 0x5A, 0, (byte) 0xFF, 0, 0, 0, (byte) id.length}, 0, frame, 0, 8);
    System.arraycopy(id, 0, frame, 16, id.length);
    var pipe =
        new LogPipe(
            new ByteArrayInputStream(frame),
            null,
            new Telemetry(new Network.Shared()),
            (name, status) -> {});
    CompletableFuture<byte[]> end = pipe.finish(begin(pipe), List.of(LAST));
    assertThat(end).isNotDone();
    pipe.run();
    assertThat(end).isDone();
  }

  private LogPipe.Collector begin(LogPipe pipe) {
    return pipe.begin("id", "stream", (stream, record) -> log.append(record).append('|'), true);
  }

  private static LogPipe pipe(OutputPipe output) {
    return new LogPipe(
        output.in(), output, new Telemetry(new Network.Shared()), (name, status) -> {});
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// A pipe and somebody who prints into it.
  private record Printed(OutputPipe pipe, OutputStream out) implements AutoCloseable {
    void print(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    void end() throws IOException {
      out.close();
    }

    @Override
    public void close() throws IOException {
      end();
    }
  }

  private static Printed printed() throws IOException {
    OutputPipe pipe = OutputPipe.create(Syscalls.load());
    assumeTrue(pipe != null, "no Linux");
    var out = new FileOutputStream(pipe.target().file(), true);
    pipe.started();
    return new Printed(pipe, out);
  }
}
