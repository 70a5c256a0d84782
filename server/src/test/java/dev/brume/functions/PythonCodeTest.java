package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    return fixture.functions.code().add(FunctionsFixture.zip(sources)).hash();
  }

  private static FunctionSpec spec(String name, String code) {
    return FunctionsFixture.with(
        fixture.spec("python3.11", "main.handler", 512, 60),
        Map.of("name", name, "codeHash", code));
  }

  private static String invoke(FunctionSpec spec) {
    return new String(fixture.invoke(spec, "{}").payload(), StandardCharsets.UTF_8);
  }

  private static boolean isCompiled(Path source) {
    String[] made = source.resolveSibling("__pycache__").toFile().list();
    return made != null && List.of(made).stream().anyMatch(name -> name.endsWith(".pyc"));
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
    FunctionsFixture.await("compiled code", () -> isCompiled(source));
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
