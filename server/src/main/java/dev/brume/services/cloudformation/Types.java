package dev.brume.services.cloudformation;

import dev.brume.resources.ResourceType;
import dev.brume.services.cloudformation.template.Specification;
import dev.brume.services.cloudformation.template.Template;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The resource types that Brume has.
final class Types {
  private final Map<String, ResourceType> byName = new LinkedHashMap<>();
  private final Specification specification;
  private final Function<String, ResourceType> custom;

  /// @param custom makes the type for a custom resource's type name
  Types(
      Collection<ResourceType> types,
      Specification specification,
      Function<String, ResourceType> custom) {
    types.forEach(type -> byName.put(type.name(), type));
    this.specification = specification;
    this.custom = custom;
  }

  static boolean custom(String type) {
    return type.startsWith("Custom::") || type.equals("AWS::CloudFormation::CustomResource");
  }

  /// The type of this name, null if Brume has none.
  @Nullable ResourceType find(String name) {
    ResourceType type = byName.get(name);
    return type == null && custom(name) ? custom.apply(name) : type;
  }

  ResourceType get(String name) {
    ResourceType type = find(name);
    if (type == null) {
      throw CloudFormationErrors.typesNotDone(java.util.List.of(name));
    }
    return type;
  }

  /// Throws `ValidationError` that names every type that AWS does not have.
  void checkNames(Template template) {
    var unknown = new TreeSet<String>();
    for (Template.Resource resource : template.resources().values()) {
      if (find(resource.type()) == null && !specification.exists(resource.type())) {
        unknown.add(resource.type());
      }
    }
    if (!unknown.isEmpty()) {
      throw CloudFormationErrors.unknownTypes(unknown);
    }
  }

  /// Throws `ValidationError` that names every type among these resources that Brume does not have.
  void checkImplemented(Template template, Collection<String> logicalIds) {
    var missing = new TreeSet<String>();
    for (String id : logicalIds) {
      Template.Resource resource = template.resources().get(id);
      if (resource != null && find(resource.type()) == null) {
        missing.add(resource.type());
      }
    }
    if (!missing.isEmpty()) {
      throw CloudFormationErrors.typesNotDone(missing);
    }
  }
}
