package dev.brume.protocol;

import dev.brume.model.ServiceError;
import dev.brume.model.Struct;

/// Structures as JSON documents, for services that keep them whole in the store.
public final class Documents {
  private Documents() {}

  public static byte[] write(Struct struct) {
    return TreeWriter.structure(TreeFormat.AWS_JSON, struct);
  }

  /// Fills an empty structure from a document that [#write] made, or one in the model's names.
  /// Throws [ServiceError] when it does not fit the model.
  public static <T extends Struct> T read(byte[] document, T into) {
    try {
      TreeReader.structure(TreeFormat.AWS_JSON, document, into);
    } catch (Malformed e) {
      throw new ServiceError("InvalidRequest", e.reason(), 400);
    }
    return into;
  }
}
