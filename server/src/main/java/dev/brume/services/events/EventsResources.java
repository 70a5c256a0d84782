package dev.brume.services.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import dev.brume.model.Operations;
import dev.brume.model.events.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `AWS::Events::Rule` and `AWS::Events::EventBus`.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Events.html>
public final class EventsResources {
  private final EventsClient events;

  public EventsResources(Operations operations) {
    this.events = new EventsClient(operations);
  }

  public List<ResourceType> all() {
    return List.of(new RuleType(), new BusType());
  }

  private final class RuleType implements ResourceType {
    @Override
    public String name() {
      return "AWS::Events::Rule";
    }

    @Override
    public Set<String> properties() {
      return Set.of(
          "Name",
          "Description",
          "EventBusName",
          "EventPattern",
          "RoleArn",
          "ScheduleExpression",
          "State",
          "Tags",
          "Targets");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      return put(request, request.nameOr("Name", 64), Json.object());
    }

    @Override
    public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
      return put(request, ruleName(physicalId), old);
    }

    private ResourceState put(ResourceRequest request, String name, ObjectNode old) {
      ObjectNode properties = request.properties();
      String bus = text(properties, "EventBusName");
      var in =
          new PutRuleRequest()
              .name(name)
              .eventBusName(bus)
              .description(text(properties, "Description"))
              .roleArn(text(properties, "RoleArn"))
              .scheduleExpression(text(properties, "ScheduleExpression"))
              .state(text(properties, "State"));
      JsonNode pattern = properties.path("EventPattern");
      in.eventPattern(
          pattern.isObject() ? Json.write(pattern) : pattern.isTextual() ? pattern.asText() : null);
      var tags = tags(request);
      in.tags(tags.isEmpty() ? null : tags);
      String arn = events.putRule(request.call(), in).ruleArn();
      targets(request, name, bus, old);
      String id = bus == null || bus.equals("default") ? name : bus + "|" + name;
      return new ResourceState(id, Map.of("Arn", TextNode.valueOf(String.valueOf(arn))));
    }

    private void targets(
        ResourceRequest request, String name, @Nullable String bus, ObjectNode old) {
      var wanted = new ArrayList<Target>();
      request.properties().path("Targets").forEach(target -> wanted.add(target(target)));
      var gone = new ArrayList<String>();
      old.path("Targets").forEach(target -> gone.add(target.path("Id").asText()));
      wanted.forEach(target -> gone.remove(target.id()));
      if (!gone.isEmpty()) {
        events.removeTargets(
            request.call(), new RemoveTargetsRequest().rule(name).eventBusName(bus).ids(gone));
      }
      if (!wanted.isEmpty()) {
        events.putTargets(
            request.call(), new PutTargetsRequest().rule(name).eventBusName(bus).targets(wanted));
      }
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      String bus = text(request.properties(), "EventBusName");
      String name = ruleName(physicalId);
      try {
        List<String> ids =
            events
                .listTargetsByRule(
                    request.call(), new ListTargetsByRuleRequest().rule(name).eventBusName(bus))
                .targets()
                .stream()
                .map(Target::id)
                .toList();
        if (!ids.isEmpty()) {
          events.removeTargets(
              request.call(), new RemoveTargetsRequest().rule(name).eventBusName(bus).ids(ids));
        }
        events.deleteRule(request.call(), new DeleteRuleRequest().name(name).eventBusName(bus));
      } catch (ResourceNotFoundException e) {
        // Gone already: that is what was asked for.
        return;
      }
    }

    private static String ruleName(String physicalId) {
      return physicalId.substring(physicalId.lastIndexOf('|') + 1);
    }
  }

  private final class BusType implements ResourceType {
    @Override
    public String name() {
      return "AWS::Events::EventBus";
    }

    @Override
    public Set<String> properties() {
      return Set.of("Name", "Description", "Tags");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      String name = String.valueOf(text(request.properties(), "Name"));
      var tags = tags(request);
      try {
        events.createEventBus(
            request.call(),
            new CreateEventBusRequest()
                .name(name)
                .description(text(request.properties(), "Description"))
                .tags(tags.isEmpty() ? null : tags));
      } catch (ResourceAlreadyExistsException e) {
        var present =
            events
                .listTagsForResource(
                    request.call(),
                    new ListTagsForResourceRequest()
                        .resourceARN(request.call().arn("events", "event-bus/" + name)))
                .tags();
        if (present.stream()
            .noneMatch(
                tag ->
                    tag.key().equals("aws:cloudformation:stack-id")
                        && tag.value().equals(request.stackId()))) {
          throw e;
        }
      }
      return state(request, name);
    }

    @Override
    public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
      events.tagResource(
          request.call(),
          new TagResourceRequest()
              .resourceARN(request.call().arn("events", "event-bus/" + physicalId))
              .tags(tags(request)));
      return state(request, physicalId);
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      events.deleteEventBus(request.call(), new DeleteEventBusRequest().name(physicalId));
    }

    private static ResourceState state(ResourceRequest request, String name) {
      return new ResourceState(
          name,
          Map.of(
              "Arn",
              TextNode.valueOf(request.call().arn("events", "event-bus/" + name)),
              "Name",
              TextNode.valueOf(name)));
    }
  }

  private static Target target(JsonNode node) {
    var target =
        new Target()
            .id(text(node, "Id"))
            .arn(text(node, "Arn"))
            .roleArn(text(node, "RoleArn"))
            .input(text(node, "Input"))
            .inputPath(text(node, "InputPath"));
    JsonNode transformer = node.path("InputTransformer");
    if (transformer.isObject()) {
      var paths = new LinkedHashMap<String, String>();
      transformer
          .path("InputPathsMap")
          .properties()
          .forEach(e -> paths.put(e.getKey(), e.getValue().asText()));
      target.inputTransformer(
          new InputTransformer()
              .inputPathsMap(paths)
              .inputTemplate(text(transformer, "InputTemplate")));
    }
    if (node.path("SqsParameters").isObject()) {
      target.sqsParameters(
          new SqsParameters().messageGroupId(text(node.get("SqsParameters"), "MessageGroupId")));
    }
    if (node.path("DeadLetterConfig").isObject()) {
      target.deadLetterConfig(
          new DeadLetterConfig().arn(text(node.get("DeadLetterConfig"), "Arn")));
    }
    JsonNode retry = node.path("RetryPolicy");
    if (retry.isObject()) {
      target.retryPolicy(
          new RetryPolicy()
              .maximumRetryAttempts(
                  retry.has("MaximumRetryAttempts")
                      ? retry.get("MaximumRetryAttempts").asInt()
                      : null)
              .maximumEventAgeInSeconds(
                  retry.has("MaximumEventAgeInSeconds")
                      ? retry.get("MaximumEventAgeInSeconds").asInt()
                      : null));
    }
    for (String other :
        List.of(
            "EcsParameters",
            "KinesisParameters",
            "HttpParameters",
            "BatchParameters",
            "RunCommandParameters",
            "RedshiftDataParameters",
            "SageMakerPipelineParameters",
            "AppSyncParameters")) {
      if (node.has(other)) {
        throw EventsErrors.validation(
            "Brume does not implement " + other + " of a rule's target yet");
      }
    }
    return target;
  }

  private static List<Tag> tags(ResourceRequest request) {
    var tags = new LinkedHashMap<>(request.tags());
    request
        .properties()
        .path("Tags")
        .forEach(tag -> tags.put(tag.path("Key").asText(), tag.path("Value").asText()));
    return tags.entrySet().stream()
        .map(e -> new Tag().key(e.getKey()).value(e.getValue()))
        .toList();
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.hasNonNull(field) ? node.get(field).asText() : null;
  }
}
