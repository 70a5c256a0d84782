package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brume.events.Event;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;
import dev.brume.model.sqs.Message;
import dev.brume.model.sqs.ReceiveMessageRequest;
import dev.brume.model.sqs.SendMessageRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Lambda from the inside door, with functions that really run.
class LambdaServiceTest extends WithLambda {
  private static final String ECHO =
      "exports.handler = async (e, c) => ({ e, version: c.functionVersion });";

  @Test
  void aFunctionIsCreatedInvokedChangedAndDeleted() {
    var made = fixture.lambda.createFunction(fixture.call(), fixture.function("life", ECHO));
    assertThat(made.state()).isEqualTo("Active");
    assertThat(made.functionArn()).isEqualTo("arn:aws:lambda:eu-west-1:111122223333:function:life");
    assertThat(made.memorySize()).isEqualTo(128);
    assertThat(fixture.invoke("life", "{\"a\":1}"))
        .isEqualTo("{\"e\":{\"a\":1},\"version\":\"$LATEST\"}");
    fixture.lambda.updateFunctionCode(
        fixture.call(),
        new UpdateFunctionCodeRequest()
            .functionName("life")
            .zipFile(LambdaFixture.zip("exports.handler = async () => process.env.COLOR;")));
    fixture.lambda.updateFunctionConfiguration(
        fixture.call(),
        new UpdateFunctionConfigurationRequest()
            .functionName("life")
            .environment(new Environment().variables(Map.of("COLOR", "red"))));
    assertThat(fixture.invoke("life", "{}")).isEqualTo("\"red\"");
    refused(
        "ResourceConflictException",
        "Function already exist: life",
        () -> fixture.lambda.createFunction(fixture.call(), fixture.function("life", ECHO)));
    fixture.lambda.deleteFunction(fixture.call(), new DeleteFunctionRequest().functionName("life"));
    refused(
        "ResourceNotFoundException",
        "Function not found: arn:aws:lambda:eu-west-1:111122223333:function:life",
        () -> fixture.invoke("life", "{}"));
  }

  @Test
  void runtimesThatLambdaDoesNotKnowOrThatCannotRunHereAreRefused() {
    for (String unknown : List.of("nodejs99.x", "python3", "Java21")) {
      assertThatThrownBy(
              () ->
                  fixture.lambda.createFunction(
                      fixture.call(), fixture.function("odd", ECHO).runtime(unknown)))
          .hasMessageStartingWith(
              "Value "
                  + unknown
                  + " at 'runtime' failed to satisfy constraint: Member must satisfy enum value"
                  + " set: [nodejs, ")
          .hasMessageEndingWith("] or be a valid ARN");
    }
    String executable =
        " (published as an executable of its own, named bootstrap, such code runs on"
            + " provided.al2023)";
    var others =
        Map.of(
            "dotnet8",
            executable,
            "dotnet10",
            executable,
            "go1.x",
            executable,
            "python2.7",
            "",
            "ruby2.7",
            "");
    for (String other : others.keySet()) {
      refused(
          "InvalidParameterValueException",
          "Brume does not run the runtime "
              + other
              + others.get(other)
              + "; ./brume runtimes says what it runs.",
          () ->
              fixture.lambda.createFunction(
                  fixture.call(), fixture.function("odd", ECHO).runtime(other)));
    }
  }

  @Test
  void aRuntimeWhoseProgramIsMissingIsRefusedWithWhatItNeeds() {
    String reason = fixture.functions.unavailable("ruby3.3");
    assumeTrue(reason != null, "there is a Ruby");
    assertThat(reason)
        .startsWith("The runtime ruby3.3 cannot run here: it needs Ruby 3.0 or later");
    refused(
        "InvalidParameterValueException",
        reason + "; ./brume runtimes says what this machine has.",
        () ->
            fixture.lambda.createFunction(
                fixture.call(), fixture.function("gems", ECHO).runtime("ruby3.3")));
  }

  @Test
  void aSavedHandlerServesTheNextInvocation() throws IOException {
    Path code = Files.createDirectories(folder.resolve("watched/orders"));
    Path handler = code.resolve("handler.js");
    Files.writeString(handler, "exports.handler = async () => 'first';");
    Files.createSymbolicLink(code.resolve("index.js"), handler.toAbsolutePath());
    fixture.lambda.createFunction(
        fixture.call(),
        fixture
            .function("watched", ECHO)
            .code(new FunctionCode().s3Bucket("hot-reload").s3Key(code.toString())));
    assertThat(fixture.invoke("watched", "{}")).isEqualTo("\"first\"");
    fixture.lambda.publishVersion(
        fixture.call(), new PublishVersionRequest().functionName("watched"));
    Files.writeString(handler, "exports.handler = async () => 'the second';");
    assertThat(fixture.invoke("watched", "{}")).isEqualTo("\"the second\"");
    assertThat(fixture.invoke("watched:1", "{}")).isEqualTo("\"first\"");
    Files.delete(code.resolve("index.js"));
    Files.delete(handler);
    Files.delete(code);
    assertThat(fixture.invoke("watched", "{}")).isEqualTo("\"the second\"");
  }

  @Test
  void onlyFoldersBelowTheWatchedOneAreCode() throws IOException {
    Path link = folder.resolve("watched/link");
    Files.createSymbolicLink(link, Path.of("/etc"));
    String below = " is not a folder below the one that is watched.";
    refused("/etc", "/etc" + below);
    refused(link.toString(), link + below);
    refused(folder + "/watched/..", folder + "/watched/.." + below);
    refused(folder + "/none", "There is no folder " + folder + "/none to watch.");
  }

  private static void refused(String path, String message) {
    var code = new FunctionCode().s3Bucket("hot-reload").s3Key(path);
    refused(
        "InvalidParameterValueException",
        message,
        () ->
            fixture.lambda.createFunction(
                fixture.call(), fixture.function("outside", ECHO).code(code)));
  }

  @Test
  void versionsAndAliasesKeepWhatTheyWerePublishedWith() {
    fixture.lambda.createFunction(fixture.call(), fixture.function("versions", ECHO).publish(true));
    assertThat(fixture.invoke("versions:1", "{}")).contains("\"version\":\"1\"");
    var again =
        fixture.lambda.publishVersion(
            fixture.call(), new PublishVersionRequest().functionName("versions"));
    assertThat(again.version()).as("nothing changed").isEqualTo("1");
    fixture.lambda.updateFunctionCode(
        fixture.call(),
        new UpdateFunctionCodeRequest()
            .functionName("versions")
            .publish(true)
            .zipFile(LambdaFixture.zip("exports.handler = async () => 'second';")));
    fixture.lambda.createAlias(
        fixture.call(),
        new CreateAliasRequest().functionName("versions").name("live").functionVersion("1"));
    assertThat(fixture.invoke("versions:live", "{}")).contains("\"version\":\"1\"");
    fixture.lambda.updateAlias(
        fixture.call(),
        new UpdateAliasRequest().functionName("versions").name("live").functionVersion("2"));
    assertThat(fixture.invoke("versions:live", "{}")).isEqualTo("\"second\"");
    refused(
        "ResourceConflictException",
        "Version can not be deleted because it is referenced by the following aliases: [live]",
        () ->
            fixture.lambda.deleteFunction(
                fixture.call(), new DeleteFunctionRequest().functionName("versions:2")));
    var all =
        fixture.lambda.listVersionsByFunction(
            fixture.call(), new ListVersionsByFunctionRequest().functionName("versions"));
    assertThat(all.versions())
        .extracting(FunctionConfiguration::version)
        .containsExactly("$LATEST", "1", "2");
  }

  @Test
  void wrongRequestsAreRefusedInLambdasWords() {
    refused(
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
        () ->
            fixture.lambda.createFunction(
                fixture.call(),
                fixture.function("norole", ECHO).role("arn:aws:iam::111122223333:role/nobody")));
    refused(
        "InvalidParameterValueException",
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
        () ->
            fixture.lambda.createFunction(
                fixture.call(),
                fixture
                    .function("nozip", ECHO)
                    .code(new FunctionCode().zipFile(new byte[] {1, 2, 3}))));
    fixture.lambda.createFunction(fixture.call(), fixture.function("wrong", ECHO));
    assertThatThrownBy(() -> fixture.invoke("wrong", "{x"))
        .isInstanceOf(InvalidRequestContentException.class)
        .hasMessageStartingWith("Could not parse request body into json");
    refused(
        "RequestTooLargeException",
        "Request must be smaller than 6291456 bytes for the InvokeFunction operation",
        () -> fixture.invoke("wrong", "\"" + "x".repeat(6_291_456) + "\""));
    fixture.lambda.putFunctionConcurrency(
        fixture.call(),
        new PutFunctionConcurrencyRequest().functionName("wrong").reservedConcurrentExecutions(0));
    refused("TooManyRequestsException", "Rate Exceeded.", () -> fixture.invoke("wrong", "{}"));
  }

  @Test
  void servicesInvokeOnlyWhatTheFunctionsPolicyAllows() {
    fixture.lambda.createFunction(fixture.call(), fixture.function("guarded", ECHO));
    var service =
        fixture
            .call()
            .as(
                new Principal.ServicePrincipal(
                    "apigateway.amazonaws.com",
                    "arn:aws:execute-api:eu-west-1:111122223333:api/prod/GET/users",
                    "111122223333"));
    var request = new InvocationRequest().functionName("guarded");
    assertThatThrownBy(() -> fixture.lambda.invoke(service, request))
        .isInstanceOfSatisfying(
            ServiceError.class, e -> assertThat(e.code()).isEqualTo("AccessDeniedException"));
    fixture.lambda.addPermission(
        fixture.call(),
        new AddPermissionRequest()
            .functionName("guarded")
            .statementId("api")
            .action("lambda:InvokeFunction")
            .principal("apigateway.amazonaws.com")
            .sourceArn("arn:aws:execute-api:eu-west-1:111122223333:api/*/GET/*"));
    assertThat(fixture.lambda.invoke(service, request).statusCode()).isEqualTo(200);
  }

  @Test
  void asynchronousEventsAreRetriedOnTheClockAndThenGiven() throws Exception {
    String letters = fixture.queue("letters");
    fixture.lambda.createFunction(
        fixture.call(),
        fixture
            .function(
                "fails",
                "exports.handler = async (e) => { console.log('try'); throw new Error('no'); };")
            .deadLetterConfig(new DeadLetterConfig().targetArn(LambdaFixture.queueArn("letters"))));
    var accepted =
        fixture.lambda.invoke(
            fixture.call(),
            new InvocationRequest()
                .functionName("fails")
                .invocationType("Event")
                .payload("{\"n\":1}".getBytes(StandardCharsets.UTF_8)));
    assertThat(accepted.statusCode()).isEqualTo(202);
    fixture.timers.advance(Duration.ofSeconds(1));
    awaitTries(1);
    fixture.timers.advance(Duration.ofSeconds(61));
    awaitTries(2);
    fixture.timers.advance(Duration.ofSeconds(121));
    awaitTries(3);
    List<Message> dead = receive(letters);
    assertThat(dead).hasSize(1);
    assertThat(dead.getFirst().body()).isEqualTo("{\"n\":1}");
    assertThat(dead.getFirst().messageAttributes().get("ErrorMessage").stringValue())
        .isEqualTo("no");
  }

  // A line comes a moment after the end of its invocation. None may come that should not.
  private static void awaitTries(int count) {
    LambdaFixture.await(() -> fixture.lines("\ttry\n") >= count);
    assertThat(fixture.lines("\ttry\n")).isEqualTo(count);
  }

  @Test
  void otherAccountsInvokeOnlyWhatTheFunctionsPolicyAllows() {
    fixture.lambda.createFunction(fixture.call(), fixture.function("shared", ECHO));
    var other =
        fixture.call().as(new Principal.Root("444455556666")).in("444455556666", "eu-west-1");
    var request =
        new InvocationRequest()
            .functionName("arn:aws:lambda:eu-west-1:111122223333:function:shared");
    Runnable invocation = () -> fixture.lambda.invoke(other, request);
    assertThatThrownBy(invocation::run)
        .isInstanceOfSatisfying(
            ServiceError.class, e -> assertThat(e.code()).isEqualTo("AccessDeniedException"));
    var permission =
        new AddPermissionRequest()
            .functionName("shared")
            .action("lambda:InvokeFunction")
            .principal("444455556666");
    fixture.lambda.addPermission(
        fixture.call(), permission.statementId("url").invokedViaFunctionUrl(true));
    assertThatThrownBy(invocation::run).isInstanceOf(ServiceError.class);
    fixture.lambda.addPermission(
        fixture.call(), permission.statementId("api").invokedViaFunctionUrl(null));
    assertThat(fixture.lambda.invoke(other, request).statusCode()).isEqualTo(200);
  }

  @Test
  void eventsOfOtherServicesReachTheFunction() throws Exception {
    String seen = fixture.queue("seen");
    fixture.lambda.createFunction(
        fixture.call(),
        fixture.function(
            "target", "exports.handler = async (e) => console.log('seen ' + e.word);"));
    fixture.lambda.addPermission(
        fixture.call(),
        new AddPermissionRequest()
            .functionName("target")
            .statementId("events")
            .action("lambda:InvokeFunction")
            .principal("events.amazonaws.com"));
    fixture.lambda.putFunctionEventInvokeConfig(
        fixture.call(),
        new PutFunctionEventInvokeConfigRequest()
            .functionName("target")
            .destinationConfig(
                new DestinationConfig()
                    .onSuccess(new OnSuccess().destination(LambdaFixture.queueArn("seen")))));
    fixture.kv.tx(
        tx -> {
          fixture.targets.send(
              tx,
              new Event(
                  "e1",
                  "arn:aws:lambda:eu-west-1:111122223333:function:target",
                  "events.amazonaws.com",
                  "arn:aws:events:eu-west-1:111122223333:rule/r",
                  "111122223333",
                  "{\"word\":\"hello\"}".getBytes(StandardCharsets.UTF_8),
                  null,
                  Map.of(),
                  Map.of(),
                  Event.Retry.PATIENT,
                  null,
                  fixture.clock.millis()));
          return 0;
        });
    List<Message> told = receive(seen);
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().body())
        .contains("\"condition\":\"Success\"", "\"requestPayload\":{\"word\":\"hello\"}");
    LambdaFixture.await(() -> fixture.lines("\tseen hello\n") == 1);
  }

  @Test
  void queuesFeedFunctionsAndOnlyFailedMessagesComeBack() {
    String jobs = fixture.queue("jobs");
    fixture.lambda.createFunction(
        fixture.call(),
        fixture.function(
            "batch",
            "exports.handler = async (e) => ({ batchItemFailures: e.Records.filter((r) => r.body"
                + " === 'bad').map((r) => ({ itemIdentifier: r.messageId })) });"));
    var mapping =
        fixture.lambda.createEventSourceMapping(
            fixture.call(),
            new CreateEventSourceMappingRequest()
                .functionName("batch")
                .eventSourceArn(LambdaFixture.queueArn("jobs"))
                .batchSize(5)
                .functionResponseTypes(List.of("ReportBatchItemFailures")));
    assertThat(mapping.state()).isEqualTo("Creating");
    for (int i = 0; i < 12; i++) {
      fixture.sqs.sendMessage(
          fixture.call(),
          new SendMessageRequest().queueUrl(jobs).messageBody(i == 5 ? "bad" : "good " + i));
    }
    LambdaFixture.await(() -> fixture.counts(jobs).equals("0+1"));
    assertThat(
            fixture
                .lambda
                .getEventSourceMapping(
                    fixture.call(), new GetEventSourceMappingRequest().uuid(mapping.uuid()))
                .state())
        .isEqualTo("Enabled");
    fixture.lambda.deleteEventSourceMapping(
        fixture.call(), new DeleteEventSourceMappingRequest().uuid(mapping.uuid()));
    fixture.timers.advance(Duration.ofSeconds(61));
    assertThat(receive(jobs)).extracting(Message::body).containsExactly("bad");
  }

  private static List<Message> receive(String url) {
    return new ArrayList<>(
        fixture
            .sqs
            .receiveMessage(
                fixture.call(),
                new ReceiveMessageRequest()
                    .queueUrl(url)
                    .maxNumberOfMessages(10)
                    .waitTimeSeconds(5)
                    .messageAttributeNames(List.of("All")))
            .messages());
  }
}
