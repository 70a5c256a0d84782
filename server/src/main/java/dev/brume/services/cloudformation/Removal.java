package dev.brume.services.cloudformation;

import dev.brume.services.cloudformation.template.Graph;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;

/// The removing halves of an operation: each resource after those that need it.
final class Removal {
  private final Run run;
  private final Steps steps;

  Removal(Run run, Steps steps) {
    this.run = run;
    this.steps = steps;
  }

  /// What the resource needs, in any of its makings.
  static Set<String> needs(ResourceRow row) {
    var needs = new HashSet<String>();
    row.all().forEach(made -> needs.addAll(made.dependsOn()));
    needs.remove(row.logicalId());
    return needs;
  }

  /// Whether anything is to be removed once the pending ones count.
  static boolean needed(Collection<ResourceRow> rows, Graph graph) {
    return rows.stream()
        .anyMatch(
            row ->
                !graph.dependencies().containsKey(row.logicalId())
                    || !row.committed().old().isEmpty());
  }

  /// After a successful update: what was replaced, and what is no longer in the template. What
  /// cannot be removed is left behind, as CloudFormation has it.
  void replacedAndGone(Set<String> kept) {
    var gone = new LinkedHashMap<String, List<Made>>();
    for (ResourceRow row : run.rows().values()) {
      List<Made> makings = kept.contains(row.logicalId()) ? row.old() : row.all();
      if (!makings.isEmpty() || !kept.contains(row.logicalId())) {
        gone.put(row.logicalId(), makings);
      }
    }
    remove(
        gone,
        (id, made) ->
            kept.contains(id)
                ? !made.updateReplacePolicy().equals("Delete")
                : retained(made.deletionPolicy()));
    drop(gone.keySet(), kept);
  }

  // What could not be removed is left to its fate: the stack no longer knows it.
  private void drop(Set<String> ids, Set<String> kept) {
    for (String id : ids) {
      ResourceRow row = run.rows().get(id);
      if (row == null) {
        continue;
      }
      if (!kept.contains(id)) {
        run.forget(id);
      } else if (!row.old().isEmpty()) {
        ResourceRow left = row;
        for (Made made : row.old()) {
          left = left.without(made);
        }
        run.quiet(left);
      }
    }
  }

  /// In a rollback: what the operation made anew. A new resource with the policy `Retain` stays;
  /// a replacement goes.
  ///
  /// @param creation of the whole stack: its rows stay, to be looked at
  List<String> pending(boolean creation) {
    var fresh = new LinkedHashMap<String, List<Made>>();
    for (ResourceRow row : run.rows().values()) {
      Made pending = row.pending();
      if (pending != null && (row.current() == null || !row.current().sameMaking(pending))) {
        fresh.put(row.logicalId(), List.of(pending));
      }
    }
    List<String> failed =
        remove(
            fresh,
            (id, made) ->
                made.deletionPolicy().equals("Retain")
                    && !run.operation().retainExceptOnCreate()
                    && run.row(id, made.type()).current() == null);
    if (!creation) {
      for (ResourceRow row : List.copyOf(run.rows().values())) {
        if (row.all().isEmpty() || row.current() == null) {
          run.forget(row.logicalId());
        } else if (row.pending() != null) {
          run.quiet(row.pending(null));
        }
      }
    }
    return failed;
  }

  /// Removes all of the stack.
  ///
  /// @param retain logical ids to leave alone
  List<String> everything(List<String> retain) {
    var all = new LinkedHashMap<String, List<Made>>();
    for (ResourceRow row : run.rows().values()) {
      if (!row.all().isEmpty()) {
        all.put(row.logicalId(), row.all());
      }
    }
    return remove(all, (id, made) -> retain.contains(id) || retained(made.deletionPolicy()));
  }

  private static boolean retained(String policy) {
    return policy.equals("Retain") || policy.equals("RetainExceptOnCreate");
  }

  private List<String> remove(Map<String, List<Made>> makings, BiPredicate<String, Made> retained) {
    return Branches.run(
        reversed(makings),
        id -> {
          boolean all = true;
          for (Made made : makings.getOrDefault(id, List.of())) {
            all &= steps.remove(id, made, retained.test(id, made));
          }
          return all;
        },
        true,
        () -> {});
  }

  // Each waits for those that need it.
  private static Graph reversed(Map<String, List<Made>> makings) {
    var waits = new LinkedHashMap<String, Set<String>>();
    Function<String, Set<String>> none = _ -> new HashSet<>();
    makings.keySet().forEach(id -> waits.computeIfAbsent(id, none));
    makings.forEach(
        (id, all) -> {
          for (Made made : new ArrayList<>(all)) {
            for (String needed : made.dependsOn()) {
              Set<String> users = waits.get(needed);
              if (users != null && !needed.equals(id)) {
                users.add(id);
              }
            }
          }
        });
    return new Graph(waits);
  }
}
