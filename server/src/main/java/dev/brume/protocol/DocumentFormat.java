package dev.brume.protocol;

import dev.brume.http.Headers;
import dev.brume.model.Member;
import dev.brume.model.Operation;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.Struct;
import org.jspecify.annotations.Nullable;

/// The body documents of a REST protocol.
interface DocumentFormat {
  String contentType();

  /// The code of an error for a message that does not parse.
  ServiceError malformed(String reason);

  /// The error for a label, query parameter or header whose value does not parse.
  ServiceError malformedParameter(String reason);

  /// Fills the body members of an input.
  void readStructure(byte[] document, Struct into);

  /// Reads the document that is the payload member's value.
  @Nullable Object readPayload(byte[] document, Member payload);

  /// Writes the body members of an output.
  byte[] writeStructure(ServiceModel model, Operation operation, Struct output);

  /// Writes the payload member's value as the document.
  byte[] writePayload(ServiceModel model, Member payload, Object value);

  /// Whether an output without body members still has a document.
  boolean writesEmpty();

  /// Writes an error's document and adds its headers.
  byte[] writeError(ServiceModel model, ServiceError error, String requestId, Headers headers);
}
