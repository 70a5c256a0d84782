package dev.brume.model;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Text, equality and hash of structure values, for generated classes. Sensitive members are not
/// shown.
public final class StructText {
  private StructText() {}

  public static String of(Struct struct) {
    var text = new StringBuilder(struct.shape().name()).append('{');
    String separator = "";
    for (Member member : struct.shape().members()) {
      Object value = struct.get(member.index());
      if (value != null) {
        text.append(separator).append(member.name()).append('=');
        text.append(member.flags().sensitive() ? "***" : value instanceof byte[] blob ? blob.length + " bytes" : value);
        separator = ", ";
      }
    }
    return text.append('}').toString();
  }

  /// Whether both have equal members; both are of the same class.
  public static boolean equal(Struct one, Struct other) {
    for (Member member : one.shape().members()) {
      if (!Objects.deepEquals(one.get(member.index()), other.get(member.index()))) {
        return false;
      }
    }
    return true;
  }

  public static int hash(Struct struct) {
    int hash = 1;
    for (Member member : struct.shape().members()) {
      @Nullable Object value = struct.get(member.index());
      hash = 31 * hash + (value instanceof byte[] blob ? Arrays.hashCode(blob) : Objects.hashCode(value));
    }
    return hash;
  }
}
