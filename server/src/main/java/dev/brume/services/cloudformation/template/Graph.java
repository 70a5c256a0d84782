package dev.brume.services.cloudformation.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Which resource waits for which.
///
/// @param dependencies for every node the nodes it needs
public record Graph(Map<String, Set<String>> dependencies) {

  /// The resources that are there under the conditions. Throws `ValidationError` on a cycle.
  public static Graph of(Template template, Intrinsics intrinsics) {
    var dependencies = new LinkedHashMap<String, Set<String>>();
    for (Template.Resource resource : template.resources().values()) {
      if (!intrinsics.present(resource)) {
        continue;
      }
      var needed = new LinkedHashSet<String>(resource.dependsOn());
      needed.addAll(References.of(resource.properties(), intrinsics::condition));
      needed.removeIf(
          name -> {
            Template.Resource other = template.resources().get(name);
            return other == null || !intrinsics.present(other);
          });
      dependencies.put(resource.logicalId(), needed);
    }
    var graph = new Graph(dependencies);
    graph.order();
    return graph;
  }

  /// The nodes in an order in which each comes after what it needs.
  public List<String> order() {
    var waiting = new LinkedHashMap<String, Integer>();
    var users = new LinkedHashMap<String, List<String>>();
    dependencies.forEach(
        (node, needed) -> {
          waiting.put(node, needed.size());
          needed.forEach(each -> users.computeIfAbsent(each, _ -> new ArrayList<>()).add(node));
        });
    var ready = new ArrayDeque<String>();
    waiting.forEach(
        (node, count) -> {
          if (count == 0) {
            ready.add(node);
          }
        });
    var order = new ArrayList<String>();
    while (!ready.isEmpty()) {
      String node = ready.poll();
      order.add(node);
      for (String user : users.getOrDefault(node, List.of())) {
        if (waiting.merge(user, -1, Integer::sum) == 0) {
          ready.add(user);
        }
      }
    }
    if (order.size() < dependencies.size()) {
      var cycle = new TreeSet<>(dependencies.keySet());
      order.forEach(cycle::remove);
      throw TemplateErrors.validation("Circular dependency between resources: " + cycle);
    }
    return order;
  }
}
