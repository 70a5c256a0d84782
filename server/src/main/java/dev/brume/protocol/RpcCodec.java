package dev.brume.protocol;

import dev.brume.http.Headers;
import dev.brume.model.Body;
import dev.brume.model.Operation;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.Struct;
import org.jspecify.annotations.Nullable;

/// awsJson 1.0 and 1.1 and rpcv2Cbor: the whole input and output is one document.
///
/// [awsJson](https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html),
/// [rpcv2Cbor](https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html).
final class RpcCodec implements Codec {
  private final TreeFormat format;
  private final String contentType;
  private final boolean qualifiedErrors;

  /// @param qualifiedErrors whether `__type` has a namespace, as JSON 1.0 services write it
  RpcCodec(TreeFormat format, String contentType, boolean qualifiedErrors) {
    this.format = format;
    this.contentType = contentType;
    this.qualifiedErrors = qualifiedErrors;
  }

  @Override
  public Struct decode(ServiceModel model, Operation operation, WireRequest request) {
    byte[] document = Bodies.read(request.body(), Dialect.of(model.identity()).bodyBytesMax());
    Struct input = operation.input().make();
    if (Dialect.isUnit(operation.input())) {
      return input;
    }
    try {
      TreeReader.structure(format, document, input);
    } catch (Malformed e) {
      throw new ServiceError("SerializationException", e.reason(), 400);
    }
    return input;
  }

  @Override
  public WireResponse encode(
      ServiceModel model, Operation operation, Struct output, String requestId) {
    if (!Dialect.isUnit(operation.output())) {
      return response(operation.httpStatus(), TreeWriter.structure(format, output));
    }
    WireResponse response = response(operation.httpStatus(), new byte[0]);
    if (format == TreeFormat.CBOR) {
      response.headers().remove("Content-Type");
    }
    return response;
  }

  @Override
  public WireResponse encodeError(ServiceModel model, ServiceError error, String requestId) {
    byte[] document =
        TreeWriter.error(format, type(model, error), error.struct(), error.getMessage());
    WireResponse response = response(error.httpStatus(), document);
    ErrorForm.addQueryError(model, error, response.headers());
    return response;
  }

  private WireResponse response(int status, byte[] document) {
    Headers headers = Headers.of("Content-Type", contentType);
    if (format == TreeFormat.CBOR) {
      headers.add("smithy-protocol", "rpc-v2-cbor");
    }
    return new WireResponse(status, headers, Body.of(document));
  }

  private String type(ServiceModel model, ServiceError error) {
    if (!qualifiedErrors) {
      return error.code();
    }
    ServiceModel.Identity identity = model.identity();
    return "com.amazonaws."
        + identity.name()
        + version(identity.targetPrefix())
        + "#"
        + error.code();
  }

  // DynamoDB_20120810 gives .v20120810, AmazonSQS nothing.
  private static String version(@Nullable String targetPrefix) {
    if (targetPrefix == null) {
      return "";
    }
    int underscore = targetPrefix.lastIndexOf('_');
    return underscore < 0 ? "" : ".v" + targetPrefix.substring(underscore + 1);
  }
}
