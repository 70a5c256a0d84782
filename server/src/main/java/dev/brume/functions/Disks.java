package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Disks of a fixed size for `/tmp`: a function that fills its own sees "No space left on device",
/// as on Lambda, and what it writes is no memory of its. A copy is made for each process that
/// waits; what was ordered above the usual size is added when it gets its function.
/// https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
final class Disks {
  static final int USUAL_MEGABYTES = 512;

  private final CompletableFuture<Trial> trial;
  private final @Nullable Path disk;
  private final @Nullable Syscalls system = Syscalls.load();
  private @Nullable SparseFile content;

  private Disks(CompletableFuture<Trial> trial, @Nullable Path disk) {
    this.trial = trial;
    this.disk = disk;
  }

  /// No disks.
  static Disks none() {
    return new Disks(CompletableFuture.completedFuture(new Trial(false, "")), null);
  }

  /// Tries to make one, in the background.
  ///
  /// @param script `disk.sh`
  /// @param folder for it
  static Disks probe(Path script, Path folder) {
    Path disk = folder.resolve("disk.img");
    List<String> command =
        List.of(
            "unshare", "-m", "/bin/sh", script.toString(), disk.toString(), folder + "/disk.mount");
    var trial = new CompletableFuture<Trial>();
    Thread.ofVirtual()
        .name("functions-disk")
        .start(() -> trial.complete(Trial.of(command, Map.of())));
    return new Disks(trial, disk);
  }

  /// What copies are made of, null where there are no disks. Waits until it is known.
  @Nullable Path template() {
    return trial.join().works() ? disk : null;
  }

  /// Makes a copy that only the kernel has, to be mounted. Null where there are no disks.
  ///
  /// @param file where it is for a moment
  @Nullable LoopDevice attach(Path file) throws IOException {
    Path from = template();
    if (from == null || system == null) {
      return null;
    }
    content(system, from).copy(file);
    try {
      return LoopDevice.attach(system, file);
    } finally {
      Files.delete(file);
    }
  }

  private synchronized SparseFile content(Syscalls with, Path from) throws IOException {
    if (content == null) {
      content = SparseFile.read(with, from);
    }
    return content;
  }

  /// Why there are none.
  String missing() {
    return trial.join().said();
  }

  /// What a sandbox is told so that a function has as much as it ordered.
  List<String> orders(FunctionSpec spec) {
    int more = spec.storageMegabytes() - USUAL_MEGABYTES;
    return template() != null && more > 0 ? List.of("more " + more) : List.of();
  }
}
