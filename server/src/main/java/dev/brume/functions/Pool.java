package dev.brume.functions;

import dev.brume.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which environments there are and who has them. Of the idle ones of a function the last used
/// goes first, so that the others grow old and are let go.
final class Pool {
  private static final Duration CREDENTIALS_LEFT = Duration.ofMinutes(5);
  private final Clock clock;
  private final InstantSource wall;
  private final int environmentsMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Deque<Environment>> idle = new HashMap<>();
  private final Map<Interpreter.Kind, Deque<Environment>> waiting =
      new EnumMap<>(Interpreter.Kind.class);
  private final Set<Environment> busy = new HashSet<>();
  private int reserved;

  Pool(Clock clock, InstantSource wall, int environmentsMax) {
    this.clock = clock;
    this.wall = wall;
    this.environmentsMax = environmentsMax;
  }

  /// An idle environment of this function, null if there is none. The caller has it until
  /// [#giveBack] or [#discard].
  @Nullable Environment take(String key) {
    lock.lock();
    try {
      Deque<Environment> mine = idle.get(key);
      while (mine != null && !mine.isEmpty()) {
        Environment environment = mine.pop();
        boolean fresh =
            environment
                .assignment()
                .credentialsExpire()
                .isAfter(wall.instant().plus(CREDENTIALS_LEFT));
        if (environment.alive() && fresh) {
          busy.add(environment);
          return environment;
        }
        drop(environment);
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /// Makes room for one more environment: lets go of the longest idle one if need be, and waits
  /// for one to come free. False when there is none in time.
  boolean reserve(Duration patience) {
    lock.lock();
    try {
      long nanos = patience.toNanos();
      while (count() >= environmentsMax) {
        Environment oldest = oldestIdle();
        if (oldest != null) {
          drop(oldest);
        } else if (nanos <= 0) {
          return false;
        } else {
          nanos = changed.awaitNanos(nanos);
        }
      }
      reserved++;
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Turns a reservation into an environment that the caller has; null gives it up.
  void reserved(@Nullable Environment environment) {
    lock.lock();
    try {
      reserved--;
      if (environment != null) {
        busy.add(environment);
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  void giveBack(Environment environment) {
    lock.lock();
    try {
      busy.remove(environment);
      if (environment.alive()) {
        environment.idleSince(clock.nanoTime());
        String key = environment.assignment().spec().key();
        idle.computeIfAbsent(key, k -> new ArrayDeque<>()).push(environment);
      } else {
        drop(environment);
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  void discard(Environment environment) {
    lock.lock();
    try {
      busy.remove(environment);
      drop(environment);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Nullable Environment takeWaiting(Interpreter.Kind kind) {
    lock.lock();
    try {
      Deque<Environment> mine = waiting.get(kind);
      while (mine != null && !mine.isEmpty()) {
        Environment environment = mine.pop();
        if (environment.alive()) {
          return environment;
        }
        drop(environment);
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  int waiting(Interpreter.Kind kind) {
    lock.lock();
    try {
      Deque<Environment> mine = waiting.get(kind);
      return mine == null ? 0 : mine.size();
    } finally {
      lock.unlock();
    }
  }

  void addWaiting(Environment environment) {
    lock.lock();
    try {
      environment.idleSince(clock.nanoTime());
      waiting
          .computeIfAbsent(environment.interpreter().kind(), k -> new ArrayDeque<>())
          .push(environment);
    } finally {
      lock.unlock();
    }
  }

  /// Those that work on an event now.
  List<Environment> busy() {
    lock.lock();
    try {
      return List.copyOf(busy);
    } finally {
      lock.unlock();
    }
  }

  /// Lets go of idle environments; busy ones finish and are not taken again once their function's
  /// revision is no longer asked for.
  void dropIdle(Predicate<Environment> which) {
    lock.lock();
    try {
      var all = new ArrayList<Deque<Environment>>(idle.values());
      all.addAll(waiting.values());
      for (Deque<Environment> some : all) {
        for (Environment environment : List.copyOf(some)) {
          if (which.test(environment)) {
            some.remove(environment);
            drop(environment);
          }
        }
      }
      idle.values().removeIf(Deque::isEmpty);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// How many environments have a function, idle or not.
  int count() {
    lock.lock();
    try {
      return busy.size() + reserved + idle.values().stream().mapToInt(Deque::size).sum();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    dropIdle(environment -> true);
    for (Environment environment : busy()) {
      discard(environment);
    }
  }

  private @Nullable Environment oldestIdle() {
    Environment oldest = null;
    Deque<Environment> home = null;
    for (Deque<Environment> some : idle.values()) {
      Environment last = some.peekLast();
      if (last != null && (oldest == null || last.idleSinceNanos() - oldest.idleSinceNanos() < 0)) {
        oldest = last;
        home = some;
      }
    }
    if (home != null) {
      home.removeLast();
    }
    return oldest;
  }

  private static void drop(Environment environment) {
    environment.kill(Environment.End.RETIRED);
    environment.clean();
  }
}
