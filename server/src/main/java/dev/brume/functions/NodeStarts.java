package dev.brume.functions;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Node's compile caches of functions, in [FunctionFolders]: what V8 has compiled of the modules
/// that a function loads when it is initialised, in the files that Node itself looks for
/// (https://nodejs.org/api/module.html#module-compile-cache). Node sees by a file's hashes whether
/// it is whole and belongs to the module, and V8 whether it is of the same build and options.
final class NodeStarts {
  /// What a practice leaves: the name of the folder that Node has made, lines with the names and
  /// sizes of files, an empty line, and the files.
  static final String FILE = "brume-compiled";

  private static final int FOLDERS_MAX = 40;
  private static final int FILES_MAX = 20_000;
  private static final int LINE_BYTES_MAX = 200;
  private static final long CODE_BYTES_MIN = 100_000;
  private static final long BYTES_MAX = 64L << 20;
  private static final String NAME = "name";
  private static final String MODULES = "modules";
  private static final Pattern VERSION = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})\\..*");
  private static final Pattern FOLDER =
      Pattern.compile("v[0-9]{1,4}\\.[0-9]{1,4}\\.[0-9]{1,4}-[a-z0-9_]{1,16}-[0-9a-f]{1,8}-");
  private static final Pattern ENTRY = Pattern.compile("([0-9a-f]{1,16}) ([0-9]{1,9})");
  private final FunctionFolders folders;

  NodeStarts(Path cacheFolder) {
    folders = new FunctionFolders(cacheFolder.resolve("node-functions"), FOLDERS_MAX);
  }

  /// The folder with all of them.
  Path home() {
    return folders.home();
  }

  /// Whether this Node has such caches, and lets us say when they are written.
  static boolean isFor(Interpreter interpreter) {
    Matcher version = VERSION.matcher(interpreter.version());
    if (!version.matches()) {
      return false;
    }
    int major = Integer.parseInt(version.group(1));
    return major > 22 || major == 22 && Integer.parseInt(version.group(2)) >= 10;
  }

  /// The cache of a function; null when there is none.
  @Nullable StartCache find(Interpreter interpreter, FunctionSpec spec) {
    if (!isFor(interpreter)) {
      return null;
    }
    Path folder = folder(interpreter, spec);
    try {
      if (!Files.isDirectory(folder)) {
        return null;
      }
      String name = Files.readString(folder.resolve(NAME));
      folders.used(folder, spec);
      return new StartCache(folder.getFileName() + "/" + MODULES, name);
    } catch (IOException e) {
      // It has just been let go, or the disk is full: Node starts without.
      return null;
    }
  }

  /// Whether a practice is worth its while: once per process, for functions with much code.
  ///
  /// @param codeFolder with all unpacked code
  boolean isWanted(Interpreter interpreter, FunctionSpec spec, Path codeFolder) {
    Path folder = folder(interpreter, spec);
    try {
      return isFor(interpreter)
          && !Files.isDirectory(folder)
          && hasMuchCode(interpreter.family(), spec, codeFolder)
          && folders.isFirstTry(folder);
    } catch (IOException | UncheckedIOException e) {
      // The code has just been replaced.
      return false;
    }
  }

  private static boolean hasMuchCode(RuntimeFamily family, FunctionSpec spec, Path codeFolder)
      throws IOException {
    long bytes = 0;
    for (String hash : new String[] {spec.codeHash(), spec.layersHash()}) {
      if (hash == null) {
        continue;
      }
      try (var files = Files.walk(codeFolder.resolve(hash))) {
        for (Path file : (Iterable<Path>) files::iterator) {
          boolean source =
              family.isSource(file.toString())
                  && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
          bytes += source ? Files.size(file) : 0;
          if (bytes >= CODE_BYTES_MIN) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /// Takes what a practice has left. The function may have written it: it is all as it has to be,
  /// or nothing is taken.
  void keep(Interpreter interpreter, FunctionSpec spec, Path file) throws IOException {
    folders.make(
        folder(interpreter, spec),
        spec,
        temporary -> {
          try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            unpack(in, interpreter, temporary);
          }
        });
  }

  private static void unpack(DataInputStream in, Interpreter interpreter, Path folder)
      throws IOException {
    String name = line(in);
    if (!FOLDER.matcher(name).matches() || !name.startsWith("v" + interpreter.version() + "-")) {
      throw new IOException("not a name of Node's");
    }
    Map<String, Integer> entries = entries(in);
    Path modules = Files.createDirectory(folder.resolve(MODULES));
    Files.setPosixFilePermissions(modules, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (var entry : entries.entrySet()) {
      Path target = modules.resolve(entry.getKey());
      try (OutputStream out = Files.newOutputStream(target)) {
        byte[] content = in.readNBytes(entry.getValue());
        if (content.length < entry.getValue()) {
          throw new EOFException("not whole");
        }
        out.write(content);
      }
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
    }
    if (in.read() >= 0) {
      throw new IOException("more than there should be");
    }
    Files.writeString(folder.resolve(NAME), name);
  }

  private static Map<String, Integer> entries(DataInputStream in) throws IOException {
    Map<String, Integer> entries = new LinkedHashMap<>();
    long bytes = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      Matcher entry = ENTRY.matcher(line);
      if (!entry.matches() || entries.size() == FILES_MAX) {
        throw new IOException("not an entry");
      }
      int size = Integer.parseInt(entry.group(2));
      bytes += size;
      if (bytes > BYTES_MAX || entries.put(entry.group(1), size) != null) {
        throw new IOException("too much");
      }
    }
    if (entries.isEmpty()) {
      throw new IOException("nothing in it");
    }
    return entries;
  }

  private static String line(DataInputStream in) throws IOException {
    var line = new byte[LINE_BYTES_MAX];
    for (int length = 0; length < LINE_BYTES_MAX; length++) {
      line[length] = in.readByte();
      if (line[length] == '\n') {
        return new String(line, 0, length, StandardCharsets.US_ASCII);
      }
    }
    throw new IOException("a line is too long");
  }

  // Of what V8 takes into account only the heap's size differs between functions.
  private Path folder(Interpreter interpreter, FunctionSpec spec) {
    Path executable = interpreter.executable();
    return folders.folder(
        spec,
        interpreter.version(),
        executable.toString(),
        Objects.toString(executable.toFile().lastModified()),
        Integer.toString(spec.memoryMegabytes()));
  }
}
