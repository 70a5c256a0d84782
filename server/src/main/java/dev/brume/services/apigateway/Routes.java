package dev.brume.services.apigateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the resource of a path: a literal segment before a variable, a variable before a greedy
/// one. Resources without methods are not served.
final class Routes {
  private final Node root;

  /// A resource that a path leads to.
  ///
  /// @param parameters path parameters as they came, percent-encoded
  record Match(ApiResource resource, Map<String, String> parameters) {}

  private record Node(ApiResource resource, List<Node> children) {}

  private Routes(Node root) {
    this.root = root;
  }

  static Routes of(Map<String, ApiResource> resources) {
    Map<String, Node> nodes = new LinkedHashMap<>();
    for (ApiResource resource : resources.values()) {
      nodes.put(resource.id(), new Node(resource, new ArrayList<>()));
    }
    Node root = null;
    for (Node node : nodes.values()) {
      String parentId = node.resource().parentId();
      if (parentId == null) {
        root = node;
        continue;
      }
      Node parent = nodes.get(parentId);
      if (parent != null) {
        parent.children().add(node);
      }
    }
    if (root == null) {
      throw new IllegalArgumentException("an API without a root resource");
    }
    for (Node node : nodes.values()) {
      node.children().sort((a, b) -> Integer.compare(rank(a.resource()), rank(b.resource())));
    }
    return new Routes(root);
  }

  private static int rank(ApiResource resource) {
    return resource.greedy() ? 2 : resource.variable() ? 1 : 0;
  }

  /// The resource for a path, null if there is none.
  ///
  /// @param path percent-encoded, starts with `/`, without the stage
  @Nullable Match find(String path) {
    var segments = new ArrayList<>(List.of(path.substring(1).split("/", -1)));
    if (segments.getLast().isEmpty()) {
      segments.removeLast();
    }
    return find(root, segments, 0, new LinkedHashMap<>());
  }

  private static @Nullable Match find(
      Node node, List<String> segments, int at, Map<String, String> parameters) {
    if (at == segments.size()) {
      return node.resource().methods().isEmpty() ? null : new Match(node.resource(), parameters);
    }
    String segment = segments.get(at);
    for (Node child : node.children()) {
      ApiResource resource = child.resource();
      if (resource.greedy()) {
        if (!resource.methods().isEmpty()) {
          var with = new LinkedHashMap<>(parameters);
          with.put(
              resource.variableName(), String.join("/", segments.subList(at, segments.size())));
          return new Match(resource, with);
        }
      } else if (resource.variable() ? !segment.isEmpty() : resource.pathPart().equals(segment)) {
        var with = new LinkedHashMap<>(parameters);
        if (resource.variable()) {
          with.put(resource.variableName(), segment);
        }
        Match match = find(child, segments, at + 1, with);
        if (match != null) {
          return match;
        }
      }
    }
    return null;
  }
}
