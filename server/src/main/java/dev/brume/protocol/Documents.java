package dev.brume.protocol;

import dev.brume.model.Struct;

/// Structures as JSON documents, for services that keep them whole in the store.
public final class Documents {
  private Documents() {}

  public static byte[] write(Struct struct) {
    return TreeWriter.structure(TreeFormat.AWS_JSON, struct);
  }

  /// Fills an empty structure from a document that [#write] made.
  public static <T extends Struct> T read(byte[] document, T into) {
    TreeReader.structure(TreeFormat.AWS_JSON, document, into);
    return into;
  }
}
