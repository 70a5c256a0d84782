package dev.brume.functions;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// What is in a zip, or in several with later ones over earlier ones, before any of it is on disk.
///
/// Modes are kept: a function reads and executes what everybody may, since it is not the user that
/// owns the files. Where functions run as our own user, what everybody may execute decides too; we
/// ourselves read everything.
///
/// Symbolic links are kept when they stay in the tree, on the way too; all others lead nowhere.
/// They are made last, so that nothing is written through them.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-deployment.html>
final class CodeTree implements Closeable {
  private static final int FILE_MODE = 0644;
  private static final int FOLDER_MODE = 0755;
  private static final int EVERYBODY_EXECUTES = 1;
  private static final int PATH_BYTES_MAX = 4095;
  private static final int LINKS_MAX = 40;
  private static final int STEPS_MAX = 10_000_000;
  // Where functions see the tree: as code, as a layer.
  private static final List<String> PLACES = List.of("/var/task/", "/opt/");
  // On whatever machine this is no folder, so nothing can be in it.
  private static final Path NOWHERE = Path.of("/dev/null/outside");
  private final List<ZipFile> zips = new ArrayList<>();
  private final Folder root = new Folder(0, FOLDER_MODE);
  private int steps;

  private sealed interface Node {
    /// The number of the zip that it came with.
    int zip();
  }

  private record Folder(int zip, int mode, Map<String, Node> content) implements Node {
    private Folder(int zip, int mode) {
      this(zip, mode, new TreeMap<>());
    }
  }

  private record File(int zip, int mode, ZipEntry entry) implements Node {}

  private record Link(int zip, String target) implements Node {}

  /// Adds what is in a zip. Throws [ZipException] when it contradicts itself.
  void add(Path file) throws IOException {
    List<Integer> modes = ZipModes.read(file);
    ZipFile zip = new ZipFile(file.toFile());
    zips.add(zip);
    if (zip.size() != modes.size()) {
      throw new ZipException("its directory is not whole");
    }
    int number = 0;
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      List<String> path = path(entry.getName());
      if (!path.isEmpty()) {
        put(path, entry, modes.get(number));
      }
      number++;
    }
  }

  private static List<String> path(String name) throws ZipException {
    var path = new ArrayList<String>();
    for (String part : name.split("/", -1)) {
      if (part.equals("..") || name.length() > PATH_BYTES_MAX) {
        throw new ZipException("entry outside of the archive: " + name);
      }
      if (!part.isEmpty() && !part.equals(".")) {
        path.add(part);
      }
    }
    return path;
  }

  private void put(List<String> path, ZipEntry entry, int mode) throws IOException {
    int zip = zips.size() - 1;
    Folder folder = root;
    for (String part : path.subList(0, path.size() - 1)) {
      folder = folder(folder, part, zip, ZipModes.NONE);
    }
    String name = path.getLast();
    if (entry.isDirectory()) {
      folder(folder, name, zip, mode);
      return;
    }
    Node file =
        ZipModes.isLink(mode)
            ? new Link(zip, relative(target(zip, entry), path.size() - 1))
            : new File(zip, mode == ZipModes.NONE ? FILE_MODE : mode, entry);
    Node before = folder.content().put(name, file);
    if (before != null && before.zip() == zip && before.getClass() != file.getClass()) {
      throw new ZipException("two things of one name: " + entry.getName());
    }
  }

  // A folder in another one, with the mode if one is given.
  private static Folder folder(Folder in, String name, int zip, int mode) throws ZipException {
    Node before = in.content().get(name);
    if (before instanceof Folder there) {
      Folder now = new Folder(zip, mode == ZipModes.NONE ? there.mode() : mode, there.content());
      in.content().put(name, now);
      return now;
    }
    if (before != null && before.zip() == zip) {
      throw new ZipException("two things of one name: " + name);
    }
    Folder made = new Folder(zip, mode == ZipModes.NONE ? FOLDER_MODE : mode);
    in.content().put(name, made);
    return made;
  }

  private String target(int zip, ZipEntry entry) throws IOException {
    try (InputStream in = zips.get(zip).getInputStream(entry)) {
      byte[] target = in.readNBytes(PATH_BYTES_MAX + 1);
      String text = new String(target, StandardCharsets.UTF_8);
      if (text.isEmpty() || target.length > PATH_BYTES_MAX || text.indexOf(0) >= 0) {
        throw new ZipException("a link without a target: " + entry.getName());
      }
      return text;
    }
  }

  // A link to where functions see the tree, as one that holds wherever it is.
  private static String relative(String target, int depth) {
    for (String place : PLACES) {
      if (target.startsWith(place)) {
        return "../".repeat(depth) + "./" + target.substring(place.length());
      }
    }
    return target;
  }

  /// Writes everything into an empty folder.
  void write(Path into) throws IOException {
    writeFiles(root, into);
    writeLinks(new ArrayDeque<>(List.of(root)), into);
  }

  private void writeFiles(Folder folder, Path into) throws IOException {
    Files.setPosixFilePermissions(into, permissions(folder.mode() | 0700));
    for (Map.Entry<String, Node> one : folder.content().entrySet()) {
      Path path = into.resolve(one.getKey());
      switch (one.getValue()) {
        case Folder inner -> {
          Files.createDirectory(path);
          writeFiles(inner, path);
        }
        case File file -> {
          try (InputStream in = zips.get(file.zip()).getInputStream(file.entry())) {
            Files.copy(in, path);
          }
          int ours = (file.mode() & EVERYBODY_EXECUTES) == 0 ? 0600 : 0700;
          Files.setPosixFilePermissions(path, permissions(file.mode() & 0077 | ours));
        }
        case Link link -> {
          // When all that they could lead to is known to be there.
        }
      }
    }
  }

  private void writeLinks(Deque<Folder> here, Path into) throws IOException {
    for (Map.Entry<String, Node> one : here.getLast().content().entrySet()) {
      Path path = into.resolve(one.getKey());
      if (one.getValue() instanceof Link link) {
        boolean stays = stays(new ArrayDeque<>(here), link.target());
        Files.createSymbolicLink(path, stays ? Path.of(link.target()) : NOWHERE);
      } else if (one.getValue() instanceof Folder inner) {
        here.addLast(inner);
        writeLinks(here, path);
        here.removeLast();
      }
    }
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    // In the order of the bits, from the highest.
    PosixFilePermission[] all = PosixFilePermission.values();
    var permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (PosixFilePermission one : all) {
      if ((mode & 1 << all.length - 1 - one.ordinal()) != 0) {
        permissions.add(one);
      }
    }
    return permissions;
  }

  /// Whether the way from a folder of the tree ends in the tree, links followed. Up goes only what
  /// has come down through folders that are there: others could be made later, or be called
  /// differently where capitals make no difference.
  ///
  /// @param here the folders from the root on; changed
  private boolean stays(Deque<Folder> here, String target) throws ZipException {
    Deque<String> left = new ArrayDeque<>();
    int links = 0;
    @Nullable String next = target;
    while (next != null || !left.isEmpty()) {
      if (next != null) {
        if (next.startsWith("/") || links++ > LINKS_MAX) {
          return false;
        }
        Arrays.asList(next.split("/", -1)).reversed().forEach(left::push);
        next = null;
      }
      String part = left.pop();
      if (++steps > STEPS_MAX) {
        throw new ZipException("its links take too long to follow");
      }
      if (part.equals("..")) {
        here.removeLast();
        if (here.isEmpty()) {
          return false;
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        switch (here.getLast().content().get(part)) {
          case Folder inner -> here.addLast(inner);
          case Link link -> next = link.target();
          case null, default -> {
            return !left.contains("..");
          }
        }
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    for (ZipFile zip : zips) {
      zip.close();
    }
  }
}
