package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/// Starts functions that take long to start once more, in the background and in a sandbox as ever,
/// for what a later start can take from it: see [RuntimeFamily#practice].
final class Practices {
  private static final System.Logger LOG = System.getLogger(Practices.class.getName());
  private static final int INIT_SECONDS = 60;
  private static final long END_SECONDS = 120;
  private final ReentrantLock lock = new ReentrantLock();
  private final Pool pool;
  private final Starter starter;
  private final CompletableFuture<Launcher> launcher;

  Practices(Pool pool, Starter starter, CompletableFuture<Launcher> launcher) {
    this.pool = pool;
    this.starter = starter;
    this.launcher = launcher;
  }

  /// To be called after each cold start. Returns at once.
  ///
  /// @param initMillis without the start of a process that did not wait yet
  void after(Environment environment, double initMillis) {
    if (initMillis > environment.interpreter().family().longStartMillis()) {
      now(environment);
    }
  }

  /// The same however long it took.
  void now(Environment environment) {
    FunctionSpec spec = environment.assignment().spec();
    Interpreter interpreter = environment.interpreter();
    if (launcher.join().sandbox().hasOwnRoot()) {
      Thread.ofVirtual()
          .name("functions-practice")
          .start(
              () -> {
                // One after the other: each takes a processor for seconds.
                lock.lock();
                try {
                  RuntimeFamily.Practice practice =
                      interpreter.family().practice(interpreter, spec);
                  if (practice != null && pool.awaitPlace()) {
                    run(practice, spec);
                  }
                } catch (IOException | RuntimeException | InitFailed e) {
                  LOG.log(System.Logger.Level.DEBUG, "no practice: {0}", e.toString());
                } finally {
                  lock.unlock();
                }
              });
    }
  }

  private void run(RuntimeFamily.Practice practice, FunctionSpec spec)
      throws IOException, InitFailed {
    Environment environment = null;
    try {
      environment = starter.start(practice.interpreter());
    } finally {
      pool.started(environment);
    }
    try {
      starter.initialise(
          environment, spec.with(practice.memoryMegabytes()), Starter.ON_DEMAND, INIT_SECONDS);
      Path file = environment.places().folder().resolve("practice");
      if (environment.finish(practice.file(), file, END_SECONDS)) {
        practice.interpreter().family().learnt(practice, spec, file);
      }
    } finally {
      pool.discard(environment);
    }
    starter.prepare(spec);
  }
}
