package dev.brume.store;

import dev.brume.ids.Ids;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// Blobs that are gone with the process.
public final class MemoryBlobs implements Blobs {
  private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
  private final Ids ids;

  public MemoryBlobs(Ids ids) {
    this.ids = ids;
  }

  @Override
  public Writer create() {
    var content = new ByteArrayOutputStream();
    return new Writer() {
      @Override
      public void write(byte[] buffer, int offset, int length) {
        content.write(buffer, offset, length);
      }

      @Override
      public String finish() {
        String id = ids.hex(32);
        blobs.put(id, content.toByteArray());
        return id;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public InputStream open(String id, long offset) throws NoSuchFileException {
    byte[] content = blobs.get(id);
    if (content == null) {
      throw new NoSuchFileException(id);
    }
    return new ByteArrayInputStream(content, (int) offset, content.length - (int) offset);
  }

  @Override
  public void delete(String id) {
    blobs.remove(id);
  }

  @Override
  public void sweep(Predicate<String> known) {
    blobs.keySet().removeIf(id -> !known.test(id));
  }
}
