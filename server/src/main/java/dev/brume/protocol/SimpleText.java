package dev.brume.protocol;

import dev.brume.model.Member;
import dev.brume.model.Shape.TimestampFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/// Simple values as text: in headers, query parameters, labels, XML elements and forms.
final class SimpleText {
  private SimpleText() {}

  static Object read(String text, Member member, TimestampFormat protocolDefault) {
    return switch (member.target().kind()) {
      case STRING -> text;
      case INTEGER -> Numbers.integer(text);
      case LONG -> Numbers.longInteger(text);
      case BOOLEAN -> bool(text);
      case FLOAT -> (float) Numbers.floating(text);
      case DOUBLE -> Numbers.floating(text);
      case TIMESTAMP -> Timestamps.read(text, Timestamps.format(member, protocolDefault));
      case BLOB -> base64(text);
      case DOCUMENT -> text;
      case STRUCTURE, UNION, LIST, MAP ->
          throw new Malformed(member.name() + " cannot be given as text");
    };
  }

  static String write(Object value, Member member, TimestampFormat protocolDefault) {
    return switch (value) {
      case String text -> text;
      case Float number -> floating(number);
      case Double number -> Numbers.write(number);
      case Instant instant -> Timestamps.write(instant, Timestamps.format(member, protocolDefault));
      case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
      default -> value.toString();
    };
  }

  static byte[] base64(String text) {
    if (text.length() % 4 != 0) {
      throw new Malformed("Invalid base64 value");
    }
    try {
      return Base64.getDecoder().decode(text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      throw new Malformed("Invalid base64 value");
    }
  }

  // A float widened to a double would show digits that the float never had.
  private static String floating(float number) {
    return number == Math.rint(number) && Math.abs(number) < 1e7f
        ? Long.toString((long) number)
        : Float.toString(number);
  }

  private static boolean bool(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new Malformed("'" + text + "' is not a boolean");
    };
  }
}
