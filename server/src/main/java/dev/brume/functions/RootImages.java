package dev.brume.functions;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Roots that are built once, by the sandbox's script, and then copied for each environment with a
/// few system calls. They exist as mount namespaces without a process.
/// https://man7.org/linux/man-pages/man7/mount_namespaces.7.html
final class RootImages implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RootImages.class.getName());
  private static final int KEPT = 16;
  private static final List<String> COPIED =
      List.of("/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/ld.so.cache");
  private final Syscalls system;
  private final Path script;
  private final Path codeFolder;
  private final @Nullable Cgroups cgroups;
  private final Disks disks;
  private final Map<String, Image> images = new LinkedHashMap<>(KEPT, 0.75f, true);
  private int made;
  private volatile boolean refused;

  private RootImages(
      Syscalls system, Path script, Path codeFolder, @Nullable Cgroups cgroups, Disks disks) {
    this.system = system;
    this.script = script;
    this.codeFolder = codeFolder;
    this.cgroups = cgroups;
    this.disks = disks;
  }

  /// An image and how many copies are being made of it.
  private static final class Image {
    private final int descriptor;
    private int users;
    private boolean dropped;

    Image(int descriptor) {
      this.descriptor = descriptor;
    }
  }

  /// Null where there are no system calls to be had.
  ///
  /// @param script `sandbox.sh`
  static @Nullable RootImages find(
      Path script, Path codeFolder, @Nullable Cgroups cgroups, Disks disks) {
    Syscalls system = Syscalls.load();
    return system == null ? null : new RootImages(system, script, codeFolder, cgroups, disks);
  }

  /// A root for a new environment. Null when the sandbox has to build it.
  ///
  /// @param binds lines `source target`
  @Nullable OwnRoot create(Sandbox.Places places, List<String> binds) {
    if (refused) {
      return null;
    }
    try {
      Image image = acquire(places, binds);
      try {
        return OwnRoot.create(system, image.descriptor, places, disks);
      } finally {
        release(image);
      }
    } catch (IOException e) {
      refused = true;
      LOG.log(System.Logger.Level.DEBUG, "sandboxes build their roots: {0}", e.getMessage());
      return null;
    }
  }

  private synchronized Image acquire(Sandbox.Places places, List<String> binds) throws IOException {
    String key = fingerprint(binds);
    Image image = images.get(key);
    if (image == null) {
      image = new Image(build(places, binds));
      images.put(key, image);
      dropOldest();
    }
    image.users++;
    return image;
  }

  private synchronized void release(Image image) throws IOException {
    image.users--;
    if (image.dropped && image.users == 0) {
      system.close(image.descriptor);
    }
  }

  private void dropOldest() throws IOException {
    Iterator<Image> oldest = images.values().iterator();
    while (images.size() > KEPT && oldest.hasNext()) {
      drop(oldest.next());
      oldest.remove();
    }
  }

  private void drop(Image image) throws IOException {
    image.dropped = true;
    if (image.users == 0) {
      system.close(image.descriptor);
    }
  }

  // What it is made of: a folder that was replaced, or a file that was changed, makes another one.
  private static String fingerprint(List<String> binds) {
    var all = new StringBuilder();
    for (String bind : binds) {
      Path source = Path.of(bind.substring(0, Math.max(0, bind.indexOf(' '))));
      all.append(bind).append(' ').append(identity(source, false)).append('\n');
    }
    for (String file : COPIED) {
      all.append(identity(Path.of(file), true)).append('\n');
    }
    return all.toString();
  }

  private static String identity(Path file, boolean copied) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return copied ? attributes.lastModifiedTime().toString() : "" + attributes.fileKey();
    } catch (IOException e) {
      return "";
    }
  }

  private int build(Sandbox.Places places, List<String> binds) throws IOException {
    Path root = Files.createDirectories(places.folder().resolveSibling("image-" + made++));
    var builder =
        new ProcessBuilder("unshare", "-m", "/bin/sh", script.toString(), "image")
            .redirectErrorStream(true);
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "SB_ROOT", root.toString(),
                "SB_RUN", root.resolveSibling(".").normalize().toString(),
                "SB_TMP", places.temporary().resolveSibling(".").normalize().toString(),
                "SB_CODE", codeFolder.toAbsolutePath().toString(),
                "SB_BINDS", String.join("\n", binds),
                "SB_CGROUPS", cgroups == null ? "" : String.join(" ", cgroups.folders())));
    Process process = builder.start();
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      String line = said.readLine();
      if (!"ready".equals(line)) {
        throw new IOException("no image: " + line);
      }
      return system.open("/proc/" + process.pid() + "/ns/mnt");
    } finally {
      process.destroyForcibly();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    refused = true;
    for (Image image : images.values()) {
      drop(image);
    }
    images.clear();
  }
}
