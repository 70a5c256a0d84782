package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.model.lambda.*;
import dev.brume.model.sqs.CreateQueueRequest;
import dev.brume.model.sqs.SendMessageRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Functions that are fed from queues.
class MappingsTest extends WithLambda {
  private static final String STRICT =
      "exports.handler = async (e) => { if (process.env.STRICT && e.Records[0].body === 'bad')"
          + " throw new Error('bad'); };";

  @Test
  void aThrottledBatchIsTriedAgainWhileItIsHidden() {
    String url = fixture.queue("busy");
    fixture.lambda.createFunction(fixture.call(), fixture.function("busy", STRICT));
    fixture.lambda.putFunctionConcurrency(
        fixture.call(),
        new PutFunctionConcurrencyRequest().functionName("busy").reservedConcurrentExecutions(0));
    String uuid = map("busy", "busy").uuid();
    send(url, "good", null);
    LambdaFixture.await(() -> result(uuid).equals("PROBLEM: Rate Exceeded."));
    fixture.lambda.deleteFunctionConcurrency(
        fixture.call(), new DeleteFunctionConcurrencyRequest().functionName("busy"));
    LambdaFixture.await(() -> fixture.counts(url).equals("0+0"));
    LambdaFixture.await(() -> result(uuid).equals("OK"));
    unmap(uuid);
  }

  @Test
  void whatWaitsForABatchRunsWhenItsMappingEnds() {
    String url = fixture.queue("window");
    fixture.lambda.createFunction(fixture.call(), fixture.function("window", STRICT));
    String uuid =
        fixture
            .lambda
            .createEventSourceMapping(
                fixture.call(), mapping("window", "window").maximumBatchingWindowInSeconds(300))
            .uuid();
    send(url, "good", null);
    LambdaFixture.await(() -> fixture.counts(url).equals("0+1"));
    unmap(uuid);
    LambdaFixture.await(() -> fixture.counts(url).equals("0+0"));
    // Nobody takes messages any more.
    send(url, "later", null);
    assertThat(fixture.counts(url)).isEqualTo("1+0");
  }

  @Test
  void aMessageThatFailsHoldsUpItsGroupAndNoOther() {
    String url =
        fixture
            .sqs
            .createQueue(
                fixture.call(),
                new CreateQueueRequest()
                    .queueName("groups.fifo")
                    .attributes(Map.of("FifoQueue", "true", "VisibilityTimeout", "60")))
            .queueUrl();
    fixture.lambda.createFunction(
        fixture.call(),
        fixture
            .function("groups", STRICT)
            .environment(new Environment().variables(Map.of("STRICT", "yes"))));
    String uuid =
        fixture
            .lambda
            .createEventSourceMapping(fixture.call(), mapping("groups", "groups.fifo").batchSize(1))
            .uuid();
    send(url, "bad", "a");
    send(url, "after", "a");
    send(url, "good", "b");
    LambdaFixture.await(() -> fixture.counts(url).equals("1+1"));
    fixture.lambda.updateFunctionConfiguration(
        fixture.call(),
        new UpdateFunctionConfigurationRequest()
            .functionName("groups")
            .environment(new Environment()));
    fixture.timers.advance(Duration.ofSeconds(61));
    LambdaFixture.await(() -> fixture.counts(url).equals("0+0"));
    unmap(uuid);
  }

  @Test
  void whatIsForStreamsIsRefused() {
    fixture.queue("plain");
    fixture.lambda.createFunction(fixture.call(), fixture.function("plain", STRICT));
    refused(
        "StartingPosition is not valid for SQS event sources.",
        mapping("plain", "plain").startingPosition("LATEST"));
    refused(
        "ParallelizationFactor is not valid for SQS event sources.",
        mapping("plain", "plain").parallelizationFactor(2));
    refused(
        "DestinationConfig is not valid for SQS event sources.",
        mapping("plain", "plain")
            .destinationConfig(
                new DestinationConfig()
                    .onFailure(new OnFailure().destination(LambdaFixture.queueArn("plain")))));
    refused(
        "Brume does not keep metrics of event source mappings yet: MetricsConfig cannot be set.",
        mapping("plain", "plain")
            .metricsConfig(new EventSourceMappingMetricsConfig().metrics(List.of("EventCount"))));
    refused(
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater"
            + " than 10",
        mapping("plain", "plain").batchSize(11));
    refused(
        "MaximumConcurrency and ProvisionedPollerConfig cannot be used together.",
        mapping("plain", "plain")
            .scalingConfig(new ScalingConfig().maximumConcurrency(2))
            .provisionedPollerConfig(new ProvisionedPollerConfig().minimumPollers(2)));
    refused("Function does not exist", mapping("nobody", "plain"));
    assertThatThrownBy(
            () ->
                fixture.lambda.createEventSourceMapping(
                    fixture.call(), mapping("plain", "nowhere")))
        .hasMessageStartingWith("Error occurred while ReceiveMessage. SQS Error Code: ");
  }

  @Test
  void mappingsPassThroughTheirStates() {
    fixture.queue("states");
    fixture.lambda.createFunction(fixture.call(), fixture.function("states", STRICT));
    var made =
        fixture.lambda.createEventSourceMapping(
            fixture.call(),
            mapping("states", "states")
                .provisionedPollerConfig(
                    new ProvisionedPollerConfig().minimumPollers(3).maximumPollers(5)));
    assertThat(made.state()).isEqualTo("Creating");
    assertThat(made.provisionedPollerConfig().maximumPollers()).isEqualTo(5);
    String uuid = made.uuid();
    assertThat(get(uuid).state()).isEqualTo("Enabled");
    assertThat(get(uuid).lastProcessingResult()).isEqualTo("No records processed");
    assertThat(
            fixture
                .lambda
                .updateEventSourceMapping(fixture.call(), update(uuid).enabled(false))
                .state())
        .isEqualTo("Disabling");
    assertThat(get(uuid).state()).isEqualTo("Disabled");
    var changed =
        fixture.lambda.updateEventSourceMapping(
            fixture.call(),
            update(uuid)
                .batchSize(7)
                .provisionedPollerConfig(new ProvisionedPollerConfig())
                .scalingConfig(new ScalingConfig().maximumConcurrency(2)));
    assertThat(changed.state()).isEqualTo("Updating");
    assertThat(get(uuid).batchSize()).isEqualTo(7);
    assertThat(get(uuid).provisionedPollerConfig()).isNull();
    assertThat(get(uuid).scalingConfig().maximumConcurrency()).isEqualTo(2);
    assertThatThrownBy(() -> map("states", "states")).isInstanceOf(ResourceConflictException.class);
    assertThat(unmap(uuid).state()).isEqualTo("Deleting");
    assertThatThrownBy(() -> get(uuid)).isInstanceOf(ResourceNotFoundException.class);
  }

  private static UpdateEventSourceMappingRequest update(String uuid) {
    return new UpdateEventSourceMappingRequest().uuid(uuid);
  }

  private static CreateEventSourceMappingRequest mapping(String function, String queue) {
    return new CreateEventSourceMappingRequest()
        .functionName(function)
        .eventSourceArn(LambdaFixture.queueArn(queue));
  }

  private static EventSourceMappingConfiguration map(String function, String queue) {
    return fixture.lambda.createEventSourceMapping(fixture.call(), mapping(function, queue));
  }

  private static EventSourceMappingConfiguration unmap(String uuid) {
    return fixture.lambda.deleteEventSourceMapping(
        fixture.call(), new DeleteEventSourceMappingRequest().uuid(uuid));
  }

  private static EventSourceMappingConfiguration get(String uuid) {
    return fixture.lambda.getEventSourceMapping(
        fixture.call(), new GetEventSourceMappingRequest().uuid(uuid));
  }

  private static String result(String uuid) {
    return String.valueOf(get(uuid).lastProcessingResult());
  }

  private static void send(String url, String body, String group) {
    fixture.sqs.sendMessage(
        fixture.call(),
        new SendMessageRequest()
            .queueUrl(url)
            .messageBody(body)
            .messageGroupId(group)
            .messageDeduplicationId(group == null ? null : body));
  }

  private static void refused(String message, CreateEventSourceMappingRequest in) {
    refused(
        "InvalidParameterValueException",
        message,
        () -> fixture.lambda.createEventSourceMapping(fixture.call(), in));
  }
}
