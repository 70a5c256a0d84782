package dev.brume.auth;

import dev.brume.model.BodyError;
import dev.brume.protocol.ChunkSignatures;

/// The signatures in an [`aws-chunked`
/// body](https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html), each over the one
/// before it.
final class ChunkVerifier implements ChunkSignatures {
  private final SigningKey key;
  private final String prefix;
  private final AuthErrors errors;
  private String previous;

  /// @param prefix date and scope, as in the string to sign
  /// @param seed the signature of the request itself
  ChunkVerifier(SigningKey key, String prefix, String seed, AuthErrors errors) {
    this.key = key;
    this.prefix = prefix;
    this.previous = seed;
    this.errors = errors;
  }

  @Override
  public void chunk(String sha256Hex, String signature) throws BodyError {
    check("PAYLOAD", Canonical.sha256(new byte[0]) + "\n" + sha256Hex, signature);
  }

  @Override
  public void trailer(String sha256Hex, String signature) throws BodyError {
    check("TRAILER", sha256Hex, signature);
  }

  private void check(String kind, String hashes, String signature) throws BodyError {
    String text = Signature.ALGORITHM + "-" + kind + "\n" + prefix + "\n" + previous + "\n";
    String expected = key.sign(text + hashes);
    if (!SigningKey.same(expected, signature)) {
      throw new BodyError(errors.signatureDoesNotMatch());
    }
    previous = expected;
  }
}
