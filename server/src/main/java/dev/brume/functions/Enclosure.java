package dev.brume.functions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What holds one environment in, and what it has on the host.
///
/// @param group null where there are no control groups
record Enclosure(Sandbox.Places places, Cgroups.@Nullable Group group, Network network) {
  private static final long GRACE_BYTES = 32L << 20;
  private static final long AGAIN_MILLIS = 1000;

  /// The most memory that a function may use before it is killed: what it was given, and a little
  /// for what Lambda does not count.
  static long memoryBytesMax(FunctionSpec spec) {
    return ((long) spec.memoryMegabytes() << 20) + GRACE_BYTES;
  }

  /// Takes in a process that does not do it itself.
  void admit(Process process) throws IOException {
    if (group != null) {
      for (Path folder : group.folders()) {
        Files.writeString(folder.resolve("cgroup.procs"), Long.toString(process.pid()));
      }
    }
  }

  /// Sets the limits of the function that it is for from now on, and lets it reach the endpoint.
  void prepare(FunctionSpec spec) throws IOException {
    if (group != null) {
      group.limit(memoryBytesMax(spec));
    }
    network.admit(port(spec.endpoint()));
  }

  // Of a URL of an endpoint.
  private static int port(String endpoint) {
    int port = URI.create(endpoint).getPort();
    return port < 0 ? 80 : port;
  }

  /// Removes everything, once the process is gone.
  void release() {
    network.close();
    if (group != null && !group.delete()) {
      CompletableFuture.delayedExecutor(AGAIN_MILLIS, TimeUnit.MILLISECONDS).execute(group::delete);
    }
    try {
      Folders.delete(places.temporary());
      Folders.delete(places.folder());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
