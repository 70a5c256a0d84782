package dev.brume.functions;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What holds one environment in, and what it has on the host.
final class Enclosure {
  private static final System.Logger LOG = System.getLogger(Enclosure.class.getName());
  private static final long GRACE_BYTES = 32L << 20;
  private static final long DRAIN_MILLIS = 1000;
  private static final long AGAIN_MILLIS = 10;
  private static final long GIVE_UP_MILLIS = 10_000;
  private final Sandbox.Places places;
  private final Cgroups.@Nullable Group group;
  private final Network network;
  private final Disks disks;
  private final Freezing freezing;
  private final StorageWatch storage;
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private volatile @Nullable OwnRoot root;
  private volatile String user = "";

  /// @param group null where there are no control groups
  Enclosure(
      Sandbox.Places places,
      Cgroups.@Nullable Group group,
      Network network,
      Disks disks,
      Freezing freezing) {
    this.places = places;
    this.group = group;
    this.network = network;
    this.disks = disks;
    storage = new StorageWatch(places.temporary());
    this.freezing = freezing;
  }

  Sandbox.Places places() {
    return places;
  }

  Cgroups.@Nullable Group group() {
    return group;
  }

  /// What it was started in: let go with the rest.
  void root(OwnRoot own) {
    root = own;
  }

  /// The number of its user, as it sees it.
  void user(String number) {
    user = number;
  }

  Network network() {
    return network;
  }

  Freezing freezing() {
    return freezing;
  }

  /// The most memory that a function may use before it is killed: what it was given, and a little
  /// for what Lambda does not count.
  static long memoryBytesMax(FunctionSpec spec) {
    return ((long) spec.memoryMegabytes() << 20) + GRACE_BYTES;
  }

  /// Takes in a process.
  ///
  /// @param itself whether it joins its groups on its own
  void admit(Process process, boolean itself) throws IOException {
    freezing.leader(process.pid());
    if (group != null && !itself) {
      for (Path folder : group.folders()) {
        Files.writeString(folder.resolve("cgroup.procs"), Long.toString(process.pid()));
      }
    }
  }

  /// Sets the limits of the function that it is for from now on, and lets it reach the endpoint.
  ///
  /// @param extensions whether there are programs in it that outlive the runtime
  void prepare(Assignment to, boolean extensions) throws IOException {
    FunctionSpec spec = to.spec();
    StartCache cache = to.cache();
    if (cache != null) {
      String folder = StartCache.FOLDER.substring(StartCache.FOLDER.lastIndexOf('/') + 1);
      Files.createDirectories(places.run().resolve(folder).resolve(cache.name() + user));
    }
    if (group != null) {
      group.limit(memoryBytesMax(spec), spec.memoryMegabytes());
      if (extensions) {
        group.killOneByOne();
      }
    }
    network.admit(port(spec.endpoint()));
  }

  /// Where the cache of earlier starts is to be seen inside.
  String seen(StartCache cache) {
    return StartCache.FOLDER + "/" + cache.name() + user;
  }

  /// What a sandbox that waits is told to have this function's things: its size of `/tmp`, its
  /// code, its layers, what was kept of earlier starts.
  List<String> orders(Assignment to) {
    FunctionSpec spec = to.spec();
    var orders = new ArrayList<>(disks.orders(spec));
    orders.add("task " + spec.codeHash());
    if (spec.layersHash() != null) {
      orders.add("opt " + spec.layersHash());
    }
    StartCache cache = to.cache();
    if (cache != null) {
      orders.add("start " + cache.folder() + " " + seen(cache));
    }
    orders.add("code");
    return orders;
  }

  /// Looks whether `/tmp` holds more than it may, where no disk of its own limits it.
  void watchStorage(FunctionSpec spec, Runnable exceeded) {
    if (disks.template() == null) {
      storage.look(System.nanoTime(), (long) spec.storageMegabytes() << 20, exceeded);
    }
  }

  // Of a URL of an endpoint.
  private static int port(String endpoint) {
    int port = URI.create(endpoint).getPort();
    return port < 0 ? 80 : port;
  }

  /// Ends what is inside. The first process of a sandbox takes everything in there with it; without
  /// a sandbox those die that are in the group or that can be found.
  void kill(Process process) {
    // To find them costs a look at every process of the machine.
    List<ProcessHandle> inside = group == null ? process.descendants().toList() : List.of();
    // The first one first: it has something to say of the others' end.
    process.destroyForcibly();
    if (group != null) {
      group.kill();
    }
    inside.forEach(ProcessHandle::destroyForcibly);
    freezing.killed();
  }

  /// Completes when nothing of it is left.
  CompletableFuture<Void> released() {
    return released;
  }

  /// Removes everything, once the process is gone and all that was printed has been read. Something
  /// that outlived it may still hold the pipe: that is not waited for long.
  void releaseAfter(CompletableFuture<Void> drained) {
    drained
        .completeOnTimeout(null, DRAIN_MILLIS, TimeUnit.MILLISECONDS)
        .thenRunAsync(this::release, Thread::startVirtualThread);
  }

  /// Removes everything, once the process is gone.
  void release() {
    network.close();
    OwnRoot own = root;
    try {
      if (own != null) {
        own.close();
      }
      Folders.delete(places.temporary());
      Folders.delete(places.folder());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} is left behind: {1}", places, e.getMessage());
    }
    if (group == null) {
      released.complete(null);
    } else {
      group.kill();
      delete(group, AGAIN_MILLIS);
    }
  }

  // What was killed takes a moment to leave its group.
  private void delete(Cgroups.Group from, long waitMillis) {
    if (from.delete() || waitMillis > GIVE_UP_MILLIS) {
      released.complete(null);
    } else {
      CompletableFuture.delayedExecutor(waitMillis, TimeUnit.MILLISECONDS)
          .execute(() -> delete(from, waitMillis * 2));
    }
  }
}
