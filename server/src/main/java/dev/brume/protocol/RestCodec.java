package dev.brume.protocol;

import dev.brume.http.Headers;
import dev.brume.model.Body;
import dev.brume.model.EventStream;
import dev.brume.model.Member;
import dev.brume.model.Member.Location;
import dev.brume.model.Operation;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.Shape;
import dev.brume.model.Shape.TimestampFormat;
import dev.brume.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// restJson1 and restXml: members travel in the path, the query, headers and a document or payload.
///
/// [HTTP bindings](https://smithy.io/2.0/spec/http-bindings.html).
final class RestCodec implements Codec {
  private final DocumentFormat format;
  // A memo: one entry per operation of the models.
  private final Map<String, UriTemplate> templates = new ConcurrentHashMap<>();

  RestCodec(DocumentFormat format) {
    this.format = format;
  }

  @Override
  public Struct decode(ServiceModel model, Operation operation, WireRequest request) {
    Struct input = operation.input().make();
    try {
      UriTemplate template = templates.computeIfAbsent(operation.uri(), UriTemplate::parse);
      Map<String, String> labels = template.match(request.path());
      if (labels == null) {
        throw new Malformed("The path does not match " + operation.uri());
      }
      Map<String, List<String>> query = Parameters.read(request.query());
      for (Member member : operation.input().members()) {
        Object value = bound(member, labels, query, template, request.headers());
        if (value != null) {
          input.set(member.index(), value);
        }
      }
    } catch (Malformed e) {
      throw format.malformedParameter(e.reason());
    }
    try {
      body(model, operation, request, input);
    } catch (Malformed e) {
      throw format.malformed(e.reason());
    }
    return input;
  }

  private static @Nullable Object bound(
      Member member,
      Map<String, String> labels,
      Map<String, List<String>> query,
      UriTemplate template,
      Headers headers) {
    return switch (member.location()) {
      case LABEL -> {
        String label = labels.get(member.locationName());
        label = label == null ? labels.get(member.name()) : label;
        yield label == null
            ? null
            : SimpleText.read(Parameters.decode(label, false), member, TimestampFormat.DATE_TIME);
      }
      case QUERY -> {
        List<String> values = query.get(member.locationName());
        yield values == null ? null : queryValue(values, member);
      }
      case QUERY_PARAMS -> queryMap(query, member, template);
      case HEADER -> {
        List<String> values = headers.all(member.locationName());
        yield values.isEmpty() ? null : HeaderText.read(values, member);
      }
      case PREFIX_HEADERS -> prefixed(headers, member);
      case STATUS_CODE, BODY, PAYLOAD -> null;
    };
  }

  private static @Nullable Object queryValue(List<String> values, Member member) {
    if (member.target().kind() == Shape.Kind.LIST) {
      var list = new ArrayList<Object>();
      for (String value : values) {
        list.add(SimpleText.read(value, member.target().element(), TimestampFormat.DATE_TIME));
      }
      return list;
    }
    String value = values.getFirst();
    // A number or time given as nothing (`?max-keys=`) counts as not given.
    return value.isEmpty() && member.target().kind() != Shape.Kind.STRING
        ? null
        : SimpleText.read(value, member, TimestampFormat.DATE_TIME);
  }

  private static @Nullable Object queryMap(
      Map<String, List<String>> query, Member member, UriTemplate template) {
    Member valueMember = member.target().value();
    var map = new LinkedHashMap<String, Object>();
    query.forEach(
        (name, values) -> {
          if (template.literals().containsKey(name)) {
            return;
          }
          boolean listed = valueMember.target().kind() == Shape.Kind.LIST;
          map.put(name, listed ? List.copyOf(values) : values.getFirst());
        });
    return map.isEmpty() ? null : map;
  }

  private static @Nullable Object prefixed(Headers headers, Member member) {
    String prefix = member.locationName().toLowerCase(Locale.ROOT);
    var map = new LinkedHashMap<String, Object>();
    headers.forEach(
        (name, value) -> {
          if (name.toLowerCase(Locale.ROOT).startsWith(prefix)) {
            map.merge(
                name.substring(prefix.length()).toLowerCase(Locale.ROOT),
                value,
                (first, second) -> first + "," + second);
          }
        });
    return map.isEmpty() ? null : map;
  }

  private void body(ServiceModel model, Operation operation, WireRequest request, Struct input) {
    int bytesMax = Dialect.of(model.identity()).bodyBytesMax();
    Member payload = operation.input().payload();
    if (payload == null) {
      byte[] document = Bodies.read(request.body(), bytesMax);
      if (document.length > 0 && hasBody(operation.input())) {
        format.readStructure(document, input);
      }
      return;
    }
    if (payload.flags().streaming() && payload.target().kind() == Shape.Kind.BLOB) {
      input.set(payload.index(), request.body());
      return;
    }
    byte[] document = Bodies.read(request.body(), bytesMax);
    if (document.length == 0) {
      return;
    }
    input.set(
        payload.index(),
        switch (payload.target().kind()) {
          case BLOB -> document;
          case STRING -> new String(document, StandardCharsets.UTF_8);
          default -> format.readPayload(document, payload);
        });
  }

  private static boolean hasBody(Shape shape) {
    for (Member member : shape.members()) {
      if (member.location() == Location.BODY) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasOutputBody(Shape shape) {
    for (Member member : shape.members()) {
      if (TreeFormat.isOutputBody(member)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public WireResponse encode(
      ServiceModel model, Operation operation, Struct output, String requestId) {
    var headers = new Headers();
    int status = operation.httpStatus();
    for (Member member : output.shape().members()) {
      Object value = output.get(member.index());
      if (value == null) {
        continue;
      }
      switch (member.location()) {
        case HEADER -> headers.set(member.locationName(), HeaderText.write(value, member));
        case PREFIX_HEADERS -> prefixHeaders(headers, member, (Map<?, ?>) value);
        case STATUS_CODE -> status = (Integer) value;
        case BODY, PAYLOAD, QUERY, QUERY_PARAMS, LABEL -> {}
      }
    }
    Member payload = output.shape().payload();
    if (payload != null && output.get(payload.index()) instanceof EventStream events) {
      return events(model, events, headers, status);
    }
    Body body = output(model, operation, output, headers, status);
    // A part of an object: the model only knows the status of the whole.
    boolean partial = status == 200 && headers.has("Content-Range");
    return new WireResponse(partial ? 206 : status, headers, body);
  }

  private WireResponse events(ServiceModel model, EventStream events, Headers headers, int status) {
    contentType(headers, EventWriter.CONTENT_TYPE);
    var writer = new EventWriter(format, model);
    return new WireResponse(
        status,
        headers,
        Body.of(""),
        out ->
            events.sendTo(
                event -> {
                  out.write(writer.message(event).encode());
                  out.flush();
                }));
  }

  // A header of its own wins over one of the map.
  private static void prefixHeaders(Headers headers, Member member, Map<?, ?> map) {
    map.forEach(
        (name, text) -> {
          String header = member.locationName() + HeaderText.checked((String) name);
          if (!headers.has(header)) {
            headers.add(header, HeaderText.checked((String) text));
          }
        });
  }

  private Body output(
      ServiceModel model, Operation operation, Struct output, Headers headers, int status) {
    Member payload = output.shape().payload();
    if (payload != null) {
      Object value = output.get(payload.index());
      return value == null ? Body.of("") : payload(model, payload, value, headers);
    }
    boolean document =
        hasOutputBody(output.shape())
            || format.writesEmpty() && !Dialect.isUnit(output.shape()) && status != 204;
    if (!document) {
      return Body.of("");
    }
    contentType(headers, format.contentType());
    return Body.of(format.writeStructure(model, operation, output));
  }

  private Body payload(ServiceModel model, Member payload, Object value, Headers headers) {
    return switch (value) {
      case Body body -> {
        contentType(headers, "application/octet-stream");
        yield body;
      }
      case byte[] bytes -> {
        contentType(headers, "application/octet-stream");
        yield Body.of(bytes);
      }
      case String text when payload.target().kind() == Shape.Kind.STRING -> {
        contentType(headers, "text/plain");
        yield Body.of(text);
      }
      default -> {
        contentType(headers, format.contentType());
        yield Body.of(format.writePayload(model, payload, value));
      }
    };
  }

  private static void contentType(Headers headers, String contentType) {
    if (!headers.has("Content-Type")) {
      headers.add("Content-Type", contentType);
    }
  }

  @Override
  public WireResponse encodeError(ServiceModel model, ServiceError error, String requestId) {
    if (error.httpStatus() == 304) {
      return notModified(error);
    }
    Headers headers = Headers.of("Content-Type", format.contentType());
    Struct struct = error.struct();
    if (struct != null) {
      for (Member member : struct.shape().members()) {
        Object value = struct.get(member.index());
        if (value != null && member.location() == Location.HEADER) {
          headers.add(member.locationName(), HeaderText.write(value, member));
        }
      }
    }
    byte[] document = format.writeError(model, error, requestId, headers);
    return new WireResponse(error.httpStatus(), headers, Body.of(document));
  }

  // No body, and the tag that the client has already.
  private static WireResponse notModified(ServiceError error) {
    var headers = new Headers();
    String etag = error.details().get("ETag");
    if (etag != null) {
      headers.add("ETag", HeaderText.checked(etag));
    }
    return new WireResponse(304, headers, Body.of(""));
  }
}
