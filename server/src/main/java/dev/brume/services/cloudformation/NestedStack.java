package dev.brume.services.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.model.Call;
import dev.brume.model.ServiceError;
import dev.brume.model.cloudformation.CreateStackInput;
import dev.brume.model.cloudformation.DeleteStackInput;
import dev.brume.model.cloudformation.Parameter;
import dev.brume.model.cloudformation.Tag;
import dev.brume.model.cloudformation.UpdateStackInput;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `AWS::CloudFormation::Stack`: a stack as a resource of another. Its outputs are the attributes
/// `Outputs.<key>`.
final class NestedStack implements ResourceType {
  private static final List<String> CAPABILITIES =
      List.of("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND");

  private final CloudFormationService service;

  NestedStack(CloudFormationService service) {
    this.service = service;
  }

  @Override
  public String name() {
    return "AWS::CloudFormation::Stack";
  }

  @Override
  public Set<String> properties() {
    return Set.of("TemplateURL", "Parameters", "Tags", "TimeoutInMinutes");
  }

  @Override
  public ResourceState create(ResourceRequest request) {
    Call call = request.call();
    String name = request.generatedName(128);
    StackRow existing = service.find(call, name);
    String arn;
    if (existing == null) {
      StackRow parent = service.find(call, request.stackId());
      String root =
          parent == null || parent.rootArn() == null ? request.stackId() : parent.rootArn();
      var in =
          new CreateStackInput()
              .stackName(name)
              .templateURL(request.properties().path("TemplateURL").asText())
              .parameters(parameters(request))
              .tags(tags(request))
              .timeoutInMinutes(minutes(request))
              .capabilities(CAPABILITIES);
      arn = String.valueOf(service.create(call, in, request.stackId(), root).stackId());
    } else {
      arn = existing.arn();
    }
    return state(call, arn, "CREATE_COMPLETE");
  }

  @Override
  public ResourceState update(
      ResourceRequest request, String physicalId, ObjectNode oldProperties) {
    var in =
        new UpdateStackInput()
            .stackName(physicalId)
            .templateURL(request.properties().path("TemplateURL").asText())
            .parameters(parameters(request))
            .tags(tags(request))
            .capabilities(CAPABILITIES);
    try {
      service.rested(request.call(), physicalId);
      service.updateStack(request.call(), in);
    } catch (ServiceError e) {
      if (!"No updates are to be performed.".equals(e.getMessage())) {
        throw e;
      }
      // It is as wanted already, be it because it rolled back by itself.
      return attributes(request.call(), physicalId);
    }
    return state(request.call(), physicalId, "_COMPLETE");
  }

  private static @Nullable Integer minutes(ResourceRequest request) {
    int minutes = request.properties().path("TimeoutInMinutes").asInt(0);
    return minutes == 0 ? null : minutes;
  }

  @Override
  public void delete(ResourceRequest request, String physicalId) {
    service.deleteStack(request.call(), new DeleteStackInput().stackName(physicalId));
    StackRow stack = service.rested(request.call(), physicalId);
    if (!stack.deleted()) {
      throw failed(stack);
    }
  }

  private ResourceState state(Call call, String arn, String wanted) {
    StackRow stack = service.rested(call, arn);
    if (!stack.status().endsWith(wanted) || stack.status().contains("ROLLBACK")) {
      throw failed(stack);
    }
    return attributes(call, arn);
  }

  private ResourceState attributes(Call call, String arn) {
    var attributes = new LinkedHashMap<String, JsonNode>();
    service
        .outputs(call, arn)
        .forEach((key, value) -> attributes.put("Outputs." + key, TextNode.valueOf(value)));
    return new ResourceState(arn, attributes);
  }

  private static ServiceError failed(StackRow stack) {
    return CloudFormationErrors.validation(
        "Embedded stack "
            + stack.arn()
            + " was not successfully created or updated: "
            + stack.status()
            + (stack.statusReason() == null ? "" : " " + stack.statusReason()));
  }

  private static List<Parameter> parameters(ResourceRequest request) {
    var parameters = new ArrayList<Parameter>();
    request
        .properties()
        .path("Parameters")
        .properties()
        .forEach(
            each ->
                parameters.add(
                    new Parameter()
                        .parameterKey(each.getKey())
                        .parameterValue(text(each.getValue()))));
    return parameters;
  }

  // A list parameter is given as a list and passed on with commas.
  private static String text(JsonNode value) {
    if (!value.isArray()) {
      return value.asText();
    }
    var parts = new ArrayList<String>();
    value.forEach(part -> parts.add(part.asText()));
    return String.join(",", parts);
  }

  private static List<Tag> tags(ResourceRequest request) {
    var tags = new LinkedHashMap<String, String>();
    request
        .tags()
        .forEach(
            (key, value) -> {
              if (!key.startsWith("aws:")) {
                tags.put(key, value);
              }
            });
    request
        .properties()
        .path("Tags")
        .forEach(tag -> tags.put(tag.path("Key").asText(), tag.path("Value").asText()));
    return Views.tags(tags);
  }
}
