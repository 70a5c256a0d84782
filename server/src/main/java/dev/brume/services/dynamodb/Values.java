package dev.brume.services.dynamodb;

import dev.brume.model.dynamodb.AttributeValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Attribute values: their type, checks, size, order, and form on disk.
///
// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>
final class Values {
  private static final BigDecimal NUMBER_MAX =
      new BigDecimal("9.9999999999999999999999999999999999999E125");
  private static final BigDecimal NUMBER_MIN = new BigDecimal("1E-130");

  private static final AttributeValue ABSENT = new AttributeValue();

  private Values() {}

  static AttributeValue string(String text) {
    return new AttributeValue().s(text);
  }

  static AttributeValue number(BigDecimal value) {
    return new AttributeValue().n(plain(value));
  }

  /// The type's descriptor: S, N, B, SS, NS, BS, M, L, NULL or BOOL.
  static String type(AttributeValue value) {
    for (int i = 0; i < value.shape().members().size(); i++) {
      if (value.get(i) != null) {
        return value.shape().members().get(i).name();
      }
    }
    return "";
  }

  /// Checks a value from a request and returns it with its numbers in canonical form. Throws
  /// ValidationException.
  static AttributeValue checked(AttributeValue value, int depth) {
    if (depth > DynamoDbLimits.NESTING_MAX) {
      throw DynamoDbErrors.validation(
          "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit");
    }
    long set =
        value.shape().members().stream()
            .filter(member -> value.get(member.index()) != null)
            .count();
    if (set != 1) {
      throw DynamoDbErrors.validation(
          set == 0
              ? "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
              : "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes");
    }
    return switch (type(value)) {
      case "N" -> new AttributeValue().n(plain(parse(value.n())));
      case "SS" -> {
        set(value.ss(), new HashSet<>(value.ss()).size());
        yield value;
      }
      case "NS" -> {
        List<String> numbers = value.ns().stream().map(n -> plain(parse(n))).toList();
        set(numbers, new HashSet<>(numbers).size());
        yield new AttributeValue().ns(numbers);
      }
      case "BS" -> {
        set(value.bs(), (int) value.bs().stream().map(Arrays::toString).distinct().count());
        yield value;
      }
      case "L" ->
          new AttributeValue()
              .l(value.l().stream().map(element -> checked(element, depth + 1)).toList());
      case "M" -> new AttributeValue().m(checked(value.m(), depth + 1));
      case "NULL" -> {
        if (!Boolean.TRUE.equals(value.null_())) {
          throw DynamoDbErrors.invalidParameter(
              "Null attribute value types must have the value of true");
        }
        yield value;
      }
      default -> value;
    };
  }

  static Map<String, AttributeValue> checked(Map<String, AttributeValue> item, int depth) {
    var checked = new LinkedHashMap<String, AttributeValue>();
    item.forEach((name, value) -> checked.put(name, checked(value, depth)));
    return checked;
  }

  private static void set(List<?> elements, int distinct) {
    if (elements.isEmpty()) {
      throw DynamoDbErrors.invalidParameter("An string set  may not be empty");
    }
    if (distinct != elements.size()) {
      throw DynamoDbErrors.invalidParameter(
          "Input collection " + elements + " contains duplicates.");
    }
  }

  /// A number from a request: at most 38 digits, magnitude 1E-130 to 9.99…E+125.
  static BigDecimal parse(@org.jspecify.annotations.Nullable String text) {
    BigDecimal number;
    try {
      String trimmed = text == null ? "" : text.strip();
      if (trimmed.length() > 200) {
        throw new NumberFormatException(trimmed);
      }
      number = new BigDecimal(trimmed);
    } catch (NumberFormatException e) {
      throw DynamoDbErrors.validation(
          "The parameter cannot be converted to a numeric value: " + text);
    }
    return inRange(number);
  }

  static BigDecimal inRange(BigDecimal number) {
    if (number.signum() == 0) {
      return BigDecimal.ZERO;
    }
    BigDecimal stripped = number.stripTrailingZeros();
    if (stripped.precision() > DynamoDbLimits.NUMBER_DIGITS_MAX) {
      throw DynamoDbErrors.validation(
          "Attempting to store more than 38 significant digits in a Number");
    }
    BigDecimal magnitude = stripped.abs();
    if (magnitude.compareTo(NUMBER_MAX) > 0) {
      throw DynamoDbErrors.validation(
          "Number overflow. Attempting to store a number with magnitude larger than supported range");
    }
    if (magnitude.compareTo(NUMBER_MIN) < 0) {
      throw DynamoDbErrors.validation(
          "Number underflow. Attempting to store a number with magnitude smaller than supported range");
    }
    return stripped;
  }

  static String plain(BigDecimal number) {
    BigDecimal stripped = number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
    return Math.abs(stripped.precision() - stripped.scale()) > 40 || stripped.scale() > 40
        ? stripped.toString()
        : stripped.toPlainString();
  }

  /// Compares two scalars of the same type; strings and binaries by unsigned bytes.
  static int compare(AttributeValue one, AttributeValue other) {
    if (one.n() != null && other.n() != null) {
      return new BigDecimal(one.n()).compareTo(new BigDecimal(other.n()));
    }
    if (one.s() != null && other.s() != null) {
      return Arrays.compareUnsigned(bytes(one.s()), bytes(other.s()));
    }
    if (one.b() != null && other.b() != null) {
      return Arrays.compareUnsigned(one.b(), other.b());
    }
    throw new IllegalArgumentException("not comparable: " + type(one) + " and " + type(other));
  }

  static boolean ordered(AttributeValue value) {
    return value.s() != null || value.n() != null || value.b() != null;
  }

  /// Equality as in conditions: numbers by value, sets without order.
  static boolean equal(AttributeValue one, AttributeValue other) {
    String type = type(one);
    if (!type.equals(type(other))) {
      return false;
    }
    return switch (type) {
      case "S", "N", "B" -> compare(one, other) == 0;
      case "SS" -> new HashSet<>(one.ss()).equals(new HashSet<>(other.ss()));
      case "NS" -> new HashSet<>(one.ns()).equals(new HashSet<>(other.ns()));
      case "BS" ->
          one.bs().size() == other.bs().size()
              && one.bs().stream().allMatch(b -> has(other.bs(), b));
      case "L" -> one.l().size() == other.l().size() && allEqual(one.l(), other.l());
      case "M" ->
          one.m().keySet().equals(other.m().keySet())
              && one.m().entrySet().stream()
                  .allMatch(e -> equal(e.getValue(), other.m().getOrDefault(e.getKey(), ABSENT)));
      default -> one.equals(other);
    };
  }

  private static boolean allEqual(List<AttributeValue> one, List<AttributeValue> other) {
    for (int i = 0; i < one.size(); i++) {
      if (!equal(one.get(i), other.get(i))) {
        return false;
      }
    }
    return true;
  }

  static boolean has(List<byte[]> set, byte[] wanted) {
    return set.stream().anyMatch(element -> Arrays.equals(element, wanted));
  }

  /// An item's size in bytes as AWS counts it: names and values in UTF-8, numbers by digits, 3
  /// bytes for a list or map and 1 per element.
  ///
  // <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
  static int size(Map<String, AttributeValue> item) {
    int size = 0;
    for (var entry : item.entrySet()) {
      size += bytes(entry.getKey()).length + size(entry.getValue());
    }
    return size;
  }

  static int size(AttributeValue value) {
    return switch (type(value)) {
      case "S" -> bytes(String.valueOf(value.s())).length;
      case "N" -> numberSize(String.valueOf(value.n()));
      case "B" -> value.b() == null ? 0 : value.b().length;
      case "SS" -> value.ss().stream().mapToInt(s -> bytes(s).length).sum();
      case "NS" -> value.ns().stream().mapToInt(Values::numberSize).sum();
      case "BS" -> value.bs().stream().mapToInt(b -> b.length).sum();
      case "L" -> 3 + value.l().stream().mapToInt(element -> 1 + size(element)).sum();
      case "M" -> 3 + value.m().size() + size(value.m());
      default -> 1;
    };
  }

  private static int numberSize(String number) {
    return (new BigDecimal(number).precision() + 1) / 2 + (number.startsWith("-") ? 2 : 1);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// An item on disk: type tags and lengths, attribute order kept.
  static byte[] write(Map<String, AttributeValue> item) {
    var out = new ByteArrayOutputStream(64 + 32 * item.size());
    try {
      map(new DataOutputStream(out), item);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static Map<String, AttributeValue> read(byte[] bytes) {
    try {
      return map(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void map(DataOutputStream out, Map<String, AttributeValue> item)
      throws IOException {
    out.writeInt(item.size());
    for (var entry : item.entrySet()) {
      blob(out, bytes(entry.getKey()));
      value(out, entry.getValue());
    }
  }

  private static Map<String, AttributeValue> map(DataInputStream in) throws IOException {
    int size = in.readInt();
    var item = new LinkedHashMap<String, AttributeValue>();
    for (int i = 0; i < size; i++) {
      item.put(text(in), value(in));
    }
    return item;
  }

  // The tag is the member's place in the model's union, which AWS cannot reorder without breaking
  // rpc clients; new types come last.
  private static void value(DataOutputStream out, AttributeValue value) throws IOException {
    String type = type(value);
    switch (type) {
      case "S" -> tagged(out, 0, bytes(String.valueOf(value.s())));
      case "N" -> tagged(out, 1, bytes(String.valueOf(value.n())));
      case "B" -> tagged(out, 2, value.b() == null ? new byte[0] : value.b());
      case "SS" -> texts(out, 3, value.ss());
      case "NS" -> texts(out, 4, value.ns());
      case "BS" -> {
        out.writeByte(5);
        out.writeInt(value.bs().size());
        for (byte[] element : value.bs()) {
          blob(out, element);
        }
      }
      case "M" -> {
        out.writeByte(6);
        map(out, value.m());
      }
      case "L" -> {
        out.writeByte(7);
        out.writeInt(value.l().size());
        for (AttributeValue element : value.l()) {
          value(out, element);
        }
      }
      case "NULL" -> out.writeByte(8);
      case "BOOL" -> out.writeByte(Boolean.TRUE.equals(value.bool()) ? 10 : 9);
      default -> throw new IllegalArgumentException("no value");
    }
  }

  private static AttributeValue value(DataInputStream in) throws IOException {
    int tag = in.readByte();
    return switch (tag) {
      case 0 -> new AttributeValue().s(text(in));
      case 1 -> new AttributeValue().n(text(in));
      case 2 -> new AttributeValue().b(blob(in));
      case 3 -> new AttributeValue().ss(texts(in));
      case 4 -> new AttributeValue().ns(texts(in));
      case 5 -> {
        int size = in.readInt();
        var blobs = new ArrayList<byte[]>(size);
        for (int i = 0; i < size; i++) {
          blobs.add(blob(in));
        }
        yield new AttributeValue().bs(blobs);
      }
      case 6 -> new AttributeValue().m(map(in));
      case 7 -> {
        int size = in.readInt();
        var elements = new ArrayList<AttributeValue>(size);
        for (int i = 0; i < size; i++) {
          elements.add(value(in));
        }
        yield new AttributeValue().l(elements);
      }
      case 8 -> new AttributeValue().null_(true);
      case 9 -> new AttributeValue().bool(false);
      case 10 -> new AttributeValue().bool(true);
      default -> throw new IOException("unknown value tag " + tag);
    };
  }

  private static void tagged(DataOutputStream out, int tag, byte[] content) throws IOException {
    out.writeByte(tag);
    blob(out, content);
  }

  private static void texts(DataOutputStream out, int tag, List<String> texts) throws IOException {
    out.writeByte(tag);
    out.writeInt(texts.size());
    for (String text : texts) {
      blob(out, bytes(text));
    }
  }

  private static List<String> texts(DataInputStream in) throws IOException {
    int size = in.readInt();
    var texts = new ArrayList<String>(size);
    for (int i = 0; i < size; i++) {
      texts.add(text(in));
    }
    return texts;
  }

  private static void blob(DataOutputStream out, byte[] content) throws IOException {
    out.writeInt(content.length);
    out.write(content);
  }

  private static byte[] blob(DataInputStream in) throws IOException {
    return in.readNBytes(in.readInt());
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(blob(in), StandardCharsets.UTF_8);
  }
}
