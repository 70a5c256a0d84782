package dev.brume.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.ids.Ids;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [Blobs] must do.
class BlobsContractTest {
  @TempDir Path folder;

  private Blobs open(boolean files) throws IOException {
    var ids = new Ids(new Random(1));
    return files ? new FileBlobs(folder, ids) : new MemoryBlobs(ids);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFinishedBlobIsReadFromAnOffsetAndDeleted(boolean files) throws IOException {
    Blobs blobs = open(files);
    String id = write(blobs, "hello world");
    assertThat(read(blobs, id, 6)).isEqualTo("world");
    try (InputStream open = blobs.open(id, 0)) {
      blobs.delete(id);
      assertThat(new String(open.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("hello world");
    }
    blobs.delete(id);
    assertThatThrownBy(() -> blobs.open(id, 0)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sweepingKeepsOnlyWhatIsKnown(boolean files) throws IOException {
    Blobs blobs = open(files);
    String kept = write(blobs, "kept");
    String orphan = write(blobs, "orphan");
    blobs.sweep(kept::equals);
    assertThat(read(blobs, kept, 0)).isEqualTo("kept");
    assertThatThrownBy(() -> blobs.open(orphan, 0)).isInstanceOf(IOException.class);
  }

  @Test
  void anUnfinishedBlobLeavesNothing() throws IOException {
    Blobs blobs = open(true);
    try (Blobs.Writer writer = blobs.create()) {
      writer.write(new byte[10], 0, 10);
    }
    Blobs.Writer lost = blobs.create();
    lost.write(new byte[10], 0, 10);
    blobs.sweep(id -> true);
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
    lost.close();
  }

  @Test
  void anIdThatIsAPathIsRefused() throws IOException {
    Blobs blobs = open(true);
    assertThatThrownBy(() -> blobs.open("../../etc/passwd", 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> blobs.delete("../x")).isInstanceOf(IllegalArgumentException.class);
  }

  private static String write(Blobs blobs, String text) throws IOException {
    try (Blobs.Writer writer = blobs.create()) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      writer.write(bytes, 0, bytes.length);
      return writer.finish();
    }
  }

  private static String read(Blobs blobs, String id, long offset) throws IOException {
    try (InputStream in = blobs.open(id, offset)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
