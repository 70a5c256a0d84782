package dev.brume.protocol;

import dev.brume.http.Headers;
import dev.brume.model.Member;
import dev.brume.model.Operation;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.Struct;
import org.jspecify.annotations.Nullable;

/// The documents of [restJson1](https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html).
final class JsonDocuments implements DocumentFormat {
  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public ServiceError malformed(String reason) {
    return new ServiceError("SerializationException", reason, 400);
  }

  @Override
  public ServiceError malformedParameter(String reason) {
    return malformed(reason);
  }

  @Override
  public void readStructure(byte[] document, Struct into) {
    TreeReader.structure(TreeFormat.REST_JSON, document, into);
  }

  @Override
  public @Nullable Object readPayload(byte[] document, Member payload) {
    return TreeReader.value(TreeFormat.REST_JSON, document, payload);
  }

  @Override
  public byte[] writeStructure(ServiceModel model, Operation operation, Struct output) {
    return TreeWriter.structure(TreeFormat.REST_JSON, output);
  }

  @Override
  public byte[] writePayload(ServiceModel model, Member payload, Object value) {
    return TreeWriter.value(TreeFormat.REST_JSON, payload, value);
  }

  @Override
  public boolean writesEmpty() {
    return true;
  }

  @Override
  public byte[] writeError(
      ServiceModel model, ServiceError error, String requestId, Headers headers) {
    headers.add("x-amzn-ErrorType", HeaderText.checked(error.code()));
    Struct struct = error.struct();
    Member type = struct == null ? null : struct.shape().member("Type");
    // Lambda's errors say whose fault they are.
    if (struct != null && type != null && struct.get(type.index()) == null) {
      struct.set(type.index(), error.senderFault() ? "User" : "Service");
    }
    return TreeWriter.error(TreeFormat.REST_JSON, null, struct, error.getMessage());
  }
}
