package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.json.Json;
import dev.brume.model.EventStream;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Invocations answered by a stream of events, with functions that really run.
class StreamedInvokesTest extends WithLambda {
  private static final String STREAMING =
      """
      exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        console.log('streaming');
        stream.write('one ');
        if (event.fail) throw new Error('half-way');
        stream.write('two');
        stream.end();
      });
      """;

  @BeforeAll
  static void start() {
    fixture.lambda.createFunction(fixture.call(), fixture.function("streaming", STREAMING));
  }

  private record Answer(
      InvokeWithResponseStreamResponse head,
      String text,
      InvokeWithResponseStreamCompleteEvent end) {}

  private static InvokeWithResponseStreamRequest request(String name, String event) {
    return new InvokeWithResponseStreamRequest()
        .functionName(name)
        .payload(event.getBytes(StandardCharsets.UTF_8));
  }

  private static Answer invoke(InvokeWithResponseStreamRequest in) throws IOException {
    var head = fixture.lambda.invokeWithResponseStream(fixture.call(), in);
    var text = new ByteArrayOutputStream();
    var end = new InvokeWithResponseStreamCompleteEvent[1];
    EventStream events = head.eventStream();
    assertThat(events).isNotNull();
    events.sendTo(
        event -> {
          assertThat(end[0]).as("nothing comes after the end").isNull();
          var one = (InvokeWithResponseStreamResponseEvent) event;
          InvokeResponseStreamUpdate chunk = one.payloadChunk();
          if (chunk != null) {
            text.writeBytes(chunk.payload());
          }
          end[0] = one.invokeComplete();
        });
    assertThat(end[0]).isNotNull();
    return new Answer(head, text.toString(StandardCharsets.UTF_8), end[0]);
  }

  @Test
  void chunksComeThenTheEnd() throws IOException {
    Answer answer = invoke(request("streaming", "{}").logType("Tail"));
    assertThat(answer.text()).isEqualTo("one two");
    assertThat(answer.head().statusCode()).isEqualTo(200);
    assertThat(answer.head().executedVersion()).isEqualTo("$LATEST");
    assertThat(answer.end().errorCode()).isNull();
    assertThat(decoded(answer.end().logResult())).contains("streaming").contains("REPORT");
  }

  private static String decoded(@Nullable String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  @Test
  void aFailureHalfWayIsToldAtTheEnd() throws Exception {
    Answer answer = invoke(request("streaming", "{\"fail\":true}"));
    assertThat(answer.text()).isEqualTo("one ");
    assertThat(answer.end().errorCode()).isEqualTo("Unhandled");
    assertThat(Json.parse(answer.end().errorDetails()).path("errorMessage").asText())
        .isEqualTo("half-way");
    assertThat(answer.end().logResult()).isNull();
  }

  @Test
  void whatAHandlerReturnsComesInOnePiece() throws IOException {
    fixture.lambda.createFunction(
        fixture.call(),
        fixture.function("returns", "exports.handler = async (e) => ({ e });").publish(true));
    Answer answer = invoke(request("returns:1", "{\"a\":1}"));
    assertThat(answer.text()).isEqualTo("{\"e\":{\"a\":1}}");
    assertThat(answer.head().executedVersion()).isEqualTo("1");
    var dry =
        fixture.lambda.invokeWithResponseStream(
            fixture.call(), request("returns", "{}").invocationType("DryRun"));
    assertThat(dry.statusCode()).isEqualTo(204);
    assertThat(dry.eventStream()).isNull();
  }

  @Test
  void theRulesOfInvokeHold() throws IOException {
    assertCode("ResourceNotFoundException", request("none", "{}"));
    assertCode("InvalidRequestContentException", request("streaming", "{"));
    assertCode("InvalidParameterValueException", request("streaming", "{}").tenantId("blue"));
    var service = new Principal.ServicePrincipal("sns.amazonaws.com", "arn", "111122223333");
    assertThatThrownBy(
            () ->
                fixture.lambda.invokeWithResponseStream(
                    fixture.call().as(service), request("streaming", "{}")))
        .isInstanceOfSatisfying(
            ServiceError.class, e -> assertThat(e.code()).isEqualTo("AccessDeniedException"));
    fixture.lambda.putFunctionConcurrency(
        fixture.call(),
        new PutFunctionConcurrencyRequest()
            .functionName("streaming")
            .reservedConcurrentExecutions(0));
    assertCode("TooManyRequestsException", request("streaming", "{}"));
    fixture.lambda.deleteFunctionConcurrency(
        fixture.call(), new DeleteFunctionConcurrencyRequest().functionName("streaming"));
    assertThat(invoke(request("streaming", "{}")).text()).isEqualTo("one two");
  }

  private static void assertCode(String code, InvokeWithResponseStreamRequest in) {
    assertThatThrownBy(() -> invoke(in))
        .isInstanceOfSatisfying(ServiceError.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
