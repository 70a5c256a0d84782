package dev.brume.protocol;

import dev.brume.http.Headers;
import dev.brume.model.Member;
import dev.brume.model.Operation;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.Shape;
import dev.brume.model.Struct;
import org.jspecify.annotations.Nullable;

/// The documents of [restXml](https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html).
final class XmlDocuments implements DocumentFormat {
  private static final String MALFORMED =
      "The XML you provided was not well-formed or did not validate against our published schema";

  @Override
  public String contentType() {
    return "application/xml";
  }

  @Override
  public ServiceError malformed(String reason) {
    return new ServiceError("MalformedXML", MALFORMED, 400).with("Reason", reason);
  }

  @Override
  public ServiceError malformedParameter(String reason) {
    return new ServiceError("InvalidArgument", reason, 400);
  }

  @Override
  public void readStructure(byte[] document, Struct into) {
    XmlReader.structure(document, into);
  }

  @Override
  public @Nullable Object readPayload(byte[] document, Member payload) {
    return XmlReader.value(document, payload);
  }

  @Override
  public byte[] writeStructure(ServiceModel model, Operation operation, Struct output) {
    XmlWriter writer = writer(model);
    String namespace = model.identity().xmlNamespace();
    if (unwrapped(output.shape())) {
      Member only = output.shape().members().getFirst();
      Object value = output.get(only.index());
      writer.start(only.xmlName(), namespace);
      writer.characters(value == null ? "" : value.toString());
      writer.end(only.xmlName());
    } else {
      writer.structure(rootName(output.shape()), namespace, output, true);
    }
    return writer.bytes();
  }

  // S3's GetBucketLocation: the one output whose member is the root.
  private static boolean unwrapped(Shape shape) {
    return shape.name().startsWith("GetBucketLocation") && shape.members().size() == 1;
  }

  @Override
  public byte[] writePayload(ServiceModel model, Member payload, Object value) {
    XmlWriter writer = writer(model);
    Shape target = payload.target();
    // The payload's own element name wins over the shape's.
    String name = payload.xmlName().equals(payload.name()) ? rootName(target) : payload.xmlName();
    Member.XmlNamespace own = payload.xmlNamespace();
    if (value instanceof Struct struct && own == null) {
      writer.structure(name, model.identity().xmlNamespace(), struct, false);
    } else {
      writer.element(name, payload, value);
    }
    return writer.bytes();
  }

  @Override
  public boolean writesEmpty() {
    return false;
  }

  @Override
  public byte[] writeError(
      ServiceModel model, ServiceError error, String requestId, Headers headers) {
    XmlWriter writer = writer(model);
    String message = error.getMessage();
    if (!Dialect.of(model.identity()).bareErrors()) {
      ErrorForm.document(writer, model, error, requestId);
      return writer.bytes();
    }
    writer.start("Error").text("Code", ErrorForm.queryCode(error));
    writer.text("Message", message == null ? "" : message);
    error.details().forEach(writer::text);
    Struct struct = error.struct();
    if (struct != null) {
      writer.fields(struct, true);
    }
    writer.text("RequestId", requestId).text("HostId", requestId).end("Error");
    return writer.bytes();
  }

  private static XmlWriter writer(ServiceModel model) {
    return new XmlWriter(Dialect.of(model.identity()).millisAlways());
  }

  private static String rootName(Shape shape) {
    String xmlName = shape.xmlName();
    return xmlName == null ? shape.name() : xmlName;
  }
}
