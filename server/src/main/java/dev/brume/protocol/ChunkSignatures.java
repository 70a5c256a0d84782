package dev.brume.protocol;

import dev.brume.model.BodyError;

/// Verifies the signatures inside an `aws-chunked` body: each continues the one before, the first
/// the request's own.
public interface ChunkSignatures {
  /// Checks one chunk, the empty last one too. Throws [BodyError] when the signature is wrong.
  ///
  /// @param sha256Hex of the chunk's data
  /// @param signature as given, "" when the chunk has none
  void chunk(String sha256Hex, String signature) throws BodyError;

  /// Checks the trailer.
  ///
  /// @param sha256Hex of the trailing headers, each as `name:value\n`
  /// @param signature of `x-amz-trailer-signature`, "" when there is none
  void trailer(String sha256Hex, String signature) throws BodyError;
}
