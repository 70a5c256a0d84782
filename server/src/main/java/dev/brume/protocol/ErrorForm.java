package dev.brume.protocol;

import dev.brume.http.Headers;
import dev.brume.model.Member;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.Shape;
import dev.brume.model.Struct;
import org.jspecify.annotations.Nullable;

/// What the protocols' error answers have in common.
final class ErrorForm {
  private ErrorForm() {}

  /// The code in awsQuery's and restXml's documents and in `x-amzn-query-error`.
  static String queryCode(ServiceError error) {
    Shape.ErrorTrait trait = trait(error);
    if (trait != null) {
      return trait.code();
    }
    // What JSON calls AccessDeniedException has always been this in XML.
    return error.code().equals("AccessDeniedException") ? "AccessDenied" : error.code();
  }

  /// Adds `x-amzn-query-error` for services that used to speak awsQuery.
  static void addQueryError(ServiceModel model, ServiceError error, Headers headers) {
    if (model.identity().queryCompatible()) {
      headers.add(
          "x-amzn-query-error", queryCode(error) + (error.senderFault() ? ";Sender" : ";Receiver"));
    }
  }

  /// Writes `<ErrorResponse>`: awsQuery's and restXml's document.
  static void document(XmlWriter writer, ServiceModel model, ServiceError error, String requestId) {
    writer.start("ErrorResponse", model.identity().xmlNamespace()).start("Error");
    writer.text("Type", error.senderFault() ? "Sender" : "Receiver");
    writer.text("Code", queryCode(error));
    Struct struct = error.struct();
    if (struct != null) {
      // Models spell it `message` too; on the wire it is always `Message`.
      writer.fields(struct, true, member -> !member.name().equalsIgnoreCase("message"));
    }
    String message = message(error);
    if (message != null) {
      writer.text("Message", message);
    }
    writer.end("Error").text("RequestId", requestId).end("ErrorResponse");
  }

  private static @Nullable String message(ServiceError error) {
    Struct struct = error.struct();
    if (error.getMessage() == null && struct != null) {
      for (Member member : struct.shape().members()) {
        if (member.name().equalsIgnoreCase("message")
            && struct.get(member.index()) instanceof String text) {
          return text;
        }
      }
    }
    return error.getMessage();
  }

  private static Shape.@Nullable ErrorTrait trait(ServiceError error) {
    Struct struct = error.struct();
    return struct == null ? null : struct.shape().error();
  }
}
