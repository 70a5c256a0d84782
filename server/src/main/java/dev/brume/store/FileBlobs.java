package dev.brume.store;

import dev.brume.ids.Ids;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Predicate;

/// Blobs as files in 256 folders by the first two characters of their ids. A blob appears whole or
/// not at all: temporary file, fsync, rename, fsync of the folder.
public final class FileBlobs implements Blobs {
  private final Path folder;
  private final Path parts;
  private final Ids ids;

  public FileBlobs(Path folder, Ids ids) throws IOException {
    this.folder = folder;
    this.parts = folder.resolve("parts");
    this.ids = ids;
    Files.createDirectories(parts);
  }

  @Override
  public Writer create() throws IOException {
    String id = ids.hex(32);
    return new FileWriter(id, parts.resolve(id));
  }

  @Override
  public InputStream open(String id, long offset) throws IOException {
    FileChannel channel = FileChannel.open(path(id), StandardOpenOption.READ);
    channel.position(offset);
    return Channels.newInputStream(channel);
  }

  @Override
  public void delete(String id) throws IOException {
    Files.deleteIfExists(path(id));
  }

  @Override
  public void sweep(Predicate<String> known) throws IOException {
    try (var files = Files.walk(folder)) {
      List<Path> orphans =
          files
              .filter(Files::isRegularFile)
              .filter(file -> file.startsWith(parts) || !known.test(file.getFileName().toString()))
              .toList();
      for (Path orphan : orphans) {
        Files.deleteIfExists(orphan);
      }
    }
  }

  private Path path(String id) {
    for (int i = 0; i < id.length(); i++) {
      if (Character.digit(id.charAt(i), 16) < 0) {
        throw new IllegalArgumentException("not a blob id");
      }
    }
    return folder.resolve(id.substring(0, 2)).resolve(id);
  }

  private static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private final class FileWriter implements Writer {
    private final String id;
    private final Path part;
    private final FileChannel channel;

    FileWriter(String id, Path part) throws IOException {
      this.id = id;
      this.part = part;
      channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      ByteBuffer bytes = ByteBuffer.wrap(buffer, offset, length);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    @Override
    public String finish() throws IOException {
      channel.force(true);
      channel.close();
      Path target = path(id);
      Path parent = folder.resolve(id.substring(0, 2));
      if (Files.notExists(parent)) {
        Files.createDirectories(parent);
        force(folder);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      force(parent);
      return id;
    }

    @Override
    public void close() throws IOException {
      channel.close();
      Files.deleteIfExists(part);
    }
  }
}
