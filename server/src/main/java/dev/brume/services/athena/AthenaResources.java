package dev.brume.services.athena;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.StructJson;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.athena.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `AWS::Athena::WorkGroup` and `AWS::Athena::NamedQuery`.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Athena.html>
public final class AthenaResources {
  private final AthenaClient athena;

  public AthenaResources(Operations operations) {
    athena = new AthenaClient(operations);
  }

  public List<ResourceType> all() {
    return List.of(new WorkGroupType(), new NamedQueryType());
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.hasNonNull(field) ? node.get(field).asText() : null;
  }

  private final class WorkGroupType implements ResourceType {
    @Override
    public String name() {
      return "AWS::Athena::WorkGroup";
    }

    @Override
    public Set<String> properties() {
      return Set.of(
          "Name",
          "Description",
          "State",
          "Tags",
          "WorkGroupConfiguration",
          "RecursiveDeleteOption");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      ObjectNode properties = request.properties();
      String name = request.nameOr("Name", 128);
      try {
        athena.createWorkGroup(
            request.call(),
            new CreateWorkGroupInput()
                .name(name)
                .description(text(properties, "Description"))
                .configuration(
                    StructJson.read(
                        properties.path("WorkGroupConfiguration"), new WorkGroupConfiguration()))
                .tags(tags(request)));
      } catch (InvalidRequestException e) {
        if (!mine(request, name)) {
          throw e;
        }
      }
      String state = text(properties, "State");
      if (state != null) {
        athena.updateWorkGroup(
            request.call(), new UpdateWorkGroupInput().workGroup(name).state(state));
      }
      return state(request, name);
    }

    private boolean mine(ResourceRequest request, String name) {
      try {
        return athena
            .listTagsForResource(
                request.call(),
                new ListTagsForResourceInput().resourceARN(WorkGroups.arn(request.call(), name)))
            .tags()
            .stream()
            .anyMatch(
                t ->
                    "aws:cloudformation:stack-id".equals(t.key())
                        && request.stackId().equals(t.value()));
      } catch (ServiceError e) {
        return false;
      }
    }

    private static List<Tag> tags(ResourceRequest request) {
      var tags = new LinkedHashMap<>(request.tags());
      request
          .properties()
          .path("Tags")
          .forEach(t -> tags.put(t.path("Key").asText(), t.path("Value").asText()));
      return WorkGroups.list(tags);
    }

    private static ResourceState state(ResourceRequest request, String name) {
      return new ResourceState(
          name,
          Map.of(
              "CreationTime",
              TextNode.valueOf(request.call().now().toString()),
              "WorkGroupConfiguration.EngineVersion.EffectiveEngineVersion",
              TextNode.valueOf("Athena engine version 3")));
    }

    @Override
    public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
      ObjectNode properties = request.properties();
      JsonNode configuration = properties.path("WorkGroupConfiguration");
      WorkGroupConfigurationUpdates updates =
          StructJson.read(configuration, new WorkGroupConfigurationUpdates());
      if (configuration.has("ResultConfiguration")) {
        updates.resultConfigurationUpdates(
            StructJson.read(
                configuration.path("ResultConfiguration"), new ResultConfigurationUpdates()));
      }
      athena.updateWorkGroup(
          request.call(),
          new UpdateWorkGroupInput()
              .workGroup(physicalId)
              .description(text(properties, "Description"))
              .state(text(properties, "State"))
              .configurationUpdates(updates));
      athena.tagResource(
          request.call(),
          new TagResourceInput()
              .resourceARN(WorkGroups.arn(request.call(), physicalId))
              .tags(tags(request)));
      return state(request, physicalId);
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      try {
        athena.getWorkGroup(request.call(), new GetWorkGroupInput().workGroup(physicalId));
      } catch (InvalidRequestException e) {
        // Gone already: that is what was asked for.
        return;
      }
      athena.deleteWorkGroup(
          request.call(),
          new DeleteWorkGroupInput()
              .workGroup(physicalId)
              .recursiveDeleteOption(
                  request.properties().path("RecursiveDeleteOption").asBoolean(false)));
    }
  }

  private final class NamedQueryType implements ResourceType {
    @Override
    public String name() {
      return "AWS::Athena::NamedQuery";
    }

    @Override
    public Set<String> properties() {
      return Set.of("Name", "Description", "Database", "QueryString", "WorkGroup");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      ObjectNode properties = request.properties();
      String id =
          athena
              .createNamedQuery(
                  request.call(),
                  new CreateNamedQueryInput()
                      .name(request.nameOr("Name", 128))
                      .description(text(properties, "Description"))
                      .database(text(properties, "Database"))
                      .queryString(text(properties, "QueryString"))
                      .workGroup(text(properties, "WorkGroup"))
                      .clientRequestToken(
                          "cloudformation-" + request.suffix() + "-" + request.suffix()))
              .namedQueryId();
      String physicalId = String.valueOf(id);
      return new ResourceState(physicalId, Map.of("NamedQueryId", TextNode.valueOf(physicalId)));
    }

    @Override
    public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
      athena.updateNamedQuery(
          request.call(),
          new UpdateNamedQueryInput()
              .namedQueryId(physicalId)
              .name(request.nameOr("Name", 128))
              .description(text(request.properties(), "Description"))
              .queryString(text(request.properties(), "QueryString")));
      return new ResourceState(physicalId, Map.of("NamedQueryId", TextNode.valueOf(physicalId)));
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      try {
        athena.deleteNamedQuery(
            request.call(), new DeleteNamedQueryInput().namedQueryId(physicalId));
      } catch (InvalidRequestException e) {
        // Gone already: that is what was asked for.
        return;
      }
    }
  }
}
