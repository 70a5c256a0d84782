package dev.brume.services.s3;

import dev.brume.model.BodyError;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// The file of a form, held to the lengths that the form's policy allows.
final class FormFile extends FilterInputStream {
  private final PostPolicy.Lengths lengths;
  private long sizeBytes;

  FormFile(InputStream in, PostPolicy.Lengths lengths) {
    super(in);
    this.lengths = lengths;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = in.read(buffer, offset, length);
    if (count < 0 && sizeBytes < lengths.bytesMin()) {
      throw new BodyError(S3Errors.entityTooSmall(sizeBytes, lengths.bytesMin()));
    }
    sizeBytes += Math.max(count, 0);
    if (sizeBytes > lengths.bytesMax()) {
      throw new BodyError(S3Errors.entityTooLarge(sizeBytes, lengths.bytesMax()));
    }
    return count;
  }
}
