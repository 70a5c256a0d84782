package dev.brume.services.cloudformation;

import dev.brume.services.cloudformation.template.Template;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a template may do only when the caller says so.
///
/// @param required e.g. `CAPABILITY_NAMED_IAM`
/// @param reason in AWS's words, null if none is required
record Capabilities(List<String> required, @Nullable String reason) {
  private static final Map<String, String> NAMES =
      Map.of(
          "AWS::IAM::Role", "RoleName",
          "AWS::IAM::User", "UserName",
          "AWS::IAM::Group", "GroupName",
          "AWS::IAM::ManagedPolicy", "ManagedPolicyName",
          "AWS::IAM::InstanceProfile", "InstanceProfileName");

  static Capabilities of(Template template) {
    var types = new TreeSet<String>();
    boolean named = false;
    for (Template.Resource resource : template.resources().values()) {
      if (resource.type().startsWith("AWS::IAM::")) {
        types.add(resource.type());
        String name = NAMES.get(resource.type());
        named |= name != null && resource.properties().hasNonNull(name);
      }
    }
    var required = new TreeSet<String>();
    if (!types.isEmpty()) {
      required.add(named ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM");
    }
    if (!template.transforms().isEmpty()) {
      required.add("CAPABILITY_AUTO_EXPAND");
    }
    return new Capabilities(
        List.copyOf(required),
        types.isEmpty() ? null : "The following resource(s) require capabilities: " + types);
  }

  /// Throws `InsufficientCapabilitiesException` for what the caller did not acknowledge.
  void check(Collection<String> acknowledged) {
    var missing = new TreeSet<>(required);
    missing.removeAll(acknowledged);
    if (acknowledged.contains("CAPABILITY_NAMED_IAM")) {
      missing.remove("CAPABILITY_IAM");
    }
    if (!missing.isEmpty()) {
      throw CloudFormationErrors.capabilities(missing);
    }
  }
}
