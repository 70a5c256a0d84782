package dev.brume.functions;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Ahead-of-time caches for waiting JVMs: loaded and linked classes of the JDK and of the runtime,
/// and how their methods run. Made once per build of a JVM and per version of the runtime, beside
/// the runtime's jars, by a process of its own while functions start without.
///
/// A JVM uses a cache without looking whether the jars are still the same
/// (https://openjdk.org/jeps/483 asks the user to see to it), so the folder's name has their hash,
/// the file's name that of the JVM's build and options, and what is in the folder never changes.
final class JavaCaches {
  private static final System.Logger LOG = System.getLogger(JavaCaches.class.getName());
  private static final int MAJOR_MIN = 25;
  private static final long TRAINING_SECONDS = 120;
  private final Set<Path> tried = ConcurrentHashMap.newKeySet();

  /// The name of the cache in the runtime's folder, or null while there is none; then one is made.
  ///
  /// @param folder with the jars
  /// @param options of the JVM that the cache depends on
  @Nullable String find(JavaMachines.Machine machine, Path folder, List<String> options) {
    if (machine.major() < MAJOR_MIN) {
      return null;
    }
    String name = "jvm-" + hash(machine.build() + machine.home() + options) + ".aot";
    Path file = folder.resolve(name);
    if (Files.exists(file)) {
      return name;
    }
    if (tried.add(file)) {
      Thread.ofPlatform()
          .name("functions-java-cache")
          .daemon(true)
          .start(() -> train(machine, folder, options, file));
    }
    return null;
  }

  private static void train(
      JavaMachines.Machine machine, Path folder, List<String> options, Path file) {
    try {
      Path work = Files.createTempDirectory("brume-java");
      try {
        Path cache = work.resolve("cache");
        int status = run(command(machine, folder, options, work, cache), work);
        if (status == 0 && Files.exists(cache)) {
          Path near = Files.createTempFile(folder, "new", ".tmp");
          Files.copy(cache, near, StandardCopyOption.REPLACE_EXISTING);
          near.toFile().setReadable(true, false);
          Files.move(near, file, StandardCopyOption.ATOMIC_MOVE);
        } else {
          LOG.log(
              System.Logger.Level.DEBUG,
              "no cache for {0}: {1}",
              machine.home(),
              Files.readString(work.resolve("log")));
        }
      } finally {
        Folders.delete(work);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "no cache for {0}: {1}", machine.home(), e.getMessage());
    }
  }

  private static List<String> command(
      JavaMachines.Machine machine, Path folder, List<String> options, Path work, Path cache) {
    var command = new ArrayList<String>();
    List<Path> nice = Programs.onPath("nice");
    if (!nice.isEmpty()) {
      command.addAll(List.of(nice.getFirst().toString(), "-n", "10"));
    }
    command.add(machine.executable().toString());
    command.addAll(options);
    command.add("-XX:AOTCacheOutput=" + cache);
    command.addAll(List.of("-cp", JavaLibraries.classPath(folder.toString())));
    command.addAll(List.of("dev.brume.runtime.Rehearsal", work.resolve("s").toString()));
    return command;
  }

  private static int run(List<String> command, Path work) throws IOException {
    var builder =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("log").toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.environment().clear();
    Process process = builder.start();
    try {
      if (!process.waitFor(TRAINING_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return -1;
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  private static String hash(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
