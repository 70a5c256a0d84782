package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import dev.brume.model.ServiceError;
import dev.brume.model.iam.CreateRoleRequest;
import dev.brume.model.iam.IamClient;
import dev.brume.model.iam.PutRolePolicyRequest;
import dev.brume.model.lambda.*;
import dev.brume.model.sqs.Message;
import dev.brume.model.sqs.ReceiveMessageRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Asynchronous invocations: tries, ages, and where what failed goes.
class AsyncInvokesTest extends WithLambda {
  private static final String FAILS =
      "exports.handler = async () => { throw new RangeError('no'); };";

  @Test
  void whatFailedToTheEndIsRecordedInLambdasWords() throws Exception {
    String failed = fixture.queue("exhausted");
    make("exhausted", FAILS, null);
    configure("exhausted", "exhausted", 1, null);
    send("exhausted");
    fixture.timers.advance(Duration.ofSeconds(1));
    fixture.timers.advance(Duration.ofSeconds(61));
    JsonNode record = record(failed);
    assertThat(record.path("version").asText()).isEqualTo("1.0");
    assertThat(record.path("timestamp").asText())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    JsonNode context = record.path("requestContext");
    assertThat(context.path("functionArn").asText())
        .isEqualTo("arn:aws:lambda:eu-west-1:111122223333:function:exhausted:$LATEST");
    assertThat(context.path("condition").asText()).isEqualTo("RetriesExhausted");
    assertThat(context.path("approximateInvokeCount").asInt()).isEqualTo(2);
    assertThat(record.path("requestPayload").path("n").asInt()).isEqualTo(1);
    assertThat(record.path("responseContext").path("functionError").asText())
        .isEqualTo("Unhandled");
    assertThat(record.path("responsePayload").path("errorType").asText()).isEqualTo("RangeError");
  }

  @Test
  void anEventThatWouldBeTooOldIsNotTriedAgain() throws Exception {
    String failed = fixture.queue("aged");
    make("aged", FAILS, null);
    configure("aged", "aged", null, 100);
    send("aged");
    fixture.timers.advance(Duration.ofSeconds(1));
    fixture.timers.advance(Duration.ofSeconds(61));
    JsonNode context = record(failed).path("requestContext");
    assertThat(context.path("condition").asText()).isEqualTo("EventAgeExceeded");
    assertThat(context.path("approximateInvokeCount").asInt()).isEqualTo(2);
  }

  @Test
  void aFunctionWithoutConcurrencyGivesItsEventsAwayAtOnce() throws Exception {
    String failed = fixture.queue("zero");
    make("zero", FAILS, null);
    configure("zero", "zero", null, null);
    fixture.lambda.putFunctionConcurrency(
        fixture.call(),
        new PutFunctionConcurrencyRequest().functionName("zero").reservedConcurrentExecutions(0));
    send("zero");
    JsonNode record = record(failed);
    assertThat(record.path("requestContext").path("condition").asText())
        .isEqualTo("ZeroReservedConcurrency");
    assertThat(record.has("responsePayload")).isFalse();
  }

  @Test
  void functionsAreDestinationsUnderTheRoleOfTheFunction() throws Exception {
    String told = fixture.queue("told");
    make("second", "exports.handler = async (e) => ({ from: e.requestContext.condition });", null);
    configure("second", null, null, null);
    fixture.lambda.putFunctionEventInvokeConfig(
        fixture.call(), success("second", LambdaFixture.queueArn("told")));
    make("first", "exports.handler = async () => 'fine';", null);
    fixture.lambda.putFunctionEventInvokeConfig(
        fixture.call(), success("first", "arn:aws:lambda:eu-west-1:111122223333:function:second"));
    send("first");
    assertThat(record(told).path("responsePayload").path("from").asText()).isEqualTo("Success");
  }

  @Test
  void aRoleThatMayNotSendHasNoDestination() {
    fixture.queue("guarded");
    var iam = new IamClient(fixture.services);
    iam.createRole(
        fixture.call(),
        new CreateRoleRequest()
            .roleName("mute")
            .assumeRolePolicyDocument(
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"
                    + "{\"Service\":\"lambda.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"));
    String role = "arn:aws:iam::111122223333:role/mute";
    String queue = LambdaFixture.queueArn("guarded");
    refused(
        "InvalidParameterValueException",
        "The provided execution role does not have permissions to call SendMessage on SQS",
        () ->
            fixture.lambda.createFunction(
                fixture.call(),
                fixture
                    .function("letterless", FAILS)
                    .role(role)
                    .deadLetterConfig(new DeadLetterConfig().targetArn(queue))));
    make("mute", FAILS, role);
    refused(
        "InvalidParameterValueException",
        "The function's execution role does not have permissions to call SendMessage on " + queue,
        () -> configure("mute", "guarded", 0, null));
    make("listener", FAILS, null);
    String listener = "arn:aws:lambda:eu-west-1:111122223333:function:listener";
    refused(
        "InvalidParameterValueException",
        "The function's execution role does not have permissions to call InvokeFunction on "
            + listener,
        () ->
            fixture.lambda.putFunctionEventInvokeConfig(fixture.call(), success("mute", listener)));
    iam.putRolePolicy(
        fixture.call(),
        new PutRolePolicyRequest()
            .roleName("mute")
            .policyName("send")
            .policyDocument(
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
                    + "\"sqs:SendMessage\",\"Resource\":\""
                    + queue
                    + "\"}]}"));
    configure("mute", "guarded", 0, null);
  }

  @Test
  void configurationsAreChecked() {
    make("checked", FAILS, null);
    refused(
        "InvalidParameterValueException",
        "You must specify at least one of error handling or destination setting.",
        () ->
            fixture.lambda.putFunctionEventInvokeConfig(
                fixture.call(), new PutFunctionEventInvokeConfigRequest().functionName("checked")));
    refused(
        "ResourceNotFoundException",
        "The function doesn't exist.",
        () -> configure("nobody", null, null, null));
    refused(
        "ResourceNotFoundException",
        "The function arn:aws:lambda:eu-west-1:111122223333:function:checked:$LATEST doesn't have"
            + " an EventInvokeConfig",
        () ->
            fixture.lambda.getFunctionEventInvokeConfig(
                fixture.call(), new GetFunctionEventInvokeConfigRequest().functionName("checked")));
    refused(
        "InvalidParameterValueException",
        "You can't specify the function as a destination for itself.",
        () ->
            fixture.lambda.putFunctionEventInvokeConfig(
                fixture.call(),
                success("checked", "arn:aws:lambda:eu-west-1:111122223333:function:checked")));
    refused(
        "InvalidParameterValueException",
        "The provided destination config DestinationConfig(onSuccess=OnSuccess(destination="
            + "arn:aws:s3:::bucket), onFailure=null) is invalid.",
        () ->
            fixture.lambda.putFunctionEventInvokeConfig(
                fixture.call(), success("checked", "arn:aws:s3:::bucket")));
    for (String arn :
        List.of("arn:aws:sqs:::", "arn:aws:lambda:eu-west-1:111122223333:x", "arn:aws:sns::1:t")) {
      assertThatThrownBy(
              () ->
                  fixture.lambda.putFunctionEventInvokeConfig(
                      fixture.call(), success("checked", arn)))
          .as(arn)
          .isInstanceOf(ServiceError.class);
      assertThatThrownBy(
              () ->
                  fixture.lambda.updateFunctionConfiguration(
                      fixture.call(),
                      new UpdateFunctionConfigurationRequest()
                          .functionName("checked")
                          .deadLetterConfig(new DeadLetterConfig().targetArn(arn))))
          .as(arn)
          .isInstanceOf(InvalidParameterValueException.class);
    }
  }

  @Test
  void anEmptyDestinationIsNone() {
    fixture.queue("emptied");
    make("emptied", FAILS, null);
    configure("emptied", "emptied", null, null);
    var changed =
        fixture.lambda.updateFunctionEventInvokeConfig(
            fixture.call(),
            new UpdateFunctionEventInvokeConfigRequest()
                .functionName("emptied")
                .destinationConfig(
                    new DestinationConfig().onFailure(new OnFailure().destination(""))));
    assertThat(changed.destinationConfig().onFailure().destination()).isNull();
    assertThat(changed.maximumRetryAttempts()).isEqualTo(2);
  }

  private static PutFunctionEventInvokeConfigRequest success(String function, String arn) {
    return new PutFunctionEventInvokeConfigRequest()
        .functionName(function)
        .destinationConfig(new DestinationConfig().onSuccess(new OnSuccess().destination(arn)));
  }

  private static void configure(
      String function, String failures, Integer retries, Integer ageSeconds) {
    var in =
        new PutFunctionEventInvokeConfigRequest()
            .functionName(function)
            .maximumRetryAttempts(retries == null ? 2 : retries)
            .maximumEventAgeInSeconds(ageSeconds);
    if (failures != null) {
      in.destinationConfig(
          new DestinationConfig()
              .onFailure(new OnFailure().destination(LambdaFixture.queueArn(failures))));
    }
    fixture.lambda.putFunctionEventInvokeConfig(fixture.call(), in);
  }

  private static void make(String name, String source, String role) {
    var in = fixture.function(name, source);
    fixture.lambda.createFunction(fixture.call(), role == null ? in : in.role(role));
  }

  private static void send(String function) {
    fixture.lambda.invoke(
        fixture.call(),
        new InvocationRequest()
            .functionName(function)
            .invocationType("Event")
            .payload("{\"n\":1}".getBytes(StandardCharsets.UTF_8)));
  }

  private static JsonNode record(String url) throws Exception {
    List<Message> messages =
        fixture
            .sqs
            .receiveMessage(
                fixture.call(), new ReceiveMessageRequest().queueUrl(url).waitTimeSeconds(15))
            .messages();
    assertThat(messages).hasSize(1);
    return Json.parse(messages.getFirst().body());
  }
}
