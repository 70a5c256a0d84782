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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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
      assertThatThrownBy(() -> store.add(FunctionsFixture.zip(Map.of(name, "x"))))
          .as(name)
          .isInstanceOf(CodeStore.BadCode.class)
          .hasMessageContaining(NOT_UNZIPPED);
    }
    assertThat(folder.resolve("x")).doesNotExist();
    assertThat(folder.resolve("functions/x")).doesNotExist();
    assertNothingKept();
  }

  @Test
  void modesAreKept() throws Exception {
    Map<String, String> files =
        Map.of("run", "x", "secret", "x", "plain", "x", "d/", "", "d/x", "");
    var modes =
        Map.of("run", 0100755, "secret", 0104600, "d/", 0040711, "d/x", 0100001, "gone", 0100777);
    byte[] zip = FunctionsFixture.zip(files, modes);
    Path folder = store.folder(store.add(zip).hash());
    assertThat(mode(folder)).isEqualTo("rwxr-xr-x");
    assertThat(mode(folder.resolve("run"))).isEqualTo("rwxr-xr-x");
    assertThat(mode(folder.resolve("secret"))).isEqualTo("rw-------");
    assertThat(mode(folder.resolve("plain"))).isEqualTo("rw-r--r--");
    assertThat(mode(folder.resolve("d"))).isEqualTo("rwx--x--x");
    // We read everything, and execute what everybody does.
    assertThat(mode(folder.resolve("d/x"))).isEqualTo("rwx-----x");
    // Another mode is another package.
    byte[] other = FunctionsFixture.zip(files, Map.of("run", 0100644));
    assertThat(mode(store.folder(store.add(other).hash()).resolve("run"))).isEqualTo("rw-r--r--");
  }

  @Test
  void linksStayInTheirFolder() throws Exception {
    Path outside = Files.writeString(folder.resolve("functions/code/host"), "host");
    var links = new LinkedHashMap<String, String>();
    links.put("near", "lib/real.txt");
    links.put("lib/up", "../lib/./real.txt");
    links.put("lib/whole", "..");
    links.put("through", "lib/whole/lib/whole/near");
    links.put("placed", "/opt/lib/real.txt");
    links.put("lib/placed", "/var/task/near");
    links.put("later", "not/there");
    List<String> kept = List.copyOf(links.keySet());
    links.put("absolute", outside.toAbsolutePath().toString());
    links.put("passwd", "/etc/passwd");
    links.put("above", "../host");
    links.put("lib/above", "lib/../../../host");
    links.put("chain", "above");
    links.put("lib/chain", "whole/whole/../host");
    links.put("made", "__pycache__/../../host");
    links.put("capitals", "LIB/../../host");
    links.put("over", "lib/real.txt/../../../host");
    links.put("round", "round");
    links.put("placedAbove", "/opt/../host");
    var files = new LinkedHashMap<>(links);
    files.put("lib/real.txt", "real");
    var modes = new HashMap<String, Integer>();
    links.keySet().forEach(name -> modes.put(name, ZipModes.LINK));
    Path in = store.folder(store.add(FunctionsFixture.zip(files, modes)).hash());
    for (String link : links.keySet()) {
      assertThat(Files.isSymbolicLink(in.resolve(link))).as(link).isTrue();
      if (kept.contains(link)) {
        assertThat(Files.readSymbolicLink(in.resolve(link)).toString()).doesNotStartWith("/");
      } else {
        assertThat(Files.readSymbolicLink(in.resolve(link))).hasToString("/dev/null/outside");
        assertThat(Files.exists(in.resolve(link))).as(link).isFalse();
      }
    }
    for (String link : List.of("near", "lib/up", "through", "placed", "lib/placed")) {
      assertThat(in.resolve(link)).as(link).hasContent("real");
    }
    // What leads nowhere does not when the place is made, either.
    Files.createDirectories(in.resolve("__pycache__"));
    assertThat(Files.exists(in.resolve("made"))).isFalse();
    Folders.delete(in);
    assertThat(outside).hasContent("host");
  }

  @Test
  void nothingIsWrittenThroughLinks() throws Exception {
    Path outside = Files.createDirectories(folder.resolve("outside"));
    for (String target : List.of(outside.toAbsolutePath().toString(), "../../../outside", "d")) {
      for (String below : List.of("link/planted", "link/")) {
        var files = new LinkedHashMap<String, String>();
        files.put("link", target);
        files.put(below, below.endsWith("/") ? "" : "x");
        byte[] zip = FunctionsFixture.zip(files, Map.of("link", ZipModes.LINK));
        assertThatThrownBy(() -> store.add(zip))
            .isInstanceOf(CodeStore.BadCode.class)
            .hasMessageContaining(NOT_UNZIPPED);
      }
    }
    assertThat(outside).isEmptyDirectory();
    for (String target : List.of("", "a\0b", "x".repeat(5000))) {
      byte[] zip = FunctionsFixture.zip(Map.of("link", target), Map.of("link", ZipModes.LINK));
      assertThatThrownBy(() -> store.add(zip)).isInstanceOf(CodeStore.BadCode.class);
    }
    assertNothingKept();
  }

  @Test
  void layersLieOverEachOther() throws Exception {
    Map<String, Integer> link = Map.of("lib", ZipModes.LINK, "b", ZipModes.LINK);
    String first =
        store
            .add(FunctionsFixture.zip(Map.of("lib", "lib64", "lib64/x", "1", "b", "lib/x"), link))
            .hash();
    String second = store.add(FunctionsFixture.zip(Map.of("lib/y", "2", "lib64", "f"))).hash();
    Path both = folder.resolve("functions/code").resolve(store.merge(List.of(first, second)));
    // The second one's folder is none of the first one's link, and its file none of its folder.
    assertThat(both.resolve("lib/y")).hasContent("2");
    assertThat(Files.isSymbolicLink(both.resolve("lib"))).isFalse();
    assertThat(both.resolve("lib64")).hasContent("f");
    assertThat(Files.exists(both.resolve("b"))).isFalse();
    // A link is looked at as it is in the end.
    Path other = folder.resolve("functions/code").resolve(store.merge(List.of(second, first)));
    assertThat(other.resolve("lib/x")).hasContent("1");
    assertThat(other.resolve("b")).hasContent("1");
  }

  @Test
  void largeDirectoriesAndThingsBeforeAZipAreRead() throws Exception {
    var many = new HashMap<String, String>();
    for (int i = 0; i < 66_000; i++) {
      many.put("f" + i, "");
    }
    byte[] zip = FunctionsFixture.zip(many, Map.of("f7", 0100755));
    assertThat(ZipModes.read(Files.write(folder.resolve("many.zip"), zip)))
        .hasSize(66_000)
        .containsOnlyOnce(0100755);
    byte[] small = FunctionsFixture.zip(Map.of("run", "x"), Map.of("run", 0100755));
    var after = new ByteArrayOutputStream();
    after.write("#!/bin/sh\n".getBytes(StandardCharsets.UTF_8));
    after.write(small);
    Path unpacked = store.folder(store.add(after.toByteArray()).hash());
    assertThat(mode(unpacked.resolve("run"))).isEqualTo("rwxr-xr-x");
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
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
    for (byte[] one : new byte[][] {{}, {1, 2, 3}, FunctionsFixture.zip(Map.of())}) {
      assertThatThrownBy(() -> store.add(one)).isInstanceOf(CodeStore.BadCode.class);
    }
    byte[] cut = FunctionsFixture.zip(Map.of("index.js", "exports.handler = async () => 1"));
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
