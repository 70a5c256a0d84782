package dev.brume.functions;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Compiles functions' code in the background, each folder once per program: see
/// [RuntimeFamily#compile].
final class Compiling implements AutoCloseable {
  private final CodeStore code;
  private final Set<String> begun = ConcurrentHashMap.newKeySet();
  private final Set<Thread> working = ConcurrentHashMap.newKeySet();
  private boolean closed;

  Compiling(CodeStore code) {
    this.code = code;
  }

  /// Returns at once.
  synchronized void start(Interpreter interpreter, FunctionSpec spec) {
    if (closed) {
      return;
    }
    for (String hash : new String[] {spec.codeHash(), spec.layersHash()}) {
      if (hash != null && begun.add(interpreter.executable() + " " + hash)) {
        Thread thread =
            Thread.ofPlatform()
                .name("functions-compile")
                .daemon(true)
                .unstarted(() -> compile(interpreter, hash));
        working.add(thread);
        thread.start();
      }
    }
  }

  private void compile(Interpreter interpreter, String hash) {
    interpreter.family().compile(interpreter, code.codeFolder().resolve(hash));
    working.remove(Thread.currentThread());
  }

  /// Ends what is at work: code may be deleted afterwards.
  @Override
  public synchronized void close() {
    closed = true;
    for (Thread thread : working) {
      thread.interrupt();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
