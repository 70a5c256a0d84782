package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which caches of functions' classes are kept.
class JavaStartsTest {
  private static final JavaMachines.Machine MACHINE =
      new JavaMachines.Machine(Path.of("/jvm"), "25.0.1", "25.0.1+8");
  @TempDir Path folder;
  private Path code;
  private JavaStarts starts;

  @BeforeEach
  void make() throws IOException {
    code = Files.createDirectory(folder.resolve("code"));
    starts = new JavaStarts(folder, new JavaLibraries(folder));
  }

  private FunctionSpec spec(String name, String version, String hash, @Nullable String layers)
      throws IOException {
    Files.createDirectories(code.resolve(hash));
    Files.writeString(code.resolve(hash).resolve("A.class"), hash);
    return new FunctionSpec(
        "000000000000",
        "us-east-1",
        name,
        version,
        "1",
        "java25",
        "A",
        Map.of(),
        512,
        3,
        512,
        hash,
        layers,
        "/aws/lambda/f",
        false,
        null,
        null,
        false,
        "http://127.0.0.1:1",
        () -> {
          throw new IllegalStateException();
        });
  }

  // As after a practice.
  private FunctionSpec learnt(String name, String version, String hash) throws IOException {
    FunctionSpec spec = spec(name, version, hash, null);
    assertThat(starts.prepare(MACHINE, spec, code)).isNotNull();
    Path made = Files.writeString(folder.resolve("made"), "cache of " + hash);
    starts.keep(MACHINE, spec, made);
    return spec;
  }

  @Test
  void latestHasOneCacheAndVersionsKeepTheirs() throws IOException {
    FunctionSpec first = learnt("f", "$LATEST", "one");
    assertThat(starts.find(MACHINE, first)).isNotNull();
    FunctionSpec version = learnt("f", "1", "published");
    FunctionSpec other = learnt("g", "$LATEST", "one");
    FunctionSpec second = learnt("f", "$LATEST", "two");
    assertThat(starts.find(MACHINE, first)).isNull();
    assertThat(starts.find(MACHINE, second)).isNotNull();
    assertThat(starts.find(MACHINE, version)).isNotNull();
    assertThat(starts.find(MACHINE, other)).isNotNull();
    // Back to the first code: it may be learnt again.
    learnt("f", "$LATEST", "one");
    assertThat(starts.find(MACHINE, first)).isNotNull();
  }

  @Test
  void whatAVersionHasTakenOverStaysWithIt() throws IOException {
    learnt("f", "$LATEST", "one");
    FunctionSpec version = spec("f", "1", "one", null);
    assertThat(starts.find(MACHINE, version)).isNotNull();
    learnt("f", "$LATEST", "two");
    assertThat(starts.find(MACHINE, version)).isNotNull();
  }

  @Test
  void thereAreNotManyAndThoseThatAreUsedStay() throws IOException {
    FunctionSpec used = learnt("used", "1", "code");
    for (int i = 0; i < 40; i++) {
      learnt("f" + i, "1", "code");
      assertThat(starts.find(MACHINE, used)).isNotNull();
    }
    try (var all = Files.list(folder.resolve("java-functions"))) {
      assertThat(all.count()).isLessThan(15);
    }
  }

  @Test
  void jarsOfCodeAndLayersAreOnTheClassPath() throws IOException {
    for (String jar :
        new String[] {"code/c/lib/b.jar", "code/c/lib/a.jar", "code/l/java/lib/l.jar"}) {
      Files.createDirectories(Objects.requireNonNull(folder.resolve(jar).getParent()));
      Files.writeString(folder.resolve(jar), "");
    }
    assertThat(starts.prepare(MACHINE, spec("f", "1", "c", "l"), code).classPath())
        .isEqualTo(
            "/var/runtime/function/classes.jar:/var/task/lib/a.jar:/var/task/lib/b.jar"
                + ":/opt/java/lib/l.jar");
    assertThat(starts.prepare(MACHINE, spec("f", "2", "c", "l"), code)).isNull();
  }
}
