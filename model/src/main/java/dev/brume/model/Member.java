package dev.brume.model;

import org.jspecify.annotations.Nullable;

/// One member of a structure, or the element, key or value of a collection.
///
/// @param index its place in [Shape#members()], the argument of [Struct#get]
/// @param name its name in the model, e.g. `QueueUrl`
/// @param target the shape of its values
/// @param location where it travels in an HTTP request or response of the REST protocols
/// @param locationName the header's, query parameter's, label's name or the header prefix; for BODY
///   the JSON name; the model name unless the model gives another
/// @param xmlName the element's (or attribute's) name in XML; also the name in awsQuery
/// @param required must be present in a request
/// @param flags the yes-or-no traits
/// @param timestampFormat the member's own, DEFAULT if none
/// @param xmlNamespace the namespace to declare on the element, null if none
public record Member(
    int index,
    String name,
    Shape target,
    Location location,
    String locationName,
    String xmlName,
    boolean required,
    Flags flags,
    Shape.TimestampFormat timestampFormat,
    @Nullable XmlNamespace xmlNamespace) {

  /// Where a member travels (REST protocols); the others put all in the body. In an event of an
  /// event stream, of any protocol: HEADER, PAYLOAD or BODY.
  public enum Location {
    BODY,
    HEADER,
    PREFIX_HEADERS,
    QUERY,
    QUERY_PARAMS,
    LABEL,
    STATUS_CODE,
    PAYLOAD
  }

  /// @param streaming a payload blob that is not buffered
  /// @param flattened an XML list or map without a wrapping element
  /// @param xmlAttribute written as an attribute
  /// @param idempotencyToken filled in by clients when absent
  /// @param sensitive never logged
  /// @param eventStream the payload is a stream of events
  public record Flags(
      boolean streaming,
      boolean flattened,
      boolean xmlAttribute,
      boolean idempotencyToken,
      boolean sensitive,
      boolean eventStream) {
    public static final Flags NONE = new Flags(false, false, false, false, false, false);
  }

  public record XmlNamespace(@Nullable String prefix, String uri) {}
}
