package dev.brume.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Predicate;

/// Large bodies as files. Order of work: write the blob (durable when [Writer#finish] returns),
/// then commit the row that names it; delete the blob after the commit that forgets it. Blobs that
/// no row names are swept at start.
public interface Blobs {
  /// Starts a new blob. Closing the writer without [Writer#finish] leaves nothing behind.
  Writer create() throws IOException;

  /// Opens a blob from an offset; the caller closes the stream. The length is for the caller to
  /// know.
  InputStream open(String id, long offset) throws IOException;

  /// Removes a blob; one that is being read stays readable until closed.
  void delete(String id) throws IOException;

  /// Removes every blob whose id does not satisfy the predicate. Only at start, before anything
  /// writes.
  void sweep(Predicate<String> known) throws IOException;

  /// One blob being written.
  interface Writer extends Closeable {
    void write(byte[] buffer, int offset, int length) throws IOException;

    /// Forces the file and its folder to disk and returns the blob's id.
    String finish() throws IOException;
  }
}
