package dev.brume.protocol;

import dev.brume.http.Headers;
import dev.brume.model.Body;
import dev.brume.model.Operation;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// [awsQuery](https://smithy.io/2.0/aws/protocols/aws-query-protocol.html): a form in, XML out.
final class QueryCodec implements Codec {
  @Override
  public Struct decode(ServiceModel model, Operation operation, WireRequest request) {
    byte[] form = Bodies.read(request.body(), Dialect.of(model.identity()).bodyBytesMax());
    Struct input = operation.input().make();
    try {
      String encoded =
          form.length == 0 ? request.query() : new String(form, StandardCharsets.UTF_8);
      Map<String, List<String>> parameters = Parameters.read(encoded);
      QueryReader.structure(parameters, input);
    } catch (Malformed e) {
      throw new ServiceError("MalformedInput", e.reason(), 400);
    }
    return input;
  }

  @Override
  public WireResponse encode(
      ServiceModel model, Operation operation, Struct output, String requestId) {
    var writer = new XmlWriter(false);
    String root = operation.name() + "Response";
    writer.start(root, model.identity().xmlNamespace());
    String wrapper = operation.resultWrapper();
    if (wrapper == null && !output.shape().members().isEmpty()) {
      wrapper = operation.name() + "Result";
    }
    if (wrapper != null) {
      writer.structure(wrapper, null, output, false);
    }
    writer.start("ResponseMetadata").text("RequestId", requestId).end("ResponseMetadata");
    writer.end(root);
    return response(operation.httpStatus(), writer);
  }

  @Override
  public WireResponse encodeError(ServiceModel model, ServiceError error, String requestId) {
    var writer = new XmlWriter(false);
    ErrorForm.document(writer, model, error, requestId);
    return response(error.httpStatus(), writer);
  }

  private static WireResponse response(int status, XmlWriter writer) {
    return new WireResponse(
        status, Headers.of("Content-Type", "text/xml"), Body.of(writer.bytes()));
  }
}
