package dev.brume.services.cloudformation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import dev.brume.resources.ResourceType;
import dev.brume.services.cloudformation.template.Graph;
import dev.brume.services.cloudformation.template.Intrinsics;
import dev.brume.services.cloudformation.template.PropertyCheck;
import dev.brume.services.cloudformation.template.Specification;
import dev.brume.services.cloudformation.template.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a template asks of its resources, once references can be resolved.
///
/// @param tags of the stack
record Wanted(
    Template template,
    Intrinsics intrinsics,
    Graph graph,
    Types types,
    Specification specification,
    Map<String, String> tags) {

  /// The resource as it should be, not yet made. Throws `ValidationError` if its properties are
  /// wrong.
  Made made(Template.Resource resource, String suffix) {
    ObjectNode properties = properties(resource);
    return new Made(
        resource.type(),
        null,
        Json.write(properties),
        "{}",
        suffix,
        new ArrayList<>(graph.dependencies().getOrDefault(resource.logicalId(), Set.of())),
        resource.deletionPolicy(),
        resource.updateReplacePolicy(),
        resource.metadata() == null ? null : Json.write(resource.metadata()),
        tags,
        false);
  }

  private ObjectNode properties(Template.Resource resource) {
    ObjectNode resolved = intrinsics.resolve(resource.properties());
    if (Types.custom(resource.type())) {
      List<String> problems = CustomResources.problems(resolved);
      if (!problems.isEmpty()) {
        throw CloudFormationErrors.validation(problem(resource.logicalId(), problems));
      }
      return (ObjectNode) PropertyCheck.strings(resolved);
    }
    ResourceType type = types.get(resource.type());
    PropertyCheck.Result result =
        PropertyCheck.check(specification, resource.type(), type.properties(), resolved);
    if (!result.problems().isEmpty()) {
      throw CloudFormationErrors.validation(problem(resource.logicalId(), result.problems()));
    }
    return result.properties();
  }

  private static String problem(String logicalId, List<String> problems) {
    return "Properties validation failed for resource "
        + logicalId
        + " with message: "
        + String.join("; ", problems);
  }

  /// How the resource differs from what was made.
  List<Specification.Difference> differences(Made before, Made after) {
    return specification.differences(after.type(), before.propertyTree(), after.propertyTree());
  }

  /// Whether a difference of the stack's tags reaches the resource.
  boolean tagsDiffer(Made before, Made after) {
    return !before.tags().equals(after.tags())
        && types.get(after.type()).properties().contains("Tags");
  }

  static boolean replaces(List<Specification.Difference> differences) {
    return differences.stream().anyMatch(each -> each.recreation().equals("Always"));
  }
}
