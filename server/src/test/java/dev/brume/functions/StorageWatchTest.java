package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageWatchTest {
  @TempDir Path folder;

  @Test
  void whatIsOnDiskCountsAndHolesDoNot() throws IOException {
    var watch = new StorageWatch(folder);
    Files.createDirectories(folder.resolve("a/b"));
    Files.write(folder.resolve("a/b/c"), new byte[3 << 20]);
    assertThat(watch.exceeds(4 << 20)).isFalse();
    assertThat(watch.exceeds(2 << 20)).isTrue();
    try (var sparse = new RandomAccessFile(folder.resolve("sparse").toFile(), "rw")) {
      sparse.setLength(1L << 30);
    }
    assertThat(watch.exceeds(8 << 20)).isFalse();
  }
}
