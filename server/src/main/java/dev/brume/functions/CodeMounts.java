package dev.brume.functions;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Puts a function's code into a sandbox that waits, by going in. The sandbox's own shell does the
/// same where we may not, but it starts a program for each step, which takes longer than all the
/// rest of a cold start.
final class CodeMounts {
  private static final System.Logger LOG = System.getLogger(CodeMounts.class.getName());
  private final Syscalls system;
  private volatile boolean refused;

  private CodeMounts(Syscalls system) {
    this.system = system;
  }

  /// Null where there are no system calls to be had.
  static @Nullable CodeMounts find() {
    Syscalls system = Syscalls.load();
    return system == null ? null : new CodeMounts(system);
  }

  /// Mounts code and layers. False when it has to be done by the sandbox, of which nothing was
  /// changed then.
  ///
  /// @param pid a process in the sandbox
  /// @param cache of earlier starts
  /// @param cacheSeen where that is to be
  boolean mount(long pid, FunctionSpec spec, @Nullable StartCache cache, String cacheSeen)
      throws IOException {
    if (refused) {
      return false;
    }
    int namespace;
    try {
      namespace = system.open("/proc/" + pid + "/ns/mnt");
    } catch (IOException e) {
      return refused(e);
    }
    try {
      return Syscalls.elsewhere(
          "functions-mount",
          () -> mountInside(namespace, spec, cache, cacheSeen),
          this::hideTheRest);
    } finally {
      system.close(namespace);
    }
  }

  // On a thread of its own, which ends with it: nothing else is to see that file system.
  private boolean mountInside(
      int namespace, FunctionSpec spec, @Nullable StartCache cache, String cacheSeen)
      throws IOException {
    try {
      system.leaveFileSystem();
      system.enterMounts(namespace);
    } catch (IOException e) {
      return refused(e);
    }
    system.bind("/.brume/code/" + spec.codeHash(), "/var/task");
    String layers = spec.layersHash();
    if (layers != null) {
      system.bind("/.brume/code/" + layers, "/opt");
    }
    if (cache != null) {
      mountCache(cache, cacheSeen);
    }
    return true;
  }

  private void mountCache(StartCache cache, String seen) {
    try {
      system.bind("/" + StartCache.SOURCE + "/" + cache.folder(), seen);
    } catch (IOException e) {
      // It has just been let go: the function starts without.
      LOG.log(System.Logger.Level.DEBUG, "no cache of earlier starts: {0}", e.getMessage());
    }
  }

  // What else the sandbox could have become. Only root sees it and the function is another user, so
  // it need not wait: the kernel takes its time over it.
  private void hideTheRest(boolean mounted) {
    try {
      if (mounted) {
        system.detach("/.brume");
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "code of other functions stays mounted", e);
    }
  }

  private boolean refused(IOException e) {
    refused = true;
    LOG.log(System.Logger.Level.DEBUG, "sandboxes mount by themselves: {0}", e.getMessage());
    return false;
  }
}
