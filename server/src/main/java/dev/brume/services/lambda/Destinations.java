package dev.brume.services.lambda;

import dev.brume.events.Event;
import dev.brume.events.Targets;
import dev.brume.ids.Ids;
import dev.brume.model.Body;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.events.EventsClient;
import dev.brume.model.events.PutEventsRequest;
import dev.brume.model.events.PutEventsRequestEntry;
import dev.brume.model.lambda.InvocationRequest;
import dev.brume.model.lambda.LambdaClient;
import dev.brume.model.s3.PutObjectRequest;
import dev.brume.model.s3.S3Client;
import dev.brume.model.sns.PublishInput;
import dev.brume.model.sns.SnsClient;
import dev.brume.model.sqs.SendMessageRequest;
import dev.brume.model.sqs.SqsClient;
import dev.brume.store.Tx;
import dev.brume.time.Clock;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where records of asynchronous invocations and dead letters go: queues, topics, buckets,
/// functions, event buses. They are sent under the function's role, which must be allowed to; what
/// it is not allowed to send is dropped.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
final class Destinations implements Targets.Receiver {
  static final String SERVICE = "lambda-destination";
  private static final String DETAIL_TYPE = "DetailType";
  private static final String TRACE = "AWSTraceHeader";
  private static final DateTimeFormatter OBJECT_KEY =
      DateTimeFormatter.ofPattern("yyyy/MM/dd/yyyy-MM-dd'T'HH.mm.ss", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private final Clock clock;
  private final Ids ids;
  private final Targets targets;
  private final Catalog catalog;
  private final Roles roles;
  private final DestinationAccess access;
  private final SqsClient sqs;
  private final SnsClient sns;
  private final S3Client s3;
  private final LambdaClient lambda;
  private final EventsClient events;

  Destinations(
      Clock clock,
      Ids ids,
      Targets targets,
      Catalog catalog,
      Roles roles,
      DestinationAccess access,
      Operations operations) {
    this.clock = clock;
    this.ids = ids;
    this.targets = targets;
    this.catalog = catalog;
    this.roles = roles;
    this.access = access;
    sqs = new SqsClient(operations);
    sns = new SnsClient(operations);
    s3 = new S3Client(operations);
    lambda = new LambdaClient(operations);
    events = new EventsClient(operations);
    targets.receive(SERVICE, this);
  }

  /// What is to be sent.
  ///
  /// @param payload of the record, or the event itself for a dead letter
  /// @param success tells EventBridge which of the two it is
  /// @param trace header of the invocation, null when there was none
  record Parcel(
      byte[] payload,
      boolean success,
      Map<String, Event.Attribute> attributes,
      @Nullable String trace) {}

  /// Sends with the transaction.
  void send(Tx tx, FunctionName function, String requestId, String arn, Parcel parcel) {
    Map<String, String> system = new HashMap<>();
    system.put(DETAIL_TYPE, parcel.success() ? "Success" : "Failure");
    if (parcel.trace() != null) {
      system.put(TRACE, parcel.trace());
    }
    targets.send(
        tx,
        new Event(
            requestId + "/" + arn,
            "arn:aws:" + SERVICE + ":" + function.region() + ":" + function.account() + ":" + arn,
            "lambda.amazonaws.com",
            function.qualifier() == null ? function.at(Configuration.LATEST).arn() : function.arn(),
            function.account(),
            parcel.payload(),
            null,
            parcel.attributes(),
            system,
            Event.Retry.PATIENT,
            null,
            clock.millis()));
  }

  /// Finds out whether a function may send to a destination: throws when it is not there, or the
  /// function's role is not allowed to.
  void check(FunctionName function, @Nullable String arn) {
    if (arn == null || arn.isEmpty()) {
      return;
    }
    String[] parts = arn.split(":", 6);
    if (parts[2].equals("lambda")) {
      checkFunction(function, arn);
    }
    String operation =
        switch (parts[2]) {
          case "sqs" -> "SendMessage";
          case "sns" -> "Publish";
          case "lambda" -> "InvokeFunction";
          case "events" -> "PutEvents";
          default -> null;
        };
    if (operation != null && access.denied(asRole(function), arn)) {
      throw LambdaErrors.invalid(
          "The function's execution role does not have permissions to call "
              + operation
              + " on "
              + arn);
    }
  }

  private void checkFunction(FunctionName function, String arn) {
    String[] parts = arn.split(":");
    var target = new FunctionName(parts[4], parts[3], parts[6], parts.length > 7 ? parts[7] : null);
    if (target.functionArn().equals(function.functionArn())) {
      throw LambdaErrors.invalid("You can't specify the function as a destination for itself.");
    }
    try {
      catalog.resolve(target);
    } catch (ServiceError e) {
      throw LambdaErrors.invalid("The destination ARN " + arn + " is invalid.");
    }
  }

  @Override
  public void deliver(Event event) throws Targets.DeliveryFailed {
    String arn = event.targetArn().split(":", 6)[5];
    String[] source = event.sourceArn().split(":");
    var function = new FunctionName(source[4], source[3], source[6], source[7]);
    try {
      Call call = asRole(function).traced(event.system().get(TRACE));
      send(call, function, arn, event);
    } catch (ServiceError e) {
      throw new Targets.DeliveryFailed(
          e.code(), arn + ": " + e.getMessage(), e.httpStatus() >= 500);
    }
  }

  private Call asRole(FunctionName function) {
    String role = catalog.resolve(function).configuration().settings().role();
    return roles.asRole(function, role);
  }

  private void send(Call call, FunctionName function, String arn, Event event)
      throws Targets.DeliveryFailed {
    String[] parts = arn.split(":", 6);
    String text = new String(event.payload(), StandardCharsets.UTF_8);
    switch (parts.length < 6 ? "" : parts[2]) {
      case "sqs" -> {
        Call there = call.in(parts[4], parts[3]);
        sqs.sendMessage(
            there,
            new SendMessageRequest()
                .queueUrl(QueueEvents.queueUrl(there, arn))
                .messageBody(text)
                .messageAttributes(DestinationAttributes.forQueue(event.attributes())));
      }
      case "sns" ->
          sns.publish(
              call.in(parts[4], parts[3]),
              new PublishInput()
                  .topicArn(arn)
                  .message(text)
                  .messageAttributes(DestinationAttributes.forTopic(event.attributes())));
      case "lambda" ->
          lambda.invoke(
              call.in(parts[4], parts[3]),
              new InvocationRequest()
                  .functionName(arn)
                  .invocationType("Event")
                  .payload(event.payload()));
      case "events" -> toBus(call.in(parts[4], parts[3]), arn, text, event);
      case "s3" ->
          s3.putObject(
              call, new PutObjectRequest().bucket(parts[5]).key(key(function)).body(Body.of(text)));
      default -> throw new Targets.DeliveryFailed("InvalidTarget", "No destination: " + arn, false);
    }
  }

  private void toBus(Call call, String arn, String text, Event event)
      throws Targets.DeliveryFailed {
    var entry =
        new PutEventsRequestEntry()
            .source("lambda")
            .detailType("Lambda Function Invocation Result - " + event.system().get(DETAIL_TYPE))
            .eventBusName(arn)
            .time(clock.instant())
            .resources(List.of(event.sourceArn(), arn))
            .detail(text);
    var answer = events.putEvents(call, new PutEventsRequest().entries(List.of(entry)));
    for (var one : answer.entries()) {
      if (one.errorCode() != null) {
        throw new Targets.DeliveryFailed(one.errorCode(), arn + ": " + one.errorMessage(), false);
      }
    }
  }

  private String key(FunctionName function) {
    return "aws/lambda/async/"
        + function.name()
        + "/"
        + OBJECT_KEY.format(clock.instant())
        + "-"
        + ids.uuid();
  }
}
