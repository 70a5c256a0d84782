package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Versions with SnapStart: hooks, variables, the platform's lines, in Java and Python.
class SnapStartTest {
  private static final String JAVA =
      """
      package example;
      import com.amazonaws.services.lambda.crac.*;
      import java.util.*;
      public class Hooks implements Resource {
        static final List<String> SEEN = new ArrayList<>(List.of("init"));
        public Hooks() {
          Core.getGlobalContext().register(this);
          System.out.println("INITIALISED");
        }
        public void beforeCheckpoint(Context<? extends Resource> context) {
          SEEN.add("before");
          if ("before".equals(System.getenv("FAIL"))) throw new IllegalStateException("no snapshot");
        }
        public void afterRestore(Context<? extends Resource> context) throws Exception {
          SEEN.add("after");
          if ("after".equals(System.getenv("FAIL"))) throw new IllegalStateException("no restore");
        }
        public String handle(Object event) {
          return SEEN + " " + System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE") + " "
              + System.getenv("AWS_LAMBDA_LOG_STREAM_NAME");
        }
      }
      """;
  private static final String PYTHON =
      """
      import os
      from snapshot_restore_py import register_after_restore, register_before_snapshot
      seen = ["init"]
      print("INITIALISED")
      register_before_snapshot(seen.append, "before 1")
      register_after_restore(seen.append, "after 1")
      @register_before_snapshot
      def second():
          seen.append("before 2")
          if os.environ.get("FAIL") == "before":
              raise ValueError("no snapshot")
      @register_after_restore
      def third():
          seen.append("after 2")
          if os.environ.get("FAIL") == "after":
              raise ValueError("no restore")
      def handler(event, context):
          return [*seen, os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"], context.log_stream_name]
      """;
  @TempDir Path folder;
  private FunctionsFixture fixture;

  @BeforeEach
  void start() throws IOException, CodeStore.BadCode {
    fixture = new FunctionsFixture(Files.createDirectory(folder.resolve("data")));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private FunctionSpec java(Map<String, String> variables) throws Exception {
    byte[] jar = JavaCode.jar(new JavaCode(folder, 17).compile(Map.of("example/Hooks.java", JAVA)));
    var spec =
        fixture.with(
            fixture.spec("java25", "example.Hooks::handle"), Map.of("a", "b"), Map.of(), variables);
    return FunctionsFixture.snapStart(spec, fixture.functions.code().add(jar).hash());
  }

  private FunctionSpec python(Map<String, String> variables) throws Exception {
    assumeTrue(!Programs.onPath("python3").isEmpty(), "no Python");
    var spec =
        fixture.with(
            fixture.spec("python3.12", "index.handler"),
            Map.of("index.py", PYTHON),
            Map.of(),
            variables);
    return FunctionsFixture.snapStart(spec, spec.codeHash());
  }

  private String text(FunctionSpec spec) {
    return new String(fixture.invoke(spec, "{}").payload(), StandardCharsets.UTF_8);
  }

  @Test
  void aSnapshotIsMadeWhenItIsPublishedAndRestoredWhenItIsInvoked() throws Exception {
    FunctionSpec spec = java(Map.of());
    assertThat(fixture.functions.snapshot(spec, fixture.sink()).join()).isEmpty();
    assertThat(fixture.log)
        .anyMatch(line -> line.startsWith("INIT_START Runtime Version: java:"))
        .anyMatch(line -> line.matches("INIT_REPORT Init Duration: [0-9.]+ ms\n"));
    fixture.log.clear();
    assertThat(text(spec)).isEqualTo("\"[init, before, after] snap-start null\"");
    assertThat(fixture.log)
        .anyMatch(line -> line.startsWith("RESTORE_START Runtime Version: java:"))
        .anyMatch(line -> line.matches("RESTORE_REPORT Restore Duration: [0-9.]+ ms\n"))
        .anyMatch(
            line ->
                line.matches(
                    "REPORT .*\tRestore Duration: [0-9.]+ ms\tBilled Restore Duration: [0-9]+"
                        + " ms\t\n"))
        .noneMatch(line -> line.contains("Init Duration"));
    fixture.log.clear();
    // Warm now.
    assertThat(text(spec)).isEqualTo("\"[init, before, after] snap-start null\"");
    assertThat(fixture.log).noneMatch(line -> line.contains("Restore Duration"));
  }

  @Test
  void whatHasNoSnapshotIsInitialisedFirst() throws Exception {
    assertThat(text(python(Map.of())))
        .isEqualTo(
            "[\"init\", \"before 2\", \"before 1\", \"after 1\", \"after 2\", \"snap-start\","
                + " null]");
    assertThat(fixture.log)
        .contains("INITIALISED")
        .anyMatch(line -> line.startsWith("INIT_REPORT Init Duration: "))
        .anyMatch(line -> line.startsWith("RESTORE_REPORT Restore Duration: "));
    // Those that JVMs read at their start get a process of their own.
    assertThat(text(java(Map.of("JAVA_TOOL_OPTIONS", "-Dmine=1"))))
        .isEqualTo("\"[init, before, after] snap-start null\"");
  }

  @Test
  void aHookThatFailsBeforeTheSnapshotFailsTheVersion() throws Exception {
    var fails = Map.of("FAIL", "before");
    assertThat(fixture.functions.snapshot(java(fails), fixture.sink()).join())
        .contains("Runtime.BeforeCheckpointError");
    assertThat(fixture.functions.snapshot(python(fails), fixture.sink()).join())
        .contains("Runtime.BeforeSnapshotError");
    FunctionsFixture.await(
        "what it said",
        () ->
            fixture.log.stream().anyMatch(line -> line.contains("ValueError: no snapshot"))
                && fixture.log.stream()
                    .anyMatch(
                        line ->
                            line.startsWith("INIT_REPORT")
                                && line.endsWith("Error Type: Runtime.BeforeSnapshotError\n")));
  }

  @Test
  void aHookThatFailsAfterTheRestoreFailsTheInvocation() throws Exception {
    var fails = Map.of("FAIL", "after");
    for (FunctionSpec spec : new FunctionSpec[] {java(fails), python(fails)}) {
      assertThat(fixture.functions.snapshot(spec, fixture.sink()).join()).isEmpty();
      assertThatThrownBy(() -> fixture.invoke(spec, "{}"))
          .isInstanceOfSatisfying(RestoreFailed.class, e -> assertThat(e.timeout()).isFalse());
    }
    FunctionsFixture.await(
        "what it said",
        () ->
            fixture.log.stream().anyMatch(line -> line.contains("ValueError: no restore"))
                && fixture.log.stream()
                    .anyMatch(
                        line ->
                            line.startsWith("RESTORE_REPORT Restore Duration: ")
                                && line.endsWith(
                                    "Status: error\tError Type: Runtime.AfterRestoreError\n")));
  }

  @Test
  void whatItSaysAsJsonIsInTheTelemetrysSchema() {
    var spec = FunctionsFixture.snapStart(fixture.spec("java25", "A"), "hash");
    assertThat(PlatformEvent.restoreStart(spec, "java:25").json("now"))
        .isEqualTo(
            "{\"time\":\"now\",\"type\":\"platform.restoreStart\",\"record\":{\"functionName\":\"A-snap\","
                + "\"functionVersion\":\"1\",\"runtimeVersion\":\"java:25\"}}");
    assertThat(PlatformEvent.restoreRuntimeDone(PlatformEvent.Result.SUCCESS).json("now"))
        .isEqualTo(
            "{\"time\":\"now\",\"type\":\"platform.restoreRuntimeDone\",\"record\":{\"status\":\"success\"}}");
    assertThat(PlatformEvent.restoreReport(PlatformEvent.Result.error("E"), 1.5).json("now"))
        .isEqualTo(
            "{\"time\":\"now\",\"type\":\"platform.restoreReport\",\"record\":{\"status\":\"error\","
                + "\"errorType\":\"E\",\"metrics\":{\"durationMs\":1.5}}}");
    var report =
        PlatformEvent.report(
            fixture.invocation(spec, "{}"),
            spec,
            PlatformEvent.Result.SUCCESS,
            2,
            PlatformEvent.Start.restored(3.5),
            10);
    assertThat(report.body().path("metrics").path("restoreDurationMs").asDouble()).isEqualTo(3.5);
    assertThat(report.body().path("metrics").path("billedDurationMs").asInt()).isEqualTo(6);
  }
}
