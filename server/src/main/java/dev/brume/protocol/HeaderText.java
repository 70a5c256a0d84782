package dev.brume.protocol;

import dev.brume.model.Member;
import dev.brume.model.ServiceError;
import dev.brume.model.Shape;
import dev.brume.model.Shape.TimestampFormat;
import java.util.ArrayList;
import java.util.List;

/// Values of members in headers: lists are comma-separated, with quoted elements.
final class HeaderText {
  private HeaderText() {}

  static Object read(List<String> values, Member member) {
    if (member.target().kind() != Shape.Kind.LIST) {
      return SimpleText.read(String.join(",", values).strip(), member, TimestampFormat.HTTP_DATE);
    }
    Member element = member.target().element();
    boolean commaInside =
        element.target().kind() == Shape.Kind.TIMESTAMP
            && Timestamps.format(element, TimestampFormat.HTTP_DATE) == TimestampFormat.HTTP_DATE;
    var list = new ArrayList<Object>();
    for (String value : values) {
      for (String part : commaInside ? splitDates(value) : split(value)) {
        list.add(SimpleText.read(part, element, TimestampFormat.HTTP_DATE));
      }
    }
    return list;
  }

  /// Throws [ServiceError] for a value that would split the response, e.g. one that a client asked
  /// to have echoed.
  static String write(Object value, Member member) {
    String text;
    if (value instanceof List<?> list) {
      Member element = member.target().element();
      var parts = new ArrayList<String>(list.size());
      for (Object part : list) {
        parts.add(quoted(SimpleText.write(part, element, TimestampFormat.HTTP_DATE), element));
      }
      text = String.join(", ", parts);
    } else {
      text = SimpleText.write(value, member, TimestampFormat.HTTP_DATE);
    }
    return checked(text);
  }

  static String checked(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\r' || c == '\n' || c == 0) {
        throw new ServiceError(
            "InvalidArgument", "Header value cannot be represented in a header", 400);
      }
    }
    return text;
  }

  private static String quoted(String part, Member element) {
    if (element.target().kind() != Shape.Kind.STRING
        || part.indexOf(',') < 0 && part.indexOf('"') < 0) {
      return part;
    }
    return '"' + part.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static List<String> split(String value) {
    var parts = new ArrayList<String>();
    int at = 0;
    while (at <= value.length()) {
      while (at < value.length() && value.charAt(at) == ' ') {
        at++;
      }
      if (at < value.length() && value.charAt(at) == '"') {
        var part = new StringBuilder();
        at++;
        while (at < value.length() && value.charAt(at) != '"') {
          at += value.charAt(at) == '\\' && at + 1 < value.length() ? 1 : 0;
          part.append(value.charAt(at++));
        }
        if (at >= value.length()) {
          throw new Malformed("Unterminated quoted string in header");
        }
        parts.add(part.toString());
        int comma = value.indexOf(',', at);
        if (!value.substring(at + 1, comma < 0 ? value.length() : comma).isBlank()) {
          throw new Malformed("Unexpected text after a quoted string in header");
        }
        at = comma < 0 ? value.length() + 1 : comma + 1;
      } else {
        int comma = value.indexOf(',', at);
        comma = comma < 0 ? value.length() : comma;
        parts.add(value.substring(at, comma).strip());
        at = comma + 1;
      }
    }
    return parts;
  }

  // An HTTP date has one comma of its own.
  private static List<String> splitDates(String value) {
    String[] halves = value.split(",");
    var dates = new ArrayList<String>();
    for (int i = 0; i + 1 < halves.length; i += 2) {
      dates.add(halves[i].strip() + ", " + halves[i + 1].strip());
    }
    if (halves.length % 2 != 0) {
      throw new Malformed("Invalid timestamp " + value);
    }
    return dates;
  }
}
