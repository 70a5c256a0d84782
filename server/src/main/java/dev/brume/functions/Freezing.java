package dev.brume.functions;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Stops everything in an environment between invocations, as on Lambda, and lets it go on for the
/// next one. By its control group, else by signals to its session.
/// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
final class Freezing {
  private static final System.Logger LOG = System.getLogger(Freezing.class.getName());
  private final Cgroups.@Nullable Group group;
  private final @Nullable Syscalls signals;
  private long leader;
  private boolean resting;
  private boolean frozen;
  private boolean ended;

  /// @param group that can freeze, null for none
  /// @param signals null for none; without both nothing is ever frozen
  Freezing(Cgroups.@Nullable Group group, @Nullable Syscalls signals) {
    this.group = group;
    this.signals = signals;
  }

  /// @param pid of the process whose session it is
  synchronized void leader(long pid) {
    leader = pid;
  }

  /// From now on it may be frozen.
  synchronized void rest() {
    resting = true;
  }

  /// Freezes it if it still rests.
  synchronized void freeze() {
    if (resting && !frozen && !ended) {
      try {
        frozen = stop(true);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "not frozen: {0}", e.getMessage());
      }
    }
  }

  /// It is needed: goes on until it rests again.
  synchronized void wake() throws IOException {
    resting = false;
    if (frozen) {
      frozen = false;
      stop(false);
    }
  }

  synchronized boolean frozen() {
    return frozen;
  }

  /// Nothing is left to be frozen.
  synchronized void killed() {
    ended = true;
  }

  private boolean stop(boolean wanted) throws IOException {
    if (group != null) {
      if (wanted) {
        group.freeze();
      } else {
        group.thaw();
      }
      return wanted;
    }
    if (signals == null || leader <= 0) {
      return false;
    }
    signals.signal(-leader, wanted ? Syscalls.SIGSTOP : Syscalls.SIGCONT);
    return wanted;
  }
}
