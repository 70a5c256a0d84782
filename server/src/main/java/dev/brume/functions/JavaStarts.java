package dev.brume.functions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/// Ahead-of-time caches of functions' own classes, in [FunctionFolders]: `classes.jar` with the
/// class files of `/var/task`, and the cache that a JVM has made when it started with them. A JVM
/// does not look whether a cache fits its jars, so a folder's name has the hash of the code, of the
/// runtime's jars and of the JVM's build, and a folder never changes.
final class JavaStarts {
  static final String FILE = "cache.aot";
  static final String FOLDER = "var/runtime/function";
  static final String SEEN = "/" + FOLDER + "/" + FILE;
  private static final int MAJOR_MIN = 25;
  private static final int FOLDERS_MAX = 12;
  private static final String CLASSES = "classes.jar";
  private final FunctionFolders folders;
  private final JavaLibraries libraries;

  JavaStarts(Path cacheFolder, JavaLibraries libraries) {
    folders = new FunctionFolders(cacheFolder.resolve("java-functions"), FOLDERS_MAX);
    this.libraries = libraries;
  }

  /// @param folder to be seen at [#FOLDER]
  /// @param classPath what a JVM has to have on its class path besides the runtime, as it sees it
  record Cache(Path folder, String classPath) {}

  /// The cache for a function; null when there is none.
  @Nullable Cache find(JavaMachines.Machine machine, FunctionSpec spec) {
    Path folder = folder(machine, spec);
    if (!Files.exists(folder.resolve(FILE))) {
      return null;
    }
    try {
      folders.used(folder, spec);
    } catch (IOException e) {
      // It has just been let go, or the disk is full: it serves as it is, or the JVM starts
      // without.
      return read(folder);
    }
    return read(folder);
  }

  /// Makes all but the cache itself, once per process; null when it is there or not to be had.
  ///
  /// @param codeFolder with all unpacked code
  @Nullable Cache prepare(JavaMachines.Machine machine, FunctionSpec spec, Path codeFolder) {
    Path folder = folder(machine, spec);
    if (machine.major() < MAJOR_MIN
        || Files.exists(folder.resolve(FILE))
        || !folders.isFirstTry(folder)) {
      return null;
    }
    try {
      if (!Files.isDirectory(folder)) {
        folders.make(folder, spec, temporary -> fill(temporary, spec, codeFolder));
      }
      folders.used(folder, spec);
      return read(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Takes the cache that a JVM has made.
  void keep(JavaMachines.Machine machine, FunctionSpec spec, Path file) throws IOException {
    Path folder = folder(machine, spec);
    Path near = Files.createTempFile(folder, "new", ".tmp");
    Files.copy(file, near, StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(near, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(near, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  private static @Nullable Cache read(Path folder) {
    try {
      return new Cache(folder, Files.readString(folder.resolve("path")));
    } catch (IOException e) {
      return null;
    }
  }

  private static void fill(Path folder, FunctionSpec spec, Path codeFolder) throws IOException {
    Path code = codeFolder.resolve(spec.codeHash());
    pack(code, folder.resolve(CLASSES));
    var path = new ArrayList<>(List.of("/" + FOLDER + "/" + CLASSES));
    path.addAll(jars(code.resolve("lib"), "/var/task/lib/"));
    String layers = spec.layersHash();
    if (layers != null) {
      path.addAll(jars(codeFolder.resolve(layers).resolve("java/lib"), "/opt/java/lib/"));
    }
    Files.writeString(folder.resolve("path"), String.join(":", path));
  }

  // In the order in which Lambda has them.
  private static List<String> jars(Path folder, String seen) throws IOException {
    var path = new ArrayList<String>();
    if (Files.isDirectory(folder)) {
      try (var jars = Files.newDirectoryStream(folder, "*.jar")) {
        jars.forEach(jar -> path.add(seen + jar.getFileName()));
      }
    }
    path.sort(Comparator.naturalOrder());
    return path;
  }

  // Only class files: everything else is found in /var/task itself. A JVM takes no classes of a
  // folder into a cache.
  private static void pack(Path code, Path jar) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(jar));
        var files = Files.walk(code)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".class")).sorted().toList()) {
        if (Files.isRegularFile(file)) {
          zip.putNextEntry(new ZipEntry(code.relativize(file).toString()));
          Files.copy(file, zip);
        }
      }
    }
  }

  private Path folder(JavaMachines.Machine machine, FunctionSpec spec) {
    return folders.folder(
        spec,
        machine.build(),
        machine.home().toString(),
        libraries.folder().getFileName().toString());
  }
}
