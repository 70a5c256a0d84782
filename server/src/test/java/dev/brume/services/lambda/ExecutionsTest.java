package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.model.lambda.TooManyRequestsException;
import dev.brume.services.lambda.LambdaStore.FunctionRow;
import dev.brume.services.lambda.LambdaStore.ProvisionedRow;
import dev.brume.store.MemoryKv;
import java.util.ArrayDeque;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Who may run beside whom.
class ExecutionsTest {
  private final MemoryKv kv = new MemoryKv();
  private final Executions executions = new Executions(kv);

  @AfterEach
  void close() {
    kv.close();
  }

  @Test
  void reservedConcurrencyIsAFunctionsOwnAndItsLimit() {
    FunctionName mine = function("mine", 2);
    executions.enter(mine, "$LATEST", 2);
    Executions.Lease second = executions.enter(mine, "1", 2);
    assertThatThrownBy(() -> executions.enter(mine, "$LATEST", 2))
        .isInstanceOfSatisfying(
            TooManyRequestsException.class,
            e -> reason(e, "ReservedFunctionConcurrentInvocationLimitExceeded"));
    second.close();
    executions.enter(mine, "$LATEST", 2);
  }

  @Test
  void theOthersShareWhatIsLeftAndProvisionedEnvironmentsAreBesideIt() {
    function("reserved", 899);
    FunctionName other = function("other", null);
    FunctionName ready = function("ready", null);
    kv.tx(
        tx -> {
          var row = new ProvisionedRow("ready", "1", 1, 0);
          tx.put(LambdaStore.provisioned(ready, "1"), LambdaStore.PROVISIONED.write(row));
          executions.changed(tx, ready);
          return 0;
        });
    executions.provisioned(ready, Map.of("1", 1));
    var leases = new ArrayDeque<Executions.Lease>();
    for (int i = 0; i < 100; i++) {
      leases.add(executions.enter(other, "$LATEST", null));
    }
    assertThatThrownBy(() -> executions.enter(other, "$LATEST", null))
        .isInstanceOfSatisfying(
            TooManyRequestsException.class, e -> reason(e, "ConcurrentInvocationLimitExceeded"));
    executions.enter(ready, "1", null);
    assertThatThrownBy(() -> executions.enter(ready, "1", null))
        .isInstanceOf(TooManyRequestsException.class);
    assertThatThrownBy(() -> executions.enter(ready, "2", null))
        .isInstanceOf(TooManyRequestsException.class);
    leases.remove().close();
    executions.enter(ready, "1", null);
    FunctionName elsewhere = new FunctionName("111122223333", "us-east-1", "other", null);
    executions.enter(elsewhere, "$LATEST", null);
  }

  private static void reason(TooManyRequestsException error, String reason) {
    assertThat(error.reason()).isEqualTo(reason);
  }

  private FunctionName function(String name, Integer reserved) {
    var of = new FunctionName("111122223333", "eu-west-1", name, null);
    kv.tx(
        tx -> {
          var row = new FunctionRow(name, 0, Map.of(), reserved, null, null, 0);
          tx.put(LambdaStore.function(of), LambdaStore.FUNCTION.write(row));
          executions.changed(tx, of);
          return 0;
        });
    return of;
  }
}
