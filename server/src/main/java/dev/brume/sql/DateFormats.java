package dev.brume.sql;

/// Trino's two ways to write a date's format, as `strftime` has them.
final class DateFormats {
  private DateFormats() {}

  /// MySQL's, of `date_format` and `date_parse`: `%Y-%m-%d %H:%i:%s`.
  static String mysql(String format) {
    var out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char letter = format.charAt(++i);
      out.append(
          switch (letter) {
            case 'a', 'b', 'd', 'f', 'H', 'j', 'm', 'p', 'S', 'Y', 'y', '%' -> "%" + letter;
            case 'c' -> "%-m";
            case 'e' -> "%-d";
            case 'h', 'I' -> "%I";
            case 'i' -> "%M";
            case 'k' -> "%-H";
            case 'l' -> "%-I";
            case 'M' -> "%B";
            case 'r' -> "%I:%M:%S %p";
            case 's' -> "%S";
            case 'T' -> "%H:%M:%S";
            case 'v' -> "%V";
            case 'W' -> "%A";
            case 'x' -> "%G";
            default ->
                throw new SqlFailure(
                    "INVALID_FUNCTION_ARGUMENT: %"
                        + letter
                        + " not supported in date format string");
          });
    }
    return out.toString();
  }

  /// Joda's, of `format_datetime` and `parse_datetime`: `yyyy-MM-dd HH:mm:ss`.
  static String joda(String format) {
    var out = new StringBuilder();
    int i = 0;
    while (i < format.length()) {
      char c = format.charAt(i);
      if (c == '\'') {
        int end = format.indexOf('\'', i + 1);
        end = end < 0 ? format.length() : end;
        out.append(end == i + 1 ? "'" : format.substring(i + 1, end));
        i = end + 1;
      } else if (Character.isLetter(c)) {
        int end = i;
        while (end < format.length() && format.charAt(end) == c) {
          end++;
        }
        out.append(joda(c, end - i));
        i = end;
      } else {
        out.append(c == '%' ? "%%" : c);
        i++;
      }
    }
    return out.toString();
  }

  private static String joda(char letter, int length) {
    boolean padded = length >= 2;
    return switch (letter) {
      case 'y', 'Y' -> length == 2 ? "%y" : "%Y";
      case 'x' -> "%G";
      case 'w' -> "%V";
      case 'M' -> length >= 4 ? "%B" : length == 3 ? "%b" : padded ? "%m" : "%-m";
      case 'd' -> padded ? "%d" : "%-d";
      case 'D' -> "%j";
      case 'E' -> length >= 4 ? "%A" : "%a";
      case 'e' -> "%u";
      case 'H' -> padded ? "%H" : "%-H";
      case 'h' -> padded ? "%I" : "%-I";
      case 'm' -> padded ? "%M" : "%-M";
      case 's' -> padded ? "%S" : "%-S";
      case 'S' -> length > 3 ? "%f" : "%g";
      case 'a' -> "%p";
      case 'Z', 'z' -> "%z";
      default ->
          throw new SqlFailure(
              "INVALID_FUNCTION_ARGUMENT: Illegal pattern component: "
                  + String.valueOf(letter).repeat(length));
    };
  }
}
