package dev.brume.services.cloudformation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Types that stand for nothing outside the stack.
final class OwnTypes {
  private OwnTypes() {}

  static List<ResourceType> all() {
    return List.of(
        new Nothing("AWS::CDK::Metadata", Set.of("Analytics")),
        new Nothing("AWS::CloudFormation::WaitConditionHandle", Set.of()));
  }

  private record Nothing(String name, Set<String> properties) implements ResourceType {
    @Override
    public ResourceState create(ResourceRequest request) {
      return ResourceState.of(
          request.logicalId().toLowerCase(Locale.ROOT)
              + "-"
              + request.suffix().toLowerCase(Locale.ROOT));
    }

    @Override
    public ResourceState update(
        ResourceRequest request, String physicalId, ObjectNode oldProperties) {
      return ResourceState.of(physicalId);
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      // There is nothing to remove.
    }
  }
}
