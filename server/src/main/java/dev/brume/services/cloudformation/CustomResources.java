package dev.brume.services.cloudformation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.ids.Ids;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.lambda.InvocationRequest;
import dev.brume.model.lambda.LambdaClient;
import dev.brume.model.sns.PublishInput;
import dev.brume.model.sns.SnsClient;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import dev.brume.services.cloudformation.template.PropertyCheck;
import dev.brume.store.Key;
import dev.brume.store.Kv;
import dev.brume.store.Row;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Custom resources: a function (or topic) is asked, and answers with a PUT to the ResponseURL.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref.html>
///
/// The URL's host is reserved: handlers send to it over https whatever its scheme and port, and the
/// function runtimes lead it to this server.
final class CustomResources implements Engine.Waiting {
  private static final String RESPONSE_URL = "https://cfn-response.brume.internal/";
  private static final String CANCELLED = "{\"Cancelled\":true}";
  private static final Row<Pending> ROW = Row.of(Pending.class);
  private static final Key TOKENS = Key.of("cloudformation", "custom");
  private static final Key REQUESTS = Key.of("cloudformation", "custom-request");

  private final Kv kv;
  private final Clock clock;
  private final Timers timers;
  private final Ids ids;
  private final LambdaClient lambda;
  private final SnsClient sns;
  private final Map<String, Waiter> waiters = new ConcurrentHashMap<>();
  private final Set<String> cancelled = ConcurrentHashMap.newKeySet();

  /// A request that waits for its answer.
  ///
  /// @param request names it, the same in a repetition after a crash
  /// @param response the answer's text, null until it is there
  record Pending(String token, String request, long deadlineMillis, @Nullable String response) {}

  private record Waiter(String operationId, CompletableFuture<String> response) {}

  CustomResources(Kv kv, Clock clock, Timers timers, Ids ids, Operations operations) {
    this.kv = kv;
    this.clock = clock;
    this.timers = timers;
    this.ids = ids;
    this.lambda = new LambdaClient(operations);
    this.sns = new SnsClient(operations);
  }

  ResourceType type(String name) {
    return new CustomType(name);
  }

  /// Takes an answer. Returns whether somebody asked.
  boolean respond(String token, String text) {
    return kv.tx(
        tx -> {
          byte[] row = tx.get(TOKENS.then(token));
          if (row == null) {
            return false;
          }
          Pending pending = ROW.read(row);
          tx.put(
              TOKENS.then(token),
              ROW.write(new Pending(token, pending.request(), pending.deadlineMillis(), text)));
          tx.afterCommit(
              () -> {
                Waiter waiter = waiters.get(token);
                if (waiter != null) {
                  waiter.response().complete(text);
                }
              });
          return true;
        });
  }

  @Override
  public void cancel(String operationId) {
    cancelled.add(operationId);
    waiters
        .values()
        .forEach(
            waiter -> {
              if (waiter.operationId().equals(operationId)) {
                waiter.response().complete(CANCELLED);
              }
            });
  }

  @Override
  public void renew(String operationId) {
    cancelled.remove(operationId);
  }

  private final class CustomType implements ResourceType {
    private final String name;

    CustomType(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Set<String> properties() {
      return Set.of("ServiceToken", "ServiceTimeout");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      return ask(name, "Create", request, null, null);
    }

    @Override
    public ResourceState update(
        ResourceRequest request, String physicalId, ObjectNode oldProperties) {
      return ask(name, "Update", request, physicalId, oldProperties);
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      ask(name, "Delete", request, physicalId, null);
    }
  }

  private ResourceState ask(
      String type,
      String requestType,
      ResourceRequest request,
      @Nullable String physicalId,
      @Nullable ObjectNode oldProperties) {
    String name =
        String.join(
            "|",
            request.stackId(),
            request.logicalId(),
            request.call().requestId(),
            requestType,
            request.suffix(),
            digest(Json.write(request.properties())));
    Pending pending = begin(name, request);
    var waiter = new Waiter(request.call().requestId(), new CompletableFuture<>());
    waiters.put(pending.token(), waiter);
    Timers.Cancellable timeout =
        timers.after(
            Instant.ofEpochMilli(pending.deadlineMillis()), () -> waiter.response().complete(""));
    try {
      String response = stored(pending.token());
      if (response == null && cancelled.contains(request.call().requestId())) {
        response = CANCELLED;
      }
      if (response == null) {
        send(type, requestType, request, physicalId, oldProperties, pending.token());
        response = waiter.response().join();
      }
      return state(response, request, physicalId, pending.token());
    } finally {
      timeout.cancel();
      waiters.remove(pending.token());
      end(pending);
    }
  }

  private Pending begin(String name, ResourceRequest request) {
    String fresh = ids.uuid();
    long seconds = request.properties().path("ServiceTimeout").asLong(0);
    long timeout = seconds > 0 ? seconds : CloudFormationLimits.CUSTOM_TIMEOUT_SECONDS_DEFAULT;
    var row = new Pending(fresh, name, clock.millis() + timeout * 1000, null);
    return kv.tx(
        tx -> {
          byte[] token = tx.get(REQUESTS.then(name));
          byte[] known =
              token == null ? null : tx.get(TOKENS.then(new String(token, StandardCharsets.UTF_8)));
          if (known != null) {
            return ROW.read(known);
          }
          tx.put(REQUESTS.then(name), fresh.getBytes(StandardCharsets.UTF_8));
          tx.put(TOKENS.then(fresh), ROW.write(row));
          return row;
        });
  }

  private @Nullable String stored(String token) {
    byte[] row = kv.read(reader -> reader.get(TOKENS.then(token)));
    return row == null ? null : ROW.read(row).response();
  }

  private void end(Pending pending) {
    kv.tx(
        tx -> {
          tx.delete(TOKENS.then(pending.token()));
          tx.delete(REQUESTS.then(pending.request()));
          return 0;
        });
  }

  private void send(
      String type,
      String requestType,
      ResourceRequest request,
      @Nullable String physicalId,
      @Nullable ObjectNode oldProperties,
      String token) {
    String target = request.properties().path("ServiceToken").asText();
    // A request of its own, by whose id its function's log lines are found.
    Call by = request.call();
    Call call =
        new Call(
            by.account(), by.region(), by.principal(), token, by.now(), by.endpoint(), by.trace());
    ObjectNode event =
        Json.object()
            .put("RequestType", requestType)
            .put("ServiceToken", target)
            .put("ResponseURL", RESPONSE_URL + token)
            .put("StackId", request.stackId())
            .put("RequestId", token)
            .put("LogicalResourceId", request.logicalId());
    if (physicalId != null) {
      event.put("PhysicalResourceId", physicalId);
    }
    event.put("ResourceType", type);
    event.set("ResourceProperties", PropertyCheck.strings(request.properties()));
    if (oldProperties != null) {
      event.set("OldResourceProperties", PropertyCheck.strings(oldProperties));
    }
    String[] arn = target.split(":", 6);
    String service = arn.length == 6 ? arn[2] : "";
    switch (service) {
      case "lambda" ->
          lambda.invoke(
              call,
              new InvocationRequest()
                  .functionName(target)
                  .invocationType("Event")
                  .payload(Json.write(event).getBytes(StandardCharsets.UTF_8)));
      case "sns" ->
          sns.publish(
              call,
              new PublishInput()
                  .topicArn(target)
                  .subject("AWS CloudFormation custom resource request")
                  .message(Json.write(event)));
      default ->
          throw new CustomResourceFailed(
              "Invalid service token: " + target, failedId(request, physicalId));
    }
  }

  /// What is wrong with a custom resource's own properties.
  static List<String> problems(ObjectNode properties) {
    var problems = new ArrayList<String>();
    if (properties.path("ServiceToken").asText().isEmpty()) {
      problems.add("#: required key [ServiceToken] not found");
    }
    String timeout = properties.path("ServiceTimeout").asText("");
    boolean within =
        timeout.matches("[0-9]{1,4}")
            && Integer.parseInt(timeout) >= 1
            && Integer.parseInt(timeout) <= CloudFormationLimits.CUSTOM_TIMEOUT_SECONDS_DEFAULT;
    if (properties.has("ServiceTimeout") && !within) {
      problems.add("#/ServiceTimeout: must be a number of seconds from 1 to 3600");
    }
    return problems;
  }

  private static String failedId(ResourceRequest request, @Nullable String physicalId) {
    return physicalId == null ? request.generatedName(128) : physicalId;
  }

  private ResourceState state(
      String response, ResourceRequest request, @Nullable String physicalId, String token) {
    String known = failedId(request, physicalId);
    if (response.isEmpty()) {
      throw new CustomResourceFailed(
          "CloudFormation did not receive a response from your Custom Resource. Please check your"
              + " logs for requestId ["
              + token
              + "]. If you are using the Python cfn-response module, you may need to update your"
              + " Lambda function code so that CloudFormation can attach the updated version.",
          known);
    }
    JsonNode answer;
    try {
      answer = Json.parse(response);
    } catch (JsonProcessingException e) {
      throw new CustomResourceFailed(
          "Invalid response from custom resource: " + e.getOriginalMessage(), known);
    }
    if (answer.path("Cancelled").asBoolean()) {
      throw new CustomResourceFailed("Resource creation cancelled", known);
    }
    String id = answer.path("PhysicalResourceId").asText("");
    if (!answer.path("Status").asText().equals("SUCCESS")) {
      throw new CustomResourceFailed(
          "Received response status ["
              + answer.path("Status").asText("FAILED")
              + "] from custom resource. Message returned: "
              + answer.path("Reason").asText("")
              + " (RequestId: "
              + token
              + ")",
          id.isEmpty() ? known : id);
    }
    if (id.isEmpty()) {
      throw new CustomResourceFailed("Invalid PhysicalResourceId", known);
    }
    var attributes = new LinkedHashMap<String, JsonNode>();
    answer
        .path("Data")
        .properties()
        .forEach(each -> attributes.put(each.getKey(), each.getValue()));
    if (answer.path("NoEcho").asBoolean()) {
      attributes.put(Hidden.ATTRIBUTES, BooleanNode.TRUE);
    }
    return new ResourceState(id, attributes);
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
