package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.model.lambda.*;
import dev.brume.model.sqs.CreateQueueRequest;
import dev.brume.model.sqs.Message;
import dev.brume.model.sqs.ReceiveMessageRequest;
import dev.brume.model.sqs.SendMessageRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// Traces, and loops that end.
class RecursionTest extends WithLambda {
  private static final String TRACE = "exports.handler = async () => process.env._X_AMZN_TRACE_ID;";

  @Test
  void everyInvocationHasATraceAndKeepsTheOneItCameWith() {
    fixture.lambda.createFunction(fixture.call(), fixture.function("traced", TRACE));
    String fresh = invoke("traced", null);
    assertThat(fresh)
        .matches(
            "Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;"
                + "Lineage=1:[0-9a-f]{8}:0");
    String root = "Root=1-5759e988-bd862e3fe1be46a994272793";
    assertThat(invoke("traced", root + ";Parent=53995c3f42cd8ad8;Sampled=1"))
        .startsWith(root + ";Parent=")
        .doesNotContain("53995c3f42cd8ad8")
        .contains(";Sampled=1;");
    assertThat(invoke("traced", "Root=nonsense;Sampled=perhaps;;=;Lineage=zzzzzzzz:x"))
        .matches("Root=1-[0-9a-f]{8}-[0-9a-f]{24};.*;Sampled=0;Lineage=1:[0-9a-f]{8}:0");
    fixture.lambda.updateFunctionConfiguration(
        fixture.call(),
        new UpdateFunctionConfigurationRequest()
            .functionName("traced")
            .tracingConfig(new TracingConfig().mode("Active")));
    assertThat(invoke("traced", null)).as("the second's first").contains(";Sampled=1;");
    assertThat(invoke("traced", root + ";Sampled=0")).contains(";Sampled=0;");
  }

  @Test
  void theSeventeenthRunOfALoopIsRefusedUnlessItIsAllowed() {
    fixture.lambda.createFunction(fixture.call(), fixture.function("loop", TRACE));
    String header = null;
    for (int i = 0; i < 16; i++) {
      header = invoke("loop", header);
    }
    String last = header;
    assertThat(last).endsWith(":15");
    assertThatThrownBy(() -> invoke("loop", last))
        .isInstanceOf(RecursiveInvocationException.class)
        .hasMessage(
            "Lambda has detected your function being invoked in a recursive loop with other AWS"
                + " resources and stopped your function's invocation.");
    fixture.lambda.createFunction(fixture.call(), fixture.function("bystander", TRACE));
    assertThat(invoke("bystander", last)).contains(":15|").endsWith(":0");
    var get = new GetFunctionRecursionConfigRequest().functionName("loop");
    assertThat(fixture.lambda.getFunctionRecursionConfig(fixture.call(), get).recursiveLoop())
        .isEqualTo("Terminate");
    fixture.lambda.putFunctionRecursionConfig(
        fixture.call(),
        new PutFunctionRecursionConfigRequest().functionName("loop").recursiveLoop("Allow"));
    assertThat(invoke("loop", last)).endsWith(":16");
  }

  @Test
  void anAsynchronousEventInALoopIsADeadLetter() {
    String letters = fixture.queue("loopletters");
    fixture.lambda.createFunction(
        fixture.call(),
        fixture
            .function("asyncloop", TRACE)
            .deadLetterConfig(
                new DeadLetterConfig().targetArn(LambdaFixture.queueArn("loopletters"))));
    fixture.lambda.invoke(
        fixture.call().traced(looped("asyncloop")),
        new InvocationRequest().functionName("asyncloop").invocationType("Event"));
    List<Message> dead = receive(letters, 10);
    assertThat(dead).extracting(Message::body).containsExactly("{}");
    assertThat(dead.getFirst().messageAttributes().get("ErrorMessage").stringValue())
        .startsWith("Lambda has detected your function being invoked in a recursive loop");
  }

  @Test
  void aMessageInALoopIsLeftToTheRedrivePolicy() {
    String dead = fixture.queue("sqsdead");
    String source =
        fixture
            .sqs
            .createQueue(
                fixture.call(),
                new CreateQueueRequest()
                    .queueName("sqsloop")
                    .attributes(
                        Map.of(
                            "VisibilityTimeout",
                            "10",
                            "RedrivePolicy",
                            "{\"deadLetterTargetArn\":\""
                                + LambdaFixture.queueArn("sqsdead")
                                + "\",\"maxReceiveCount\":\"1\"}")))
            .queueUrl();
    fixture.lambda.createFunction(fixture.call(), fixture.function("sqsloop", TRACE));
    var mapping =
        fixture.lambda.createEventSourceMapping(
            fixture.call(),
            new CreateEventSourceMappingRequest()
                .functionName("sqsloop")
                .eventSourceArn(LambdaFixture.queueArn("sqsloop")));
    fixture.sqs.sendMessage(
        fixture.call().traced(looped("sqsloop")),
        new SendMessageRequest().queueUrl(source).messageBody("round"));
    List<Message> found = List.of();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (found.isEmpty() && System.nanoTime() < deadline) {
      fixture.timers.advance(Duration.ofSeconds(11));
      // The mapping receives on a thread of its own.
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      found = receive(dead, 0);
    }
    assertThat(found).extracting(Message::body).containsExactly("round");
    fixture.lambda.deleteEventSourceMapping(
        fixture.call(), new DeleteEventSourceMappingRequest().uuid(mapping.uuid()));
  }

  private static String looped(String function) {
    var name = new FunctionName(LambdaFixture.ACCOUNT, LambdaFixture.REGION, function, null);
    return "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0;Lineage=1:"
        + Trace.key(name)
        + ":15";
  }

  private static String invoke(String function, String header) {
    byte[] payload =
        fixture
            .lambda
            .invoke(fixture.call().traced(header), new InvocationRequest().functionName(function))
            .payload();
    return new String(payload, StandardCharsets.UTF_8).replace("\"", "");
  }

  private static List<Message> receive(String url, int waitSeconds) {
    return fixture
        .sqs
        .receiveMessage(
            fixture.call(),
            new ReceiveMessageRequest()
                .queueUrl(url)
                .waitTimeSeconds(waitSeconds)
                .messageAttributeNames(List.of("All")))
        .messages();
  }
}
