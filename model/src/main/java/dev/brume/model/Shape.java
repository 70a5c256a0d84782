package dev.brume.model;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One shape of a service's model. Made by [ServiceModel]'s loader in two steps, because shapes
/// refer to each other; immutable once the model is loaded.
public final class Shape {
  /// What a shape is on the wire and in Java (see [Struct] for the Java types).
  public enum Kind {
    STRUCTURE,
    UNION,
    LIST,
    MAP,
    STRING,
    INTEGER,
    LONG,
    BOOLEAN,
    FLOAT,
    DOUBLE,
    TIMESTAMP,
    BLOB,
    DOCUMENT
  }

  /// How a timestamp is written. `DEFAULT` is the protocol's own.
  public enum TimestampFormat {
    DEFAULT,
    DATE_TIME,
    HTTP_DATE,
    EPOCH_SECONDS
  }

  /// Limits from the model; null or empty where it gives none. `min` and `max` bound a string's
  /// length in code points, a blob's in bytes, a list's or map's size, or a number's value.
  public record Constraints(
      @Nullable BigDecimal min, @Nullable BigDecimal max, @Nullable Pattern pattern, List<String> enumValues) {
    public static final Constraints NONE = new Constraints(null, null, null, List.of());
  }

  /// What makes a structure an error. `code` is the one on the wire of the awsQuery protocols (and
  /// of `x-amzn-query-error`), else the shape's name; `httpStatus` e.g. 400; `senderFault` false
  /// for server faults.
  public record ErrorTrait(String code, int httpStatus, boolean senderFault) {}

  private final String name;
  private final Kind kind;
  private final Constraints constraints;
  private final TimestampFormat timestampFormat;
  private final @Nullable ErrorTrait error;
  private @Nullable String xmlName;
  private List<Member> members = List.of();
  private Map<String, Member> membersByName = Map.of();
  private @Nullable Supplier<? extends Struct> maker;

  public Shape(
      String name,
      Kind kind,
      Constraints constraints,
      TimestampFormat timestampFormat,
      @Nullable ErrorTrait error) {
    this.name = name;
    this.kind = kind;
    this.constraints = constraints;
    this.timestampFormat = timestampFormat;
    this.error = error;
  }

  /// The shape's name in the model, e.g. `SendMessageRequest`.
  public String name() {
    return name;
  }

  public Kind kind() {
    return kind;
  }

  public Constraints constraints() {
    return constraints;
  }

  /// The timestamp format that the shape itself gives; a member's own wins.
  public TimestampFormat timestampFormat() {
    return timestampFormat;
  }

  public @Nullable ErrorTrait error() {
    return error;
  }

  /// The root element's name when the shape is written as an XML document, null for the shape's
  /// name.
  public @Nullable String xmlName() {
    return xmlName;
  }

  /// A structure's or union's members in model order; a list's one element (named `member`); a
  /// map's two (`key`, `value`).
  public List<Member> members() {
    return members;
  }

  /// A structure's member by its model name, null if there is none.
  public @Nullable Member member(String memberName) {
    return membersByName.get(memberName);
  }

  /// The element of a list.
  public Member element() {
    return members.get(0);
  }

  public Member key() {
    return members.get(0);
  }

  public Member value() {
    return members.get(1);
  }

  public boolean isStructure() {
    return kind == Kind.STRUCTURE || kind == Kind.UNION;
  }

  /// The member that is the whole HTTP body, null if the body is made of the members without a
  /// location.
  public @Nullable Member payload() {
    for (Member member : members) {
      if (member.location() == Member.Location.PAYLOAD) {
        return member;
      }
    }
    return null;
  }

  /// A new empty value: of the generated class where there is one, else untyped.
  public Struct make() {
    return maker == null ? new UntypedStruct(this) : maker.get();
  }

  /// Second step of loading: called once, by the loader.
  public void link(List<Member> linkedMembers, @Nullable String linkedXmlName, @Nullable Supplier<? extends Struct> linkedMaker) {
    members = List.copyOf(linkedMembers);
    var byName = new java.util.HashMap<String, Member>();
    for (Member member : members) {
      byName.put(member.name(), member);
    }
    membersByName = Map.copyOf(byName);
    xmlName = linkedXmlName;
    maker = linkedMaker;
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }
}
