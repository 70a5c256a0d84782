package dev.brume.store;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// An ordered key made of elements (strings, longs, byte arrays), encoded so that the order of the
/// bytes is the order of the elements, element by element.
///
/// By convention: service, account, region, kind of row, then the row's own elements, e.g.
/// `Key.of("sqs", account, region, "queue", name)`.
/// Strings sort by their UTF-8 bytes, longs by number, byte arrays by unsigned byte.
public final class Key implements Comparable<Key> {
  private static final byte BYTES = 1;
  private static final byte STRING = 2;
  private static final byte LONG = 3;
  private static final int ESCAPE = 0xFF;

  private final byte[] bytes;

  private Key(byte[] bytes) {
    this.bytes = bytes;
  }

  public static Key of(Object... elements) {
    return new Key(new byte[0]).then(elements);
  }

  /// The key with these encoded bytes, as [#bytes] gave them.
  public static Key ofBytes(byte[] encoded) {
    return new Key(encoded);
  }

  /// This key with further elements.
  public Key then(Object... elements) {
    var out = new ByteArrayOutputStream(bytes.length + 24 * elements.length);
    out.writeBytes(bytes);
    for (Object element : elements) {
      switch (element) {
        case String text -> escaped(out, STRING, text.getBytes(StandardCharsets.UTF_8));
        case byte[] blob -> escaped(out, BYTES, blob);
        case Long number -> number(out, number);
        case Integer number -> number(out, number);
        default -> throw new IllegalArgumentException("not a key element: " + element.getClass());
      }
    }
    return new Key(out.toByteArray());
  }

  /// The first key after every key that starts with these elements: the exclusive end of a prefix
  /// scan.
  public Key end() {
    byte[] end = Arrays.copyOf(bytes, bytes.length + 1);
    end[bytes.length] = (byte) 0xFF;
    return new Key(end);
  }

  /// The first key after this one (inclusive start of the rest of a scan).
  public Key next() {
    return new Key(Arrays.copyOf(bytes, bytes.length + 1));
  }

  public boolean startsWith(Key prefix) {
    return bytes.length >= prefix.bytes.length
        && Arrays.equals(bytes, 0, prefix.bytes.length, prefix.bytes, 0, prefix.bytes.length);
  }

  public byte[] bytes() {
    return bytes;
  }

  /// The elements again: `String`, `Long` or `byte[]`.
  public List<Object> elements() {
    var elements = new ArrayList<Object>();
    int at = 0;
    while (at < bytes.length) {
      byte kind = bytes[at++];
      if (kind == LONG) {
        long number = 0;
        for (int i = 0; i < 8; i++) {
          number = number << 8 | (bytes[at++] & 0xFF);
        }
        elements.add(number ^ Long.MIN_VALUE);
      } else {
        var out = new ByteArrayOutputStream();
        while (bytes[at] != 0 || at + 1 < bytes.length && (bytes[at + 1] & 0xFF) == ESCAPE) {
          out.write(bytes[at]);
          at += bytes[at] == 0 ? 2 : 1;
        }
        at++;
        elements.add(kind == STRING ? out.toString(StandardCharsets.UTF_8) : out.toByteArray());
      }
    }
    return elements;
  }

  /// The element at this place, a string.
  public String string(int index) {
    return (String) elements().get(index);
  }

  /// The last element, a string.
  public String lastString() {
    return (String) elements().getLast();
  }

  private static void number(ByteArrayOutputStream out, long number) {
    out.write(LONG);
    long ordered = number ^ Long.MIN_VALUE;
    for (int shift = 56; shift >= 0; shift -= 8) {
      out.write((int) (ordered >>> shift));
    }
  }

  // A zero byte inside is written as 00 FF, the end as 00: so shorter sorts first and nothing
  // collides. Element kinds are below FF.
  private static void escaped(ByteArrayOutputStream out, byte kind, byte[] content) {
    out.write(kind);
    for (byte b : content) {
      out.write(b);
      if (b == 0) {
        out.write(ESCAPE);
      }
    }
    out.write(0);
  }

  @Override
  public int compareTo(Key other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
