package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brume.model.lambda.*;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Provisioned concurrency with environments that are really initialised.
class ProvisionedConcurrencyTest extends WithLambda {
  private static final String KIND =
      "exports.handler = async () => process.env.AWS_LAMBDA_INITIALIZATION_TYPE;";

  @Test
  void anAliasHasItsEnvironmentsReadyAndTakesThemAlong() throws Exception {
    make("ready", KIND);
    alias("ready", "live", "1");
    var asked = put("ready", "live", 1);
    assertThat(asked.status()).isEqualTo("IN_PROGRESS");
    assertThat(asked.requestedProvisionedConcurrentExecutions()).isEqualTo(1);
    assertThat(settled("ready", "live").status()).isEqualTo("READY");
    assertThat(fixture.invoke("ready:live", "{}")).isEqualTo("\"provisioned-concurrency\"");
    fixture.lambda.updateFunctionCode(
        fixture.call(),
        new UpdateFunctionCodeRequest()
            .functionName("ready")
            .publish(true)
            .zipFile(LambdaFixture.zip(KIND + "// second")));
    fixture.lambda.updateAlias(
        fixture.call(),
        new UpdateAliasRequest().functionName("ready").name("live").functionVersion("2"));
    assertThat(settled("ready", "live").availableProvisionedConcurrentExecutions()).isEqualTo(1);
    assertThat(fixture.invoke("ready:2", "{}")).isEqualTo("\"provisioned-concurrency\"");
    assertThat(fixture.invoke("ready:1", "{}")).isEqualTo("\"on-demand\"");
    var all =
        fixture.lambda.listProvisionedConcurrencyConfigs(
            fixture.call(), new ListProvisionedConcurrencyConfigsRequest().functionName("ready"));
    assertThat(all.provisionedConcurrencyConfigs())
        .extracting(ProvisionedConcurrencyConfigListItem::functionArn)
        .containsExactly("arn:aws:lambda:eu-west-1:111122223333:function:ready:live");
    fixture.lambda.deleteProvisionedConcurrencyConfig(
        fixture.call(),
        new DeleteProvisionedConcurrencyConfigRequest().functionName("ready").qualifier("live"));
    refused(
        "ProvisionedConcurrencyConfigNotFoundException",
        "No Provisioned Concurrency Config found for this function",
        () -> get("ready", "live"));
    assertThat(fixture.invoke("ready:2", "{}")).isEqualTo("\"on-demand\"");
  }

  @Test
  void whatCannotInitialiseFailsWithLambdasReason() throws Exception {
    make("broken", "throw new Error('no');");
    put("broken", "1", 1);
    var end = settled("broken", "1");
    assertThat(end.status()).isEqualTo("FAILED");
    assertThat(end.statusReason()).isEqualTo("FUNCTION_ERROR_INIT_FAILURE");
    fixture.lambda.deleteFunction(
        fixture.call(), new DeleteFunctionRequest().functionName("broken"));
    refused(
        "ResourceNotFoundException",
        "Function not found: arn:aws:lambda:eu-west-1:111122223333:function:broken",
        () -> get("broken", "1"));
  }

  @Test
  void onlyPublishedVersionsHaveItAndOnlyOnce() {
    make("once", KIND);
    alias("once", "live", "1");
    alias("once", "newest", "$LATEST");
    String unpublished =
        "Provisioned Concurrency Configs cannot be applied to unpublished function versions.";
    refused("InvalidParameterValueException", unpublished, () -> put("once", "$LATEST", 1));
    refused("InvalidParameterValueException", unpublished, () -> put("once", "newest", 1));
    refused(
        "ResourceNotFoundException",
        "Cannot find alias arn: arn:aws:lambda:eu-west-1:111122223333:function:once:none",
        () -> put("once", "none", 1));
    put("once", "live", 1);
    refused(
        "ResourceConflictException",
        "Version is pointed by a Provisioned Concurrency alias",
        () -> put("once", "1", 1));
    fixture.lambda.deleteAlias(
        fixture.call(), new DeleteAliasRequest().functionName("once").name("live"));
    alias("once", "live", "1");
    refused(
        "ProvisionedConcurrencyConfigNotFoundException",
        "No Provisioned Concurrency Config found for this function",
        () -> get("once", "live"));
    put("once", "1", 1);
    refused(
        "ResourceConflictException",
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned"
            + " version",
        () -> put("once", "live", 1));
  }

  @Test
  void theVersionsBehindAnAliasShareByTheirWeights() throws Exception {
    make("shared", KIND);
    fixture.lambda.updateFunctionCode(
        fixture.call(),
        new UpdateFunctionCodeRequest()
            .functionName("shared")
            .publish(true)
            .zipFile(LambdaFixture.zip(KIND + "// second")));
    alias("shared", "live", "1");
    put("shared", "live", 2);
    settled("shared", "live");
    refused(
        "InvalidParameterValueException",
        "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
        () ->
            fixture.lambda.updateAlias(
                fixture.call(),
                new UpdateAliasRequest()
                    .functionName("shared")
                    .name("live")
                    .functionVersion("$LATEST")));
    fixture.lambda.updateAlias(
        fixture.call(),
        new UpdateAliasRequest()
            .functionName("shared")
            .name("live")
            .routingConfig(
                new AliasRoutingConfiguration().additionalVersionWeights(Map.of("2", 0.5))));
    assertThat(settled("shared", "live").availableProvisionedConcurrentExecutions()).isEqualTo(2);
    for (String version : List.of("1", "2")) {
      assertThat(fixture.invoke("shared:" + version, "{}"))
          .isEqualTo("\"provisioned-concurrency\"");
    }
    fixture.lambda.deleteFunction(
        fixture.call(), new DeleteFunctionRequest().functionName("shared"));
  }

  @Test
  void itCountsAgainstWhatIsReserved() {
    make("counted", KIND);
    int before = unreserved();
    refused(
        "InvalidParameterValueException",
        "Specified ConcurrentExecutions for function decreases account's"
            + " UnreservedConcurrentExecution below its minimum value of [100].",
        () -> put("counted", "1", before - 99));
    put("counted", "1", 2);
    assertThat(unreserved()).isEqualTo(before - 2);
    refused(
        "InvalidParameterValueException",
        "Specified ReservedConcurrentExecutions for function should not be lower than function's"
            + " total provisioned concurrency [2].",
        () -> reserve("counted", 1));
    reserve("counted", 5);
    assertThat(unreserved()).isEqualTo(before - 5);
    refused(
        "InvalidParameterValueException",
        "Requested Provisioned Concurrency should not be greater than the"
            + " reservedConcurrentExecution for function",
        () -> put("counted", "1", 6));
    fixture.lambda.deleteFunction(
        fixture.call(), new DeleteFunctionRequest().functionName("counted"));
    assertThat(unreserved()).isEqualTo(before);
  }

  private static void make(String name, String source) {
    fixture.lambda.createFunction(fixture.call(), fixture.function(name, source).publish(true));
  }

  private static void alias(String function, String name, String version) {
    fixture.lambda.createAlias(
        fixture.call(),
        new CreateAliasRequest().functionName(function).name(name).functionVersion(version));
  }

  private static PutProvisionedConcurrencyConfigResponse put(
      String function, String qualifier, int executions) {
    return fixture.lambda.putProvisionedConcurrencyConfig(
        fixture.call(),
        new PutProvisionedConcurrencyConfigRequest()
            .functionName(function)
            .qualifier(qualifier)
            .provisionedConcurrentExecutions(executions));
  }

  private static GetProvisionedConcurrencyConfigResponse get(String function, String qualifier) {
    return fixture.lambda.getProvisionedConcurrencyConfig(
        fixture.call(),
        new GetProvisionedConcurrencyConfigRequest().functionName(function).qualifier(qualifier));
  }

  private static GetProvisionedConcurrencyConfigResponse settled(
      String function, String qualifier) {
    long until = System.nanoTime() + 60_000_000_000L;
    while (true) {
      var now = get(function, qualifier);
      if (!"IN_PROGRESS".equals(now.status())) {
        return now;
      }
      assertThat(System.nanoTime()).isLessThan(until);
      Thread.onSpinWait();
    }
  }

  private static int unreserved() {
    var limit =
        fixture
            .lambda
            .getAccountSettings(fixture.call(), new GetAccountSettingsRequest())
            .accountLimit();
    return limit.unreservedConcurrentExecutions();
  }

  private static void reserve(String function, int executions) {
    fixture.lambda.putFunctionConcurrency(
        fixture.call(),
        new PutFunctionConcurrencyRequest()
            .functionName(function)
            .reservedConcurrentExecutions(executions));
  }
}
