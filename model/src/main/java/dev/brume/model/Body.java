package dev.brume.model;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// A streamed payload in either direction. The reader reads to the end: only then are length,
/// checksums and signatures known to be right, so nothing may be committed before.
///
/// @param stream read once; a failed check at its end throws [BodyError]
/// @param lengthBytes the decoded length, −1 if not known in advance
public record Body(InputStream stream, long lengthBytes) {
  public static Body of(byte[] bytes) {
    return new Body(new ByteArrayInputStream(bytes), bytes.length);
  }

  public static Body of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }
}
