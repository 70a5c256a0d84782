package dev.brume.sql;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.Consumer;

/// The objects that a statement reads and writes, with its caller's permissions. What the caller
/// may not do throws.
public interface ObjectSource {
  /// @param uri `s3://bucket/key`
  record Item(String uri, long sizeBytes) {}

  /// Visits every object whose address starts with this one, in order of key.
  ///
  /// @param uri `s3://bucket/prefix`
  void list(String uri, Consumer<Item> visitor);

  /// The object's content; the caller closes it.
  InputStream open(Item item) throws IOException;

  /// Writes a file as an object.
  void write(String uri, Path file) throws IOException;
}
