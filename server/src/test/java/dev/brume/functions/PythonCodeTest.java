package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of code in Python before it runs.
class PythonCodeTest {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
  @TempDir static Path folder;
  private static FunctionsFixture fixture;

  @BeforeAll
  static void start() throws IOException, CodeStore.BadCode {
    fixture = new FunctionsFixture(Files.createDirectory(folder.resolve("data")));
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static String add(Map<String, String> sources) throws IOException, CodeStore.BadCode {
    var entries = new TreeMap<String, byte[]>();
    sources.forEach((name, text) -> entries.put(name, JavaCode.bytes(text)));
    return fixture.functions.code().add(JavaCode.jar(entries)).hash();
  }

  private static FunctionSpec spec(String name, String code) {
    return new FunctionSpec(
        "000000000000",
        "us-east-1",
        name,
        "$LATEST",
        "1",
        "python3.11",
        "main.handler",
        Map.of(),
        512,
        60,
        512,
        code,
        null,
        "/aws/lambda/f",
        false,
        null,
        null,
        "http://127.0.0.1:4649",
        () -> new Credentials("ASIATEST", "secret", "token", Instant.now().plusSeconds(3600)));
  }

  private static String invoke(FunctionSpec spec) {
    return new String(fixture.invoke(spec, "{}").payload(), StandardCharsets.UTF_8);
  }

  private static boolean isCompiled(Path source) throws IOException {
    Path cache = source.resolveSibling("__pycache__");
    if (!Files.isDirectory(cache)) {
      return false;
    }
    try (var files = Files.list(cache)) {
      return files.anyMatch(file -> file.toString().endsWith(".pyc"));
    }
  }

  @Test
  void itIsCompiledInTheBackground() throws Exception {
    String code =
        add(
            Map.of(
                "main.py",
                "import part.more\ndef handler(e, c): return part.more.__cached__",
                "part/__init__.py",
                "",
                "part/more.py",
                "x = 1",
                "broken.py",
                "def (:"));
    fixture.functions.prepare(spec("compiled", code));
    Path source = fixture.functions.code().codeFolder().resolve(code).resolve("part/more.py");
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!isCompiled(source) && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(isCompiled(source)).isTrue();
    assertThat(invoke(spec("compiled", code))).contains("part/__pycache__/more.cpython-3");
  }

  @Test
  void aFunctionGetsTheSdkThatItBrings() throws Exception {
    String plain =
        add(Map.of("main.py", "import boto3\ndef handler(e, c): return boto3.__version__[:2]"));
    String own =
        add(
            Map.of(
                "main.py",
                "import boto3\ndef handler(e, c): return boto3.__version__",
                "boto3/__init__.py",
                "__version__ = 'mine'"));
    // The first makes later processes wait with boto3 loaded.
    String first = invoke(spec("plain", plain));
    for (int i = 0; i < 3; i++) {
      assertThat(invoke(spec("own" + i, own))).isEqualTo("\"mine\"");
      assertThat(invoke(spec("plain" + i, plain))).isEqualTo(first);
    }
  }
}
