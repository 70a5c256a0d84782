package dev.brume.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Two ways to measure: how many a second with many callers, how long with one.
final class Measure {
  interface Work {
    void run(int number);
  }

  private Measure() {}

  /// Operations a second with this many callers, after a warm-up as long.
  static double rate(int callers, Duration time, Work work) {
    window(callers, time.dividedBy(2), work);
    return window(callers, time, work);
  }

  private static double window(int callers, Duration time, Work work) {
    var done = new LongAdder();
    var numbers = new AtomicInteger();
    long start = System.nanoTime();
    long end = start + time.toNanos();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < callers; i++) {
        threads.submit(() -> {
          while (System.nanoTime() < end) {
            work.run(numbers.getAndIncrement());
            done.increment();
          }
        });
      }
    }
    return done.sum() / ((System.nanoTime() - start) / 1e9);
  }

  /// The same for callers who each keep a connection.
  static double rate(int callers, Duration time, Supplier<Connection> connect, Consumer<Connection> work) {
    var free = new ArrayBlockingQueue<Connection>(callers);
    for (int i = 0; i < callers; i++) {
      free.add(connect.get());
    }
    try {
      return rate(callers, time, _ -> {
        Connection mine = free.remove();
        work.accept(mine);
        free.add(mine);
      });
    } finally {
      free.forEach(Connection::close);
    }
  }

  /// How long this takes.
  static double millis(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e6;
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Sorted milliseconds of single calls, one after the other.
  static double[] millis(int times, Work work) {
    double[] millis = new double[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      work.run(i);
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(millis);
    return millis;
  }

  static double median(double[] sorted) {
    return sorted[sorted.length / 2];
  }

  static double p99(double[] sorted) {
    return sorted[Math.min(sorted.length - 1, sorted.length * 99 / 100)];
  }
}
