package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Node's compile caches of functions: the second cold start takes what the first has compiled. On
/// the newest Node of this machine; without one that has such caches only the rules are tested.
class NodeStartsTest {
  private static final int CALLED = 2000;
  @TempDir Path folder;
  private FunctionsFixture fixture;
  private FunctionsSettings settings;
  private Interpreters interpreters;
  private final List<Path> made = new ArrayList<>();
  private int revisions;

  @BeforeEach
  void start() throws IOException, CodeStore.BadCode {
    fixture = new FunctionsFixture(Files.createDirectory(folder.resolve("data")));
    settings = FunctionsSettings.of(folder.resolve("data"));
    interpreters = new Interpreters(settings);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
    for (Path one : made) {
      Folders.delete(one);
    }
  }

  // Many functions that are called once, and time that passes.
  private static String source(String answer, boolean module) {
    var source = new StringBuilder();
    for (int i = 0; i < CALLED; i++) {
      source.append(
          "function called%d(x) { const y = [x, %d]; return y.map((z) => z + %d).join('-%d'); }\n"
              .formatted(i, i, i, i));
      source.append("called%d('a');\n".formatted(i));
    }
    source.append("const began = Date.now(); while (Date.now() - began < 50);\n");
    source.append(module ? "import Module from 'node:module'; import fs from 'node:fs';\n" : "");
    source.append(module ? "" : "const Module = require('node:module'), fs = require('fs');\n");
    source.append(module ? "export const handler = " : "exports.handler = ");
    source.append(
        """
        async () => {
          const folder = Module.getCompileCacheDir?.();
          const refused = [];
          for (const act of folder ? [
            () => fs.writeFileSync(folder + '/more', 'x'),
            () => fs.mkdirSync('/run/brume/start/more'),
            () => fs.readdirSync(folder).forEach((name) => fs.appendFileSync(folder + '/' + name, 'x')),
            () => fs.readdirSync(folder).forEach((name) => fs.unlinkSync(folder + '/' + name)),
          ] : []) {
            try { act(); refused.push('done'); } catch (e) { refused.push(e.code); }
          }
          Module.flushCompileCache?.();
          return { answer: '%s', folder, refused };
        };
        """
            .formatted(answer));
    return source.toString();
  }

  private FunctionSpec spec(String answer, boolean module) throws IOException, CodeStore.BadCode {
    RuntimeEntry newest =
        Runtimes.table(settings).stream()
            .filter(entry -> entry.runtime().startsWith("nodejs") && entry.program() != null)
            .reduce((one, other) -> other)
            .orElseThrow();
    FunctionSpec plain = fixture.spec(newest.runtime(), "index.handler", 512, 60);
    assumeThat(NodeStarts.isFor(interpreters.of(plain)))
        .as("a Node that has compile caches, not " + newest.version())
        .isTrue();
    FunctionsFixture.await("the sandbox", () -> !fixture.functions.status().isolation().isEmpty());
    assumeThat(fixture.functions.status().isolation()).isNotEqualTo("reduced");
    // Of this run alone: the cache is the user's.
    String code = source(answer, module) + "// " + fixture.ids.hex(12);
    Map<String, String> files = Map.of(module ? "index.mjs" : "index.js", code);
    String hash = fixture.functions.code().add(FunctionsFixture.zip(files)).hash();
    return FunctionsFixture.with(
        plain, Map.of("name", "starts" + fixture.ids.hex(12), "codeHash", hash));
  }

  // Another revision is served by an environment of its own.
  private Outcome coldly(FunctionSpec spec) {
    String revision = Integer.toString(++revisions);
    return fixture.invoke(FunctionsFixture.with(spec, Map.of("revision", revision)), "{}");
  }

  private Path learnt(FunctionSpec spec) {
    assertThat(FunctionsFixture.json(coldly(spec)).has("folder")).isFalse();
    var starts = new NodeStarts(settings.cacheFolder());
    Interpreter interpreter = interpreters.of(spec);
    FunctionsFixture.await("a cache", () -> starts.find(interpreter, spec) != null);
    Path modules = starts.home().resolve(starts.find(interpreter, spec).folder());
    made.add(Objects.requireNonNull(modules.getParent()));
    return modules;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSecondStartTakesWhatTheFirstHasCompiled(boolean module) throws Exception {
    FunctionSpec spec = spec("one", module);
    learnt(spec);
    JsonNode answer = FunctionsFixture.json(coldly(spec));
    assertThat(answer.path("answer").asText()).isEqualTo("one");
    assertThat(answer.path("folder").asText()).startsWith(StartCache.FOLDER + "/v");
    var loud = Map.of("environment", (Object) Map.of("NODE_DEBUG_NATIVE", "COMPILE_CACHE"));
    coldly(FunctionsFixture.with(spec, loud));
    FunctionsFixture.await(
        "that V8 has taken it",
        () -> fixture.log.toString().contains(module ? "index.mjs was acc" : "index.js was acc"));
    // With the functions that were called, as Node alone would not have written it.
    Matcher size = Pattern.compile("success, size=([0-9]+)").matcher(fixture.log.toString());
    assertThat(size.results().mapToInt(found -> Integer.parseInt(found.group(1))).max().orElse(0))
        .isGreaterThan(CALLED * 300);
    // A version has the same code.
    FunctionSpec version = FunctionsFixture.with(spec, Map.of("version", "1"));
    assertThat(FunctionsFixture.json(coldly(version)).has("folder")).isTrue();
  }

  @Test
  void aFunctionCannotChangeWhatOthersRead() throws Exception {
    FunctionSpec spec = spec("one", false);
    Path modules = learnt(spec);
    List<byte[]> before = contents(modules);
    JsonNode answer = FunctionsFixture.json(coldly(spec));
    assertThat(answer.path("refused")).hasSize(4);
    assertThat(answer.path("refused")).allMatch(code -> code.asText().matches("EROFS|EACCES"));
    assertThat(contents(modules)).usingElementComparator(Arrays::compare).isEqualTo(before);
  }

  @Test
  void newCodeHasACacheOfItsOwnAndADamagedOneDoesNoHarm() throws Exception {
    FunctionSpec first = spec("one", false);
    Path modules = learnt(first);
    FunctionSpec second =
        FunctionsFixture.with(first, Map.of("codeHash", spec("two", false).codeHash()));
    Path others = learnt(second);
    assertThat(modules).doesNotExist();
    assertThat(FunctionsFixture.json(coldly(second)).path("answer").asText()).isEqualTo("two");
    try (var files = Files.list(others)) {
      for (Path file : files.toList()) {
        byte[] content = Files.readAllBytes(file);
        Arrays.fill(content, content.length / 2, content.length, (byte) 7);
        Files.write(file, content);
      }
    }
    JsonNode answer = FunctionsFixture.json(coldly(second));
    assertThat(answer.path("answer").asText()).isEqualTo("two");
    assertThat(answer.has("folder")).isTrue();
    Folders.delete(made.getLast());
    assertThat(FunctionsFixture.json(coldly(second)).has("folder")).isFalse();
  }

  private static List<byte[]> contents(Path modules) throws IOException {
    try (var files = Files.list(modules)) {
      return files
          .sorted()
          .map(
              file -> {
                try {
                  return Files.readAllBytes(file);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              })
          .toList();
    }
  }

  // What a function could leave in the place of a practice's file.
  @Test
  void onlyWhatIsWholeIsTaken() throws Exception {
    var starts = new NodeStarts(folder.resolve("cache"));
    var node =
        new Interpreter(
            interpreters.families().getFirst(), folder.resolve("node"), "22.12.1", List.of());
    FunctionSpec spec = fixture.spec("nodejs22.x", "index.handler");
    String name = "v22.12.1-x64-0a1b2c3d-\n";
    for (String wrong :
        List.of(
            "",
            name,
            name + "\n",
            name + "a1 3\n\nab",
            name + "a1 3\n\nabcd",
            name + "a1 3\na1 3\n\nabcabc",
            name + "../a1 3\n\nabc",
            name + "a1 -3\n\nabc",
            name + "a1 999999999\n\nabc",
            "v22.12.2-x64-0a1b2c3d-\na1 3\n\nabc",
            "v22.12.1-x64-0a1b2c3d-/..\na1 3\n\nabc",
            "v".repeat(100_000))) {
      Path file = Files.writeString(folder.resolve("left"), wrong, StandardCharsets.US_ASCII);
      assertThatThrownBy(() -> starts.keep(node, spec, file))
          .as(wrong)
          .isInstanceOf(IOException.class);
      assertThat(starts.find(node, spec)).isNull();
    }
    Path file = Files.writeString(folder.resolve("left"), name + "a1 3\nb2 0\n\nabc");
    starts.keep(node, spec, file);
    StartCache cache = starts.find(node, spec);
    assertThat(cache.name()).isEqualTo(name.strip());
    assertThat(starts.home().resolve(cache.folder()).resolve("a1")).hasContent("abc");
    try (var left = Files.list(starts.home())) {
      assertThat(left).hasSize(1);
    }
    for (String other : List.of("20.20.2", "22.9.0", "21.1.0", "x")) {
      var older = new Interpreter(node.family(), node.executable(), other, List.of());
      assertThat(NodeStarts.isFor(older)).as(other).isFalse();
      assertThat(starts.find(older, spec)).isNull();
    }
  }
}
