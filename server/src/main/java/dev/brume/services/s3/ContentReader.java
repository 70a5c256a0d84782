package dev.brume.services.s3;

import dev.brume.model.Body;
import dev.brume.store.Blobs;
import dev.brume.store.Reader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads bodies that are in one or more pieces, a range of them if asked, without holding them in
/// memory.
final class ContentReader {
  private final Blobs blobs;

  ContentReader(Blobs blobs) {
    this.blobs = blobs;
  }

  /// A piece of a body, or of a piece.
  ///
  /// @param inline the bytes, null when they are in a blob
  private record Piece(
      String id, byte @Nullable [] inline, long offset, long sizeBytes, @Nullable String iv) {}

  /// Opens the bytes of a range. The first piece is opened at once, so that a body that was just
  /// deleted is noticed here: an [IOException].
  ///
  /// @param key of an object that is encrypted
  Body open(Reader reader, List<Content> contents, ByteRange range, @Nullable DataKey key)
      throws IOException {
    var pieces = new ArrayList<Piece>();
    long start = 0;
    for (Content content : contents) {
      long end = start + content.sizeBytes();
      long from = Math.max(range.first(), start);
      long to = Math.min(range.last() + 1, end);
      if (from < to) {
        byte[] inline = content.inline() ? inline(reader, content) : null;
        pieces.add(new Piece(content.id(), inline, from - start, to - from, content.iv()));
      }
      start = end;
    }
    var stream = new Pieces(pieces, key);
    stream.next();
    return new Body(stream, range.sizeBytes());
  }

  private static byte[] inline(Reader reader, Content content) {
    byte[] bytes = reader.get(S3Store.inlineKey(content.id()));
    if (bytes == null) {
      throw new NoSuchElementException("inline body " + content.id());
    }
    return bytes;
  }

  private final class Pieces extends InputStream {
    private final List<Piece> pieces;
    private final @Nullable DataKey key;
    private int index = -1;
    private InputStream in = InputStream.nullInputStream();
    private long left;

    Pieces(List<Piece> pieces, @Nullable DataKey key) {
      this.pieces = pieces;
      this.key = key;
    }

    boolean next() throws IOException {
      in.close();
      if (++index >= pieces.size()) {
        in = InputStream.nullInputStream();
        return false;
      }
      Piece piece = pieces.get(index);
      byte[] inline = piece.inline();
      left = piece.sizeBytes();
      in =
          inline == null
              ? blobs.open(piece.id(), piece.offset())
              : new ByteArrayInputStream(inline, (int) piece.offset(), (int) left);
      String iv = piece.iv();
      if (iv != null) {
        in = Objects.requireNonNull(key, "no key").decrypted(in, iv, piece.offset());
      }
      return true;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      while (left == 0) {
        if (index >= pieces.size() || !next()) {
          return -1;
        }
      }
      int count = in.read(buffer, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new IOException("body is shorter than its row says");
      }
      left -= count;
      return count;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
