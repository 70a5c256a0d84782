package dev.brume.services.ssm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.model.Operations;
import dev.brume.model.ssm.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `AWS::SSM::Parameter`.
///
// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html>
public final class SsmResources {
  private final SsmClient ssm;

  public SsmResources(Operations operations) {
    this.ssm = new SsmClient(operations);
  }

  public List<ResourceType> all() {
    return List.of(new ParameterType());
  }

  private final class ParameterType implements ResourceType {
    @Override
    public String name() {
      return "AWS::SSM::Parameter";
    }

    @Override
    public Set<String> properties() {
      return Set.of(
          "Name", "Type", "Value", "Description", "AllowedPattern", "DataType", "Tags", "Tier");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      String name = request.nameOr("Name", 1011);
      try {
        ssm.putParameter(request.call(), put(request, name).tags(tags(request)));
      } catch (ParameterAlreadyExists e) {
        var present =
            ssm.listTagsForResource(
                    request.call(),
                    new ListTagsForResourceRequest().resourceType("Parameter").resourceId(name))
                .tagList();
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
    public ResourceState update(ResourceRequest request, String name, ObjectNode old) {
      ssm.putParameter(request.call(), put(request, name).overwrite(true));
      var wanted = tags(request);
      var gone =
          ssm
              .listTagsForResource(
                  request.call(),
                  new ListTagsForResourceRequest().resourceType("Parameter").resourceId(name))
              .tagList()
              .stream()
              .map(Tag::key)
              .filter(key -> wanted.stream().noneMatch(tag -> tag.key().equals(key)))
              .toList();
      if (!gone.isEmpty()) {
        ssm.removeTagsFromResource(
            request.call(),
            new RemoveTagsFromResourceRequest()
                .resourceType("Parameter")
                .resourceId(name)
                .tagKeys(gone));
      }
      ssm.addTagsToResource(
          request.call(),
          new AddTagsToResourceRequest().resourceType("Parameter").resourceId(name).tags(wanted));
      return state(request, name);
    }

    @Override
    public void delete(ResourceRequest request, String name) {
      try {
        ssm.deleteParameter(request.call(), new DeleteParameterRequest().name(name));
      } catch (ParameterNotFound e) {
        // Gone already: that is what was asked for.
        return;
      }
    }

    private static ResourceState state(ResourceRequest request, String name) {
      return new ResourceState(
          name,
          Map.of(
              "Type",
              TextNode.valueOf(request.properties().path("Type").asText()),
              "Value",
              TextNode.valueOf(request.properties().path("Value").asText())));
    }
  }

  private static PutParameterRequest put(ResourceRequest request, String name) {
    ObjectNode properties = request.properties();
    return new PutParameterRequest()
        .name(name)
        .type(text(properties, "Type"))
        .value(text(properties, "Value"))
        .description(text(properties, "Description"))
        .allowedPattern(text(properties, "AllowedPattern"))
        .dataType(text(properties, "DataType"))
        .tier(text(properties, "Tier"));
  }

  // Tags of a parameter are a map in its resource type.
  private static List<Tag> tags(ResourceRequest request) {
    var tags = new LinkedHashMap<>(request.tags());
    request
        .properties()
        .path("Tags")
        .properties()
        .forEach(e -> tags.put(e.getKey(), e.getValue().asText()));
    return tags.entrySet().stream()
        .map(e -> new Tag().key(e.getKey()).value(e.getValue()))
        .toList();
  }

  private static @Nullable String text(ObjectNode node, String field) {
    return node.hasNonNull(field) ? node.get(field).asText() : null;
  }
}
