package dev.brume.services.lambda;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.LambdaClient;
import dev.brume.resources.ResourceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Lambda's CloudFormation types.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Lambda.html>
public final class LambdaResources {
  private final LambdaClient lambda;

  public LambdaResources(Operations operations) {
    lambda = new LambdaClient(operations);
  }

  public List<ResourceType> all() {
    return List.of(
        new FunctionResource(lambda),
        new AttachedResources.Permission(lambda),
        new AttachedResources.Version(lambda),
        new AttachedResources.Alias(lambda),
        new UrlResource(lambda),
        new AttachedResources.EventInvokeConfig(lambda),
        new AttachedResources.LayerVersion(lambda),
        new LayerPermissionResource(lambda),
        new SigningResource(lambda),
        new MappingResource(lambda));
  }

  static @Nullable String text(JsonNode properties, String name) {
    return properties.hasNonNull(name) ? properties.get(name).asText() : null;
  }

  static String required(JsonNode properties, String name) {
    return properties.path(name).asText();
  }

  static @Nullable Integer number(JsonNode properties, String name) {
    return properties.hasNonNull(name) ? Integer.valueOf(properties.get(name).asInt()) : null;
  }

  static List<String> texts(JsonNode properties, String name) {
    var list = new ArrayList<String>();
    properties.path(name).forEach(one -> list.add(one.asText()));
    return list;
  }

  static Map<String, String> map(JsonNode node) {
    var map = new LinkedHashMap<String, String>();
    node.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asText()));
    return map;
  }

  /// `[{Key, Value}]` over the stack's tags.
  static Map<String, String> tags(Map<String, String> stack, JsonNode own) {
    var tags = new LinkedHashMap<>(stack);
    own.forEach(tag -> tags.put(tag.path("Key").asText(), tag.path("Value").asText()));
    return tags;
  }

  static JsonNode node(@Nullable String text) {
    return TextNode.valueOf(text == null ? "" : text);
  }

  /// Runs a deletion; what is gone already is a success.
  static void gone(Runnable deletion) {
    try {
      deletion.run();
    } catch (ServiceError e) {
      if (!e.code().equals("ResourceNotFoundException")) {
        throw e;
      }
    }
  }
}
