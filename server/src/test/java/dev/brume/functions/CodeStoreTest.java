package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Packages that are not what they should be.
class CodeStoreTest {
  private static final String NOT_UNZIPPED = "Could not unzip uploaded file";
  @TempDir Path folder;
  private CodeStore store;

  @BeforeEach
  void open() {
    store = new CodeStore(folder.resolve("functions"));
  }

  @Test
  void namesThatLeadElsewhereAreRefused() throws IOException {
    for (String name :
        new String[] {"../x", "a/../../x", "/etc/x", "..", "a/..", "..\\x", "a\u0000b"}) {
      assertThatThrownBy(() -> store.add(zip(Map.of(name, "x"))))
          .as(name)
          .isInstanceOf(CodeStore.BadCode.class)
          .hasMessageContaining(NOT_UNZIPPED);
    }
    assertThat(folder.resolve("x")).doesNotExist();
    assertThat(folder.resolve("functions/x")).doesNotExist();
    assertNothingKept();
  }

  @Test
  void aLinkBecomesAFileThatLeadsNowhere() throws Exception {
    byte[] zip = zip(Map.of("link", "/etc/passwd"));
    // The entry says of itself that it is a symbolic link made on Unix.
    int central = find(zip, 0x02014b50);
    var bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(central + 5, (byte) 3);
    bytes.putInt(central + 38, 0xA1FF0000);
    Path link = store.folder(store.add(zip).hash()).resolve("link");
    assertThat(Files.isSymbolicLink(link)).isFalse();
    assertThat(Files.readString(link)).isEqualTo("/etc/passwd");
  }

  @Test
  void whatGrowsTooLargeIsRefusedWhateverItSaysOfItself() throws IOException {
    byte[] bomb = bomb(CodeStore.UNPACKED_BYTES_MAX + 1);
    assertThat(bomb.length).isLessThan(1 << 20);
    assertThatThrownBy(() -> store.add(bomb))
        .isInstanceOf(CodeStore.BadCode.class)
        .hasMessage("Unzipped size must be smaller than 262144000 bytes");
    // The same with a small size declared in the directory.
    int central = find(bomb, 0x02014b50);
    ByteBuffer.wrap(bomb).order(ByteOrder.LITTLE_ENDIAN).putInt(central + 24, 10);
    assertThatThrownBy(() -> store.add(bomb)).isInstanceOf(CodeStore.BadCode.class);
    assertNothingKept();
  }

  @Test
  void whatIsNoZipIsRefused() throws IOException {
    for (byte[] one : new byte[][] {{}, {1, 2, 3}, zip(Map.of())}) {
      assertThatThrownBy(() -> store.add(one)).isInstanceOf(CodeStore.BadCode.class);
    }
    byte[] cut = zip(Map.of("index.js", "exports.handler = async () => 1"));
    assertThatThrownBy(() -> store.add(java.util.Arrays.copyOf(cut, cut.length - 30)))
        .isInstanceOf(CodeStore.BadCode.class);
    assertNothingKept();
  }

  private void assertNothingKept() throws IOException {
    try (var zips = Files.list(folder.resolve("functions/zips"));
        var code = Files.list(folder.resolve("functions/code"))) {
      assertThat(zips).isEmpty();
      assertThat(code.filter(Files::isDirectory)).isEmpty();
    }
  }

  private static int find(byte[] bytes, int signature) {
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i + 4 <= bytes.length; i++) {
      if (buffer.getInt(i) == signature) {
        return i;
      }
    }
    throw new AssertionError("no such header");
  }

  private static byte[] zip(Map<String, String> files) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] bomb(long size) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.setLevel(Deflater.BEST_COMPRESSION);
      zip.putNextEntry(new ZipEntry("zeros"));
      byte[] zeros = new byte[1 << 20];
      for (long left = size; left > 0; left -= zeros.length) {
        zip.write(zeros, 0, (int) Math.min(left, zeros.length));
      }
    }
    return bytes.toByteArray();
  }
}
