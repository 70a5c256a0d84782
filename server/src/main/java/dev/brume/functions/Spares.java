package dev.brume.functions;

import dev.brume.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Environments that no invocation has had yet: processes that wait to become functions, and those
/// that are initialised and wait to be restored. Of those that only one function can use there is
/// one of that function's, of snapshots one of a version.
final class Spares {
  private final Clock clock;
  private final Consumer<Environment> drop;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Interpreter, Deque<Environment>> waiting = new HashMap<>();
  private final Map<String, Environment> snapshots = new HashMap<>();
  private final Predicate<Environment> usable;

  /// @param usable whether one that has a function is good for an invocation
  /// @param drop ends one
  Spares(Clock clock, Predicate<Environment> usable, Consumer<Environment> drop) {
    this.clock = clock;
    this.usable = usable;
    this.drop = drop;
  }

  @Nullable Environment take(Interpreter interpreter) {
    lock.lock();
    try {
      Deque<Environment> mine = waiting.get(interpreter);
      while (mine != null && !mine.isEmpty()) {
        Environment environment = mine.pop();
        if (environment.waits()) {
          return environment;
        }
        drop.accept(environment);
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  int waiting(Interpreter interpreter) {
    lock.lock();
    try {
      Deque<Environment> mine = waiting.get(interpreter);
      return mine == null ? 0 : mine.size();
    } finally {
      lock.unlock();
    }
  }

  /// How many processes wait to become functions.
  int waiting() {
    lock.lock();
    try {
      return waiting.values().stream().mapToInt(Deque::size).sum();
    } finally {
      lock.unlock();
    }
  }

  void add(Environment environment) {
    Interpreter interpreter = environment.interpreter();
    String owner = interpreter.start().owner();
    lock.lock();
    try {
      environment.idleSince(clock.nanoTime());
      waiting.computeIfAbsent(interpreter, k -> new ArrayDeque<>()).push(environment);
      dropIf(
          other ->
              !other.isAssigned()
                  && owner != null
                  && owner.equals(other.interpreter().start().owner())
                  && !other.interpreter().equals(interpreter));
    } finally {
      lock.unlock();
    }
  }

  /// Ends those whose runtime was killed while they waited.
  void check() {
    lock.lock();
    try {
      waiting.values().forEach(some -> some.forEach(Environment::waits));
    } finally {
      lock.unlock();
    }
  }

  /// One that has ended while it waited; false when it was not waiting any more.
  boolean removeEnded(Environment environment) {
    lock.lock();
    try {
      Deque<Environment> mine = waiting.get(environment.interpreter());
      boolean waited = mine != null && mine.remove(environment);
      if (waited) {
        drop.accept(environment);
      }
      return waited;
    } finally {
      lock.unlock();
    }
  }

  /// The snapshot of a version, by [FunctionSpec#key]; null when there is none.
  @Nullable Environment takeSnapshot(String key) {
    lock.lock();
    try {
      Environment environment = snapshots.remove(key);
      if (environment != null && !usable.test(environment)) {
        drop.accept(environment);
        return null;
      }
      return environment;
    } finally {
      lock.unlock();
    }
  }

  boolean hasSnapshot(String key) {
    lock.lock();
    try {
      Environment environment = snapshots.get(key);
      return environment != null && usable.test(environment);
    } finally {
      lock.unlock();
    }
  }

  void addSnapshot(Environment environment) {
    lock.lock();
    try {
      environment.idleSince(clock.nanoTime());
      environment.freezing().rest();
      Environment before = snapshots.put(environment.assignment().spec().key(), environment);
      if (before != null) {
        drop.accept(before);
      }
    } finally {
      lock.unlock();
    }
  }

  List<Environment> snapshots() {
    lock.lock();
    try {
      return List.copyOf(snapshots.values());
    } finally {
      lock.unlock();
    }
  }

  /// Those that only one function can use, those first that have waited longest.
  List<Environment> owned() {
    lock.lock();
    try {
      Stream<Environment> waitForOne =
          waiting.values().stream()
              .flatMap(Deque::stream)
              .filter(one -> one.interpreter().start().owner() != null);
      return Stream.concat(waitForOne, snapshots.values().stream())
          .sorted(Comparator.comparingLong(Environment::idleSinceNanos))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  void dropIf(Predicate<Environment> which) {
    lock.lock();
    try {
      for (Deque<Environment> some : new ArrayList<>(waiting.values())) {
        for (Environment environment : List.copyOf(some)) {
          if (which.test(environment)) {
            some.remove(environment);
            drop.accept(environment);
          }
        }
      }
      waiting.values().removeIf(Deque::isEmpty);
      for (Environment environment : snapshots()) {
        if (which.test(environment)) {
          snapshots.values().remove(environment);
          drop.accept(environment);
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
