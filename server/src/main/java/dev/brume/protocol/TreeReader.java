package dev.brume.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import dev.brume.model.Member;
import dev.brume.model.Shape;
import dev.brume.model.Shape.TimestampFormat;
import dev.brume.model.Struct;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads JSON or CBOR into values of shapes. Unknown members are skipped; a value of the wrong type
/// or range is [Malformed].
final class TreeReader {
  private final TreeFormat format;
  private final JsonParser parser;

  private TreeReader(TreeFormat format, JsonParser parser) {
    this.format = format;
    this.parser = parser;
  }

  /// Fills `into` from a document that is one structure; an empty document is an empty structure.
  static void structure(TreeFormat format, byte[] document, Struct into) {
    if (document.length == 0) {
      return;
    }
    read(
        format,
        document,
        reader -> {
          reader.fields(into.shape(), into, true);
          return into;
        });
  }

  /// Reads a document that is one value of the member's shape.
  static @Nullable Object value(TreeFormat format, byte[] document, Member member) {
    return read(format, document, reader -> reader.value(member));
  }

  private interface Reading {
    @Nullable Object from(TreeReader reader) throws IOException;
  }

  private static @Nullable Object read(TreeFormat format, byte[] document, Reading reading) {
    try (JsonParser parser = format.factory().createParser(document)) {
      if (parser.nextToken() == null) {
        throw new Malformed("Unexpected end of input");
      }
      Object value = reading.from(new TreeReader(format, parser));
      if (parser.nextToken() != null) {
        throw new Malformed("Unexpected text after the document");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new Malformed(e.getOriginalMessage());
    } catch (IOException e) {
      throw new Malformed("Unreadable document");
    }
  }

  private void fields(Shape shape, Struct into, boolean top) throws IOException {
    expect(JsonToken.START_OBJECT, "a structure");
    int present = 0;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = name();
      JsonToken token = parser.nextToken();
      Member member = format.member(shape, name);
      if (member == null || top && !format.inDocument(member)) {
        if (shape.kind() == Shape.Kind.UNION
            && token != JsonToken.VALUE_NULL
            && !name.equals("__type")) {
          throw new Malformed("Unknown member " + name + " of the union " + shape.name());
        }
        parser.skipChildren();
      } else if (token != JsonToken.VALUE_NULL || member.target().kind() == Shape.Kind.DOCUMENT) {
        into.set(member.index(), value(member));
        present++;
      }
    }
    if (shape.kind() == Shape.Kind.UNION && present != 1) {
      throw new Malformed("The union " + shape.name() + " must have exactly one member set");
    }
  }

  private String name() throws IOException {
    String name = parser.currentName();
    if (name == null) {
      throw new Malformed("Unexpected end of input");
    }
    return name;
  }

  private @Nullable Object value(Member member) throws IOException {
    Shape target = member.target();
    return switch (target.kind()) {
      case STRUCTURE, UNION -> {
        Struct struct = target.make();
        fields(target, struct, false);
        yield struct;
      }
      case LIST -> list(target);
      case MAP -> map(target);
      case STRING -> {
        expect(JsonToken.VALUE_STRING, "a String");
        yield parser.getText();
      }
      case INTEGER -> integer();
      case LONG -> longInteger();
      case BOOLEAN -> bool();
      case FLOAT -> (float) floating();
      case DOUBLE -> floating();
      case TIMESTAMP -> timestamp(member);
      case BLOB -> blob();
      case DOCUMENT -> document();
    };
  }

  private List<Object> list(Shape shape) throws IOException {
    expect(JsonToken.START_ARRAY, "a list");
    Member element = shape.element();
    var list = new ArrayList<Object>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Object value = parser.currentToken() == JsonToken.VALUE_NULL ? null : value(element);
      if (value == null) {
        throw new Malformed("A list must not contain null");
      }
      list.add(value);
    }
    return list;
  }

  private Map<String, Object> map(Shape shape) throws IOException {
    expect(JsonToken.START_OBJECT, "a map");
    Member valueMember = shape.value();
    var map = new LinkedHashMap<String, Object>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = name();
      parser.nextToken();
      Object value = parser.currentToken() == JsonToken.VALUE_NULL ? null : value(valueMember);
      if (value == null) {
        throw new Malformed("A map must not contain null");
      }
      map.put(key, value);
    }
    return map;
  }

  private int integer() throws IOException {
    long value = longInteger();
    if (value != (int) value) {
      throw new Malformed(value + " is out of the range of an Integer");
    }
    return (int) value;
  }

  private long longInteger() throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NUMBER_INT) {
      JsonParser.NumberType type = parser.getNumberType();
      if (type == JsonParser.NumberType.INT || type == JsonParser.NumberType.LONG) {
        return parser.getLongValue();
      }
      throw new Malformed("Number out of the range of a Long");
    }
    if (token == JsonToken.VALUE_NUMBER_FLOAT) {
      double value = parser.getDoubleValue();
      if (value == Math.rint(value) && Math.abs(value) < 1L << 53) {
        return (long) value;
      }
      throw new Malformed("A fractional number cannot be converted to an integer");
    }
    throw mismatch("an Integer");
  }

  private double floating() throws IOException {
    return switch (token()) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_STRING ->
          switch (parser.getText()) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw mismatch("a Double");
          };
      default -> throw mismatch("a Double");
    };
  }

  private boolean bool() {
    return switch (token()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw mismatch("a Boolean");
    };
  }

  private Instant timestamp(Member member) throws IOException {
    TimestampFormat expected = Timestamps.format(member, TimestampFormat.EPOCH_SECONDS);
    if (format == TreeFormat.CBOR) {
      boolean tagged = ((CBORParser) parser).getCurrentTag() == 1;
      if (!tagged || !token().isNumeric()) {
        throw mismatch("a Timestamp");
      }
      return Timestamps.ofEpochSeconds(seconds());
    }
    if (expected == TimestampFormat.EPOCH_SECONDS) {
      if (!token().isNumeric()) {
        throw mismatch("a Timestamp");
      }
      return Timestamps.ofEpochSeconds(seconds());
    }
    expect(JsonToken.VALUE_STRING, "a Timestamp");
    return Timestamps.read(parser.getText(), expected);
  }

  // Through a double first, so that a huge exponent costs nothing.
  private BigDecimal seconds() throws IOException {
    double value = parser.getDoubleValue();
    if (!(Math.abs(value) < 1e15)) {
      throw new Malformed("Timestamp out of range");
    }
    return BigDecimal.valueOf(value);
  }

  private byte[] blob() throws IOException {
    if (format == TreeFormat.CBOR) {
      if (token() != JsonToken.VALUE_EMBEDDED_OBJECT) {
        throw mismatch("a Blob");
      }
      return parser.getBinaryValue();
    }
    expect(JsonToken.VALUE_STRING, "a Blob");
    return SimpleText.base64(parser.getText());
  }

  private @Nullable Object document() throws IOException {
    return switch (token()) {
      case VALUE_NULL -> null;
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case START_ARRAY -> {
        var list = new ArrayList<@Nullable Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(document());
        }
        yield list;
      }
      case START_OBJECT -> {
        var map = new LinkedHashMap<String, @Nullable Object>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = name();
          parser.nextToken();
          map.put(key, document());
        }
        yield map;
      }
      default -> throw mismatch("a Document");
    };
  }

  private void expect(JsonToken token, String what) {
    if (parser.currentToken() != token) {
      throw mismatch(what);
    }
  }

  private JsonToken token() {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new Malformed("Unexpected end of input");
    }
    return token;
  }

  private Malformed mismatch(String wanted) {
    return new Malformed(
        switch (token()) {
          case START_OBJECT -> "Start of structure or map found where not expected";
          case START_ARRAY -> "Start of list found where not expected";
          case VALUE_STRING -> "STRING_VALUE can not be converted to " + wanted;
          case VALUE_NUMBER_INT -> "NUMBER_VALUE can not be converted to " + wanted;
          case VALUE_NUMBER_FLOAT -> "DECIMAL_VALUE can not be converted to " + wanted;
          case VALUE_TRUE -> "TRUE_VALUE can not be converted to " + wanted;
          case VALUE_FALSE -> "FALSE_VALUE can not be converted to " + wanted;
          default -> "Unexpected value where " + wanted + " was expected";
        });
  }
}
