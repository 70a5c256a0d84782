package dev.brume.functions;

import dev.brume.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which environments there are and who has them. Of the idle ones of a function the last used
/// goes first, so that the others grow old and are let go.
final class Pool {
  private static final Duration CREDENTIALS_LEFT = Duration.ofMinutes(5);
  private static final long MOMENT_NANOS = 100_000_000;
  private static final Deque<Environment> NONE = new ArrayDeque<>();
  private final Clock clock;
  private final InstantSource wall;
  private final int environmentsMax;
  private final int startingMax = 2 * Runtime.getRuntime().availableProcessors();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition quiet = lock.newCondition();
  private final Deque<Waiter> queue = new ArrayDeque<>();
  private final Map<String, Deque<Environment>> idle = new HashMap<>();
  private final Set<Environment> busy = new HashSet<>();
  private final Set<Environment> settling = new HashSet<>();
  private final Set<Thread> farewells = ConcurrentHashMap.newKeySet();
  private final Spares spares;
  private int starting;
  private boolean closed;

  Pool(Clock clock, InstantSource wall, int environmentsMax) {
    this.clock = clock;
    this.wall = wall;
    this.environmentsMax = environmentsMax;
    spares = new Spares(clock, this::usable, this::drop);
  }

  /// What an invocation gets: an environment that is ready for it, or leave to start one.
  sealed interface Turn {
    /// The caller has the environment until [#giveBack] or [#discard].
    record Warm(Environment environment) implements Turn {}

    /// The caller must say how it went with [#started].
    record Start() implements Turn {}
  }

  /// An invocation in the queue.
  private static final class Waiter {
    private final String key;
    private final Condition called;
    private boolean patient;
    private @Nullable Turn turn;

    Waiter(String key, Condition called) {
      this.key = key;
      this.called = called;
    }
  }

  /// An idle environment of this function, or leave to start one, or whichever comes first: an
  /// environment of the function that another invocation gives back, or a place to start. Null
  /// when neither comes in time.
  @Nullable Turn acquire(String key, Duration patience) {
    lock.lock();
    try {
      Environment warm = take(key);
      if (warm != null) {
        return new Turn.Warm(warm);
      }
      var waiter = new Waiter(key, lock.newCondition());
      waiter.patient = settles(key);
      queue.add(waiter);
      admit();
      long nanos = patience.toNanos();
      if (waiter.patient) {
        nanos -= MOMENT_NANOS - awaitTurn(waiter, MOMENT_NANOS);
        waiter.patient = false;
        admit();
      }
      awaitTurn(waiter, nanos);
      queue.remove(waiter);
      return waiter.turn;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      lock.unlock();
    }
  }

  // What is left of the time.
  private static long awaitTurn(Waiter waiter, long nanos) throws InterruptedException {
    long left = nanos;
    while (waiter.turn == null && left > 0) {
      left = waiter.called.awaitNanos(left);
    }
    return left;
  }

  // Whether more of the function's have just answered than are waited for.
  private boolean settles(String key) {
    long soon = settling.stream().filter(it -> it.assignment().spec().key().equals(key)).count();
    return soon > queue.stream().filter(other -> other.patient && other.key.equals(key)).count();
  }

  /// It has answered and is not ready for more yet. Who comes next waits a moment for it.
  void settling(Environment environment) {
    lock.lock();
    try {
      settling.add(environment);
    } finally {
      lock.unlock();
    }
  }

  /// The outcome of a [Turn.Start]: the environment, which the caller then has, or null.
  void started(@Nullable Environment environment) {
    lock.lock();
    try {
      starting--;
      if (environment != null) {
        busy.add(environment);
      }
      admit();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a place to start something that nobody waits for yet: until no invocation wants
  /// one. Then as after a [Turn.Start]. False when there is no room.
  boolean awaitPlace() {
    lock.lock();
    try {
      while (!queue.isEmpty() || starting >= startingMax) {
        quiet.awaitUninterruptibly();
      }
      if (!hasRoom()) {
        return false;
      }
      starting++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// How many provisioned environments of this function have initialised.
  int provisioned(String key) {
    lock.lock();
    try {
      return (int) idle.getOrDefault(key, NONE).stream().filter(Environment::provisioned).count()
          + provisionedBusy(key);
    } finally {
      lock.unlock();
    }
  }

  /// How many of them work on an event.
  int provisionedBusy(String key) {
    lock.lock();
    try {
      return (int)
          busy.stream()
              .filter(it -> it.offered() && it.provisioned() && it.alive())
              .filter(it -> it.assignment().spec().key().equals(key))
              .count();
    } finally {
      lock.unlock();
    }
  }

  /// Lets go of provisioned environments of a version that are too many.
  ///
  /// @param key of the revision that is wanted
  /// @param wanted how many of them stay
  void dropSurplus(String versionKey, String key, int wanted) {
    lock.lock();
    try {
      int[] surplus = {provisioned(key) - wanted};
      Predicate<Environment> which =
          environment ->
              environment.provisioned()
                  && environment.assignment().spec().versionKey().equals(versionKey)
                  && (!environment.assignment().spec().key().equals(key) || surplus[0]-- > 0);
      retire(which);
    } finally {
      lock.unlock();
    }
  }

  /// Waits until no invocation waits for a place to start.
  void awaitQuiet() {
    lock.lock();
    try {
      while (!queue.isEmpty()) {
        quiet.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  // Lets those who have waited longest start, as far as there is room. Starting a process is work
  // for a processor and now and then a wait for the kernel, so only so many start at once.
  private void admit() {
    for (Waiter waiter : List.copyOf(queue)) {
      if (!waiter.patient && starting < startingMax && hasRoom()) {
        starting++;
        queue.remove(waiter);
        call(waiter, new Turn.Start());
      }
    }
    if (queue.isEmpty()) {
      quiet.signalAll();
    }
  }

  private static void call(Waiter waiter, Turn turn) {
    waiter.turn = turn;
    waiter.called.signal();
  }

  private boolean hasRoom() {
    if (count() < environmentsMax) {
      return true;
    }
    Environment oldest = oldestIdle();
    if (oldest != null) {
      drop(oldest);
    }
    return oldest != null;
  }

  private @Nullable Waiter waiterFor(String key) {
    for (Waiter waiter : queue) {
      if (waiter.key.equals(key)) {
        queue.remove(waiter);
        return waiter;
      }
    }
    return null;
  }

  private @Nullable Environment take(String key) {
    Deque<Environment> mine = idle.get(key);
    while (mine != null && !mine.isEmpty()) {
      Environment environment = next(mine);
      if (usable(environment)) {
        busy.add(environment);
        return environment;
      }
      drop(environment);
    }
    return null;
  }

  // Provisioned ones first, as on Lambda, then the one that was used last.
  private static Environment next(Deque<Environment> some) {
    for (Environment environment : some) {
      if (environment.provisioned()) {
        some.remove(environment);
        return environment;
      }
    }
    return some.pop();
  }

  private boolean usable(Environment environment) {
    return environment.alive()
        && environment
            .assignment()
            .credentialsExpire()
            .isAfter(wall.instant().plus(CREDENTIALS_LEFT));
  }

  /// After an invocation: the next one of the function goes on with it.
  void giveBack(Environment environment) {
    lock.lock();
    try {
      settling.remove(environment);
      environment.offer();
      if (closed || !usable(environment)) {
        busy.remove(environment);
        drop(environment);
      } else {
        String key = environment.assignment().spec().key();
        Waiter next = waiterFor(key);
        if (next != null) {
          call(next, new Turn.Warm(environment));
        } else {
          busy.remove(environment);
          environment.idleSince(clock.nanoTime());
          environment.freezing().rest();
          idle.computeIfAbsent(key, k -> new ArrayDeque<>()).push(environment);
        }
      }
      admit();
    } finally {
      lock.unlock();
    }
  }

  /// Keeps an environment that was just initialised for when it is to be restored.
  void keepSnapshot(Environment environment) {
    lock.lock();
    try {
      busy.remove(environment);
      if (usable(environment)) {
        spares.addSnapshot(environment);
      } else {
        drop(environment);
      }
      admit();
    } finally {
      lock.unlock();
    }
  }

  void discard(Environment environment) {
    lock.lock();
    try {
      settling.remove(environment);
      busy.remove(environment);
      drop(environment);
      admit();
    } finally {
      lock.unlock();
    }
  }

  /// Environments that no invocation has had yet.
  Spares spares() {
    return spares;
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

  /// Those that wait for their next event.
  List<Environment> idle() {
    lock.lock();
    try {
      return idle.values().stream().flatMap(Deque::stream).toList();
    } finally {
      lock.unlock();
    }
  }

  /// Lets go of processes that wait for one function, then of idle environments, those first that
  /// were used the longest ago, as long as all of them together use more memory than that.
  void trim(long bytes) {
    var used = new HashMap<Environment, Long>();
    List<Environment> owned = spares.owned();
    for (List<Environment> some : List.of(busy(), idle(), owned)) {
      some.forEach(environment -> used.put(environment, environment.memoryUsedBytes()));
    }
    long all = used.values().stream().mapToLong(Long::longValue).sum();
    for (Environment one : owned) {
      if (all > bytes) {
        spares.dropIf(one::equals);
        all -= used.getOrDefault(one, 0L);
      }
    }
    lock.lock();
    try {
      while (all > bytes) {
        Environment oldest = oldestIdle();
        if (oldest == null) {
          return;
        }
        all -= used.getOrDefault(oldest, 0L);
        drop(oldest);
      }
      admit();
    } finally {
      lock.unlock();
    }
  }

  /// Lets go of environments: idle ones at once, busy ones when they have finished.
  void retire(Predicate<Environment> which) {
    lock.lock();
    try {
      dropIdle(which);
      busy.stream().filter(which).forEach(Environment::retire);
    } finally {
      lock.unlock();
    }
  }

  /// Lets go of idle environments.
  void dropIdle(Predicate<Environment> which) {
    lock.lock();
    try {
      spares.dropIf(which);
      for (Deque<Environment> some : idle.values()) {
        for (Environment environment : List.copyOf(some)) {
          if (which.test(environment)) {
            some.remove(environment);
            drop(environment);
          }
        }
      }
      idle.values().removeIf(Deque::isEmpty);
      admit();
    } finally {
      lock.unlock();
    }
  }

  /// How many environments have a function, idle or not.
  int count() {
    lock.lock();
    try {
      return busy.size() + starting + idle.values().stream().mapToInt(Deque::size).sum();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      dropIdle(environment -> true);
      List.copyOf(busy).forEach(this::discard);
    } finally {
      lock.unlock();
    }
    for (Thread farewell : farewells) {
      try {
        farewell.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  // The one that was used the longest ago. Provisioned ones stay.
  private @Nullable Environment oldestIdle() {
    Environment oldest = null;
    for (Deque<Environment> some : idle.values()) {
      for (Environment one : some) {
        if (!one.provisioned()
            && (oldest == null || one.idleSinceNanos() - oldest.idleSinceNanos() < 0)) {
          oldest = one;
        }
      }
    }
    if (oldest != null) {
      idle.getOrDefault(oldest.assignment().spec().key(), NONE).remove(oldest);
    }
    return oldest;
  }

  // What is settling meanwhile comes here twice.
  private void drop(Environment environment) {
    if (!environment.leave()) {
      return;
    }
    if (!environment.wantsShutdown()) {
      end(environment);
      return;
    }
    Thread farewell =
        Thread.ofVirtual()
            .name("functions-shutdown")
            .unstarted(
                () -> {
                  environment.shutDown();
                  end(environment);
                  farewells.remove(Thread.currentThread());
                });
    farewells.add(farewell);
    farewell.start();
  }

  private static void end(Environment environment) {
    environment.kill(Environment.End.RETIRED);
    environment.clean();
  }
}
