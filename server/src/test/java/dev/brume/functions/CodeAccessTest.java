package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a function can do with the files that it was packed with; with and without a sandbox.
class CodeAccessTest {
  private static final String READS =
      """
      const fs = require('fs');
      const seen = (name) => {
        try { return fs.readFileSync(`${__dirname}/${name}`, 'utf8'); } catch (e) { return e.code; }
      };
      exports.handler = async (names) => names.map(seen);
      """;
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void modesAndLinksHold(FunctionsSettings.Isolation isolation) throws Exception {
    Path host = Files.writeString(folder.resolve("host"), "of the host").toRealPath();
    var files =
        Map.of(
            "index.js",
            READS,
            "secret",
            "mine",
            "near",
            "index.js",
            "far",
            host.toString(),
            "d/up",
            "../".repeat(20) + host.toString().substring(1),
            "d/below",
            "up/../host");
    var modes =
        Map.of(
            "secret", 0100600,
            "near", ZipModes.LINK,
            "far", ZipModes.LINK,
            "d/up", ZipModes.LINK,
            "d/below", ZipModes.LINK);
    try (var fixture = new FunctionsFixture(folder, isolation)) {
      var spec =
          fixture.with(
              fixture.spec(FunctionsFixture.nodeRuntime(), "index.handler"),
              FunctionsFixture.zip(files, modes),
              null,
              Map.of());
      var answer =
          FunctionsFixture.json(
              fixture.invoke(spec, "[\"near\",\"far\",\"d/up\",\"d/below\",\"secret\"]"));
      assertThat(answer.get(0).asText()).isEqualTo(READS);
      for (int i = 1; i <= 3; i++) {
        assertThat(answer.get(i).asText()).isEqualTo("ENOTDIR");
      }
      // Where functions are users of their own.
      boolean other = fixture.functions.status().isolation().equals("root");
      assertThat(answer.get(4).asText()).isEqualTo(other ? "EACCES" : "mine");
    }
  }
}
