package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is left of functions after `kill -9` of the process that ran them.
class KilledTest {
  @TempDir Path folder;

  /// Runs one function whose child never ends, has it frozen, and waits to be killed.
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws Exception {
      var sandbox = SandboxSettings.DEFAULT.with(SandboxSettings.Freeze.STRICT);
      var fixture =
          new FunctionsFixture(Path.of(arguments[0]), FunctionsSettings.Isolation.BEST, sandbox);
      fixture.text("python3.11", "hostile.lives_on", "{\"seconds\":87654}");
      FunctionsFixture.await("frost", () -> fixture.functions.status().frozen() == 1);
      System.out.println("frozen");
      Thread.currentThread().join();
    }
  }

  @Test
  void everythingEndsWithItAndTheNextOneSweepsUp() throws Exception {
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                Victim.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String groups = "brume-" + victim.pid() + "-";
    try (var out = victim.inputReader()) {
      assertThat(out.readLine()).isEqualTo("frozen");
      assertThat(sleeps()).isTrue();
    } finally {
      victim.destroyForcibly().waitFor();
    }
    FunctionsFixture.await("their end", () -> inGroups(groups).isEmpty() && !sleeps());
    FunctionsFixture.await("no loop devices", () -> !loops());
    List<Path> left = Leaks.list(folder.resolve("functions/tmp"), name -> true);
    try (var fixture = new FunctionsFixture(folder)) {
      assertThat(fixture.node("kinds.echo", "1")).isEqualTo("1");
      assertThat(groups(groups)).isEmpty();
      assertThat(folder.resolve("brume-" + victim.pid())).doesNotExist();
      assertThat(left).isNotEmpty().noneMatch(Files::exists);
    }
  }

  // Of what a fixture needs, however this test itself was started.
  private static String classPath() {
    return Stream.of(
            Victim.class,
            Functions.class,
            dev.brume.model.Operation.class,
            com.fasterxml.jackson.databind.ObjectMapper.class,
            com.fasterxml.jackson.core.JsonFactory.class,
            com.fasterxml.jackson.annotation.JsonProperty.class)
        .map(
            one ->
                Path.of(URI.create(one.getProtectionDomain().getCodeSource().getLocation() + "")))
        .map(Path::toString)
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static List<Path> groups(String prefix) {
    return Leaks.list(Path.of("/sys/fs/cgroup"), name -> true).stream()
        .flatMap(tree -> Leaks.list(tree, name -> name.startsWith(prefix)).stream())
        .toList();
  }

  private static List<String> inGroups(String prefix) {
    var found = new TreeSet<String>();
    for (Path process : Leaks.list(Path.of("/proc"), name -> name.matches("\\d+"))) {
      Leaks.lines(process.resolve("cgroup")).stream()
          .filter(line -> line.contains("/" + prefix))
          .forEach(line -> found.add(process.getFileName().toString()));
    }
    return List.copyOf(found);
  }

  private static boolean sleeps() {
    return ProcessHandle.allProcesses()
        .anyMatch(
            it -> it.info().arguments().map(all -> List.of(all).contains("87654")).orElse(false));
  }

  private boolean loops() {
    return Leaks.list(Path.of("/sys/block"), name -> name.startsWith("loop")).stream()
        .flatMap(device -> Leaks.lines(device.resolve("loop/backing_file")).stream())
        .anyMatch(file -> file.contains(folder.toString()));
  }
}
