package dev.brume.protocol;

import dev.brume.model.Member;
import dev.brume.model.Member.Location;
import dev.brume.model.ServiceModel;
import dev.brume.model.Struct;
import dev.brume.model.UntypedStruct;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// Writes the events of an operation's answer as messages: [event
/// streams](https://smithy.io/2.0/spec/streaming.html#event-streams) of the REST protocols.
final class EventWriter {
  static final String CONTENT_TYPE = "application/vnd.amazon.eventstream";

  private static final String CONTENT = ":content-type";
  private final DocumentFormat format;
  private final ServiceModel model;

  EventWriter(DocumentFormat format, ServiceModel model) {
    this.format = format;
    this.model = model;
  }

  /// @param event a value of the stream's union
  EventMessage message(Struct event) {
    Member kind = null;
    for (Member member : event.shape().members()) {
      if (event.get(member.index()) != null) {
        kind = member;
      }
    }
    if (kind == null || !(event.get(kind.index()) instanceof Struct value)) {
      throw new IllegalArgumentException("an event without a kind: " + event);
    }
    boolean failure = kind.target().error() != null;
    Map<String, Object> headers = new LinkedHashMap<>();
    headers.put(":message-type", failure ? "exception" : "event");
    headers.put(failure ? ":exception-type" : ":event-type", kind.name());
    byte[] payload = payload(kind, value, headers);
    for (Member member : value.shape().members()) {
      Object field = value.get(member.index());
      if (member.location() == Location.HEADER && field != null) {
        headers.put(member.name(), field);
      }
    }
    return new EventMessage(headers, payload);
  }

  // Adds the header that says what it is.
  private byte[] payload(Member kind, Struct event, Map<String, Object> headers) {
    Member payload = event.shape().payload();
    if (payload == null) {
      return document(kind, event, headers);
    }
    Object value = event.get(payload.index());
    return switch (value) {
      case null -> new byte[0];
      case byte[] bytes -> {
        headers.put(CONTENT, "application/octet-stream");
        yield bytes;
      }
      case String text -> {
        headers.put(CONTENT, "text/plain");
        yield text.getBytes(StandardCharsets.UTF_8);
      }
      default -> {
        headers.put(CONTENT, format.contentType());
        yield format.writePayload(model, payload, value);
      }
    };
  }

  private byte[] document(Member kind, Struct event, Map<String, Object> headers) {
    Struct document = new UntypedStruct(event.shape());
    boolean any = false;
    for (Member member : event.shape().members()) {
      if (member.location() != Location.HEADER) {
        any = true;
        document.set(member.index(), event.get(member.index()));
      }
    }
    if (!any) {
      return new byte[0];
    }
    headers.put(CONTENT, format.contentType());
    return format.writePayload(model, kind, document);
  }
}
