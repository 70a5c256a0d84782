package dev.brume.services.cloudformation;

import dev.brume.services.cloudformation.template.Graph;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Works through a graph, each node on a virtual thread of its own as soon as what it needs is
/// done.
final class Branches {
  private final Map<String, Integer> waiting = new LinkedHashMap<>();
  private final Map<String, List<String>> users = new LinkedHashMap<>();
  private final ArrayDeque<String> ready = new ArrayDeque<>();
  private final LinkedBlockingQueue<Result> results = new LinkedBlockingQueue<>();
  private final List<String> failed = new ArrayList<>();
  private final Predicate<String> task;
  private final boolean goOn;
  private @Nullable Throwable broken;
  private int running;

  private record Result(String node, boolean done, @Nullable Throwable broken) {}

  private Branches(Graph graph, Predicate<String> task, boolean goOn) {
    this.task = task;
    this.goOn = goOn;
    graph
        .dependencies()
        .forEach(
            (node, needed) -> {
              waiting.put(node, needed.size());
              needed.forEach(each -> users.computeIfAbsent(each, _ -> new ArrayList<>()).add(node));
            });
    List.copyOf(waiting.keySet()).stream()
        .filter(node -> waiting.getOrDefault(node, 0) == 0)
        .forEach(this::go);
  }

  /// Runs the task for every node and returns those for which it gave false.
  ///
  /// @param goOn whether a failure only holds up what needs the node (it is tried at the end all
  ///   the
  ///   same), or lets nothing new begin
  /// @param onFailure called at the first failure
  static List<String> run(Graph graph, Predicate<String> task, boolean goOn, Runnable onFailure) {
    var branches = new Branches(graph, task, goOn);
    branches.loop(onFailure);
    if (branches.broken instanceof RuntimeException e) {
      throw e;
    }
    if (branches.broken instanceof Error e) {
      throw e;
    }
    return branches.failed;
  }

  private void go(String node) {
    waiting.remove(node);
    ready.add(node);
  }

  private void loop(Runnable onFailure) {
    while (true) {
      while (!ready.isEmpty() && broken == null && (goOn || failed.isEmpty())) {
        start(ready.poll());
      }
      if (running == 0) {
        if (!goOn || broken != null || waiting.isEmpty()) {
          return;
        }
        // A cycle between old and new dependencies, or what a failure holds up.
        go(waiting.keySet().iterator().next());
        continue;
      }
      Result result = next();
      running--;
      if (result.broken() != null) {
        broken = result.broken();
      } else if (result.done()) {
        for (String user : users.getOrDefault(result.node(), List.of())) {
          if (waiting.containsKey(user) && waiting.merge(user, -1, Integer::sum) == 0) {
            go(user);
          }
        }
      } else {
        failed.add(result.node());
        if (failed.size() == 1) {
          onFailure.run();
        }
      }
    }
  }

  private Result next() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return results.take();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void start(String node) {
    running++;
    Thread.ofVirtual()
        .name("stack-resource")
        .start(
            () -> {
              try {
                results.add(new Result(node, task.test(node), null));
              } catch (RuntimeException | Error e) {
                results.add(new Result(node, false, e));
              }
            });
  }
}
