package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;
import dev.brume.store.MemoryKv;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Functions with SnapStart: what their versions say of themselves, and what they cannot be.
class SnapStartsTest {
  private static final String GOOD =
      "import os\n"
          + "def handler(event, context): return os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']\n";
  private static final String BAD = "raise ValueError('cannot start')\n";
  @TempDir Path folder;
  private LambdaFixture fixture;

  @BeforeEach
  void start() {
    fixture = new LambdaFixture(folder);
    assumeTrue(fixture.functions.knows("python3.12"), "no Python");
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private CreateFunctionRequest function(String name, String source) throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("index.py"));
      zip.write(source.getBytes(StandardCharsets.UTF_8));
    }
    return fixture
        .function(name, "")
        .runtime("python3.12")
        .snapStart(new SnapStart().applyOn("PublishedVersions"))
        .code(new FunctionCode().zipFile(bytes.toByteArray()));
  }

  private FunctionConfiguration version(String name) {
    return fixture.lambda.getFunctionConfiguration(
        fixture.call(), new GetFunctionConfigurationRequest().functionName(name).qualifier("1"));
  }

  private FunctionConfiguration settled(String name) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while ("Pending".equals(version(name).state()) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(10_000_000);
    }
    return version(name);
  }

  private String invoke(String name, String qualifier) {
    return new String(
        fixture
            .lambda
            .invoke(
                fixture.call(),
                new InvocationRequest()
                    .functionName(name)
                    .qualifier(qualifier)
                    .payload("{}".getBytes(StandardCharsets.UTF_8)))
            .payload(),
        StandardCharsets.UTF_8);
  }

  @Test
  void aVersionIsPendingUntilItsSnapshotIsThere() throws Exception {
    var latest = fixture.lambda.createFunction(fixture.call(), function("f", GOOD));
    assertThat(latest.state()).isEqualTo("Active");
    assertThat(latest.snapStart().applyOn()).isEqualTo("PublishedVersions");
    assertThat(latest.snapStart().optimizationStatus()).isEqualTo("Off");
    var published =
        fixture.lambda.publishVersion(
            fixture.call(), new PublishVersionRequest().functionName("f"));
    assertThat(published.state()).isEqualTo("Pending");
    assertThat(published.stateReasonCode()).isEqualTo("Creating");
    assertThat(published.snapStart().optimizationStatus()).isEqualTo("On");
    assertThat(settled("f").state()).isEqualTo("Active");
    assertThat(version("f").stateReason()).isNull();
    assertThat(invoke("f", "1")).isEqualTo("\"snap-start\"");
    assertThat(invoke("f", "$LATEST")).isEqualTo("\"on-demand\"");
    List<FunctionConfiguration> all =
        fixture
            .lambda
            .listVersionsByFunction(
                fixture.call(), new ListVersionsByFunctionRequest().functionName("f"))
            .versions();
    assertThat(all)
        .extracting(one -> one.snapStart().optimizationStatus())
        .containsExactly("Off", "On");
  }

  @Test
  void aVersionThatDoesNotInitialiseFails() throws Exception {
    fixture.lambda.createFunction(fixture.call(), function("f", BAD).publish(true));
    var failed = settled("f");
    assertThat(failed.state()).isEqualTo("Failed");
    assertThat(failed.stateReasonCode()).isEqualTo("FunctionError.RuntimeInitError");
    assertThatThrownBy(() -> invoke("f", "1"))
        .isInstanceOf(ResourceConflictException.class)
        .hasMessage(
            "The operation cannot be performed at this time. The function is currently in the"
                + " following state: Failed");
    fixture.lambda.deleteFunction(
        fixture.call(), new DeleteFunctionRequest().functionName("f").qualifier("1"));
    assertThatThrownBy(() -> version("f")).isInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() throws Exception {
    var stored = function("f", GOOD).ephemeralStorage(new EphemeralStorage().size(513));
    assertThatThrownBy(() -> fixture.lambda.createFunction(fixture.call(), stored))
        .isInstanceOf(InvalidParameterValueException.class)
        .hasMessage("SnapStart does not support ephemeral storage greater than 512 MB.");
    var node = function("f", GOOD).runtime("nodejs20.x");
    assertThatThrownBy(() -> fixture.lambda.createFunction(fixture.call(), node))
        .isInstanceOf(InvalidParameterValueException.class)
        .hasMessage("nodejs20.x is not supported for SnapStart enabled functions.");
    fixture.lambda.createFunction(fixture.call(), function("f", GOOD).publish(true));
    fixture.lambda.createAlias(
        fixture.call(),
        new CreateAliasRequest().functionName("f").name("live").functionVersion("1"));
    for (String qualifier : new String[] {"1", "live"}) {
      var provision =
          new PutProvisionedConcurrencyConfigRequest()
              .functionName("f")
              .qualifier(qualifier)
              .provisionedConcurrentExecutions(1);
      assertThatThrownBy(
              () -> fixture.lambda.putProvisionedConcurrencyConfig(fixture.call(), provision))
          .isInstanceOf(ServiceError.class)
          .hasMessageContaining("SnapStart and provisioned concurrency");
    }
  }

  @Test
  void aHookThatFailsAfterTheRestoreIsTold() throws Exception {
    String source =
        "from snapshot_restore_py import register_after_restore\n"
            + "@register_after_restore\ndef fail(): raise ValueError('no')\n"
            + GOOD;
    fixture.lambda.createFunction(fixture.call(), function("f", source).publish(true));
    assertThat(settled("f").state()).isEqualTo("Active");
    assertThatThrownBy(() -> invoke("f", "1")).isInstanceOf(SnapStartException.class);
  }

  @Test
  void whatWasPendingWhenTheServerEndedIsMadeWhenItStarts() {
    try (var kv = new MemoryKv()) {
      var pending = new FunctionName("111122223333", "eu-west-1", "pending", "1");
      var fails = new FunctionName("111122223333", "eu-west-1", "fails", "1");
      var failed = new FunctionName("111122223333", "eu-west-1", "failed", "1");
      kv.tx(
          tx -> {
            for (FunctionName name : List.of(pending, fails, failed)) {
              String state = name.equals(failed) ? SnapStarts.FAILED : SnapStarts.PENDING;
              var row = new LambdaStore.SnapshotRow(state, "Creating", "");
              tx.put(LambdaStore.snapshot(name), LambdaStore.SNAPSHOT.write(row));
            }
            return 0;
          });
      var made = new ConcurrentSkipListSet<String>();
      var snapStarts = new SnapStarts(kv);
      snapStarts.madeBy(
          version -> {
            made.add(version.name());
            return CompletableFuture.completedFuture(
                version.equals(fails) ? Optional.of("Extension.Crash") : Optional.empty());
          });
      snapStarts.start();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while ((state(kv, pending) != null || !"Failed".equals(state(kv, fails)))
          && System.nanoTime() < deadline) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(state(kv, pending)).isNull();
      assertThat(state(kv, fails)).isEqualTo("Failed");
      assertThat(made).containsExactly("fails", "pending");
    }
  }

  private static String state(MemoryKv kv, FunctionName name) {
    var row =
        kv.read(
            reader -> LambdaStore.get(reader, LambdaStore.snapshot(name), LambdaStore.SNAPSHOT));
    return row == null ? null : row.state();
  }
}
