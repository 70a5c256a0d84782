package dev.brume.protocol;

import dev.brume.model.Body;
import dev.brume.model.Member;
import dev.brume.model.Shape;
import dev.brume.model.Struct;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.smithy.model.node.Node;
import software.amazon.smithy.model.node.ObjectNode;

/// Values from the parameters of conformance cases, and values as plain trees that can be compared.
final class Values {
  private Values() {}

  static Struct struct(Shape shape, ObjectNode params) {
    Struct struct = shape.make();
    params
        .getStringMap()
        .forEach(
            (name, node) -> {
              Member member = shape.member(name);
              if (member == null) {
                throw new IllegalArgumentException("no member " + name + " in " + shape);
              }
              struct.set(member.index(), value(member, node));
            });
    return struct;
  }

  private static @Nullable Object value(Member member, Node node) {
    Shape shape = member.target();
    if (shape.kind() == Shape.Kind.DOCUMENT) {
      return document(node);
    }
    if (node.isNullNode()) {
      return null;
    }
    return switch (shape.kind()) {
      case STRUCTURE, UNION -> struct(shape, node.expectObjectNode());
      case LIST -> {
        var list = new ArrayList<@Nullable Object>();
        node.expectArrayNode().getElements().forEach(e -> list.add(value(shape.element(), e)));
        yield list;
      }
      case MAP -> {
        var map = new LinkedHashMap<String, @Nullable Object>();
        node.expectObjectNode()
            .getStringMap()
            .forEach((key, element) -> map.put(key, value(shape.value(), element)));
        yield map;
      }
      case STRING -> node.expectStringNode().getValue();
      case INTEGER -> node.expectNumberNode().getValue().intValue();
      case LONG -> node.expectNumberNode().getValue().longValue();
      case BOOLEAN -> node.expectBooleanNode().getValue();
      case FLOAT -> (float) number(node);
      case DOUBLE -> number(node);
      case TIMESTAMP -> {
        if (node.isStringNode()) {
          yield Instant.parse(node.expectStringNode().getValue());
        }
        var seconds = new BigDecimal(node.expectNumberNode().getValue().toString());
        yield Instant.ofEpochMilli(seconds.movePointRight(3).longValue());
      }
      case BLOB -> {
        byte[] bytes = node.expectStringNode().getValue().getBytes(StandardCharsets.UTF_8);
        yield member.flags().streaming() ? Body.of(bytes) : bytes;
      }
      case DOCUMENT -> throw new IllegalStateException();
    };
  }

  private static double number(Node node) {
    return node.isStringNode()
        ? Numbers.floating(node.expectStringNode().getValue())
        : node.expectNumberNode().getValue().doubleValue();
  }

  private static @Nullable Object document(Node node) {
    return switch (node.getType()) {
      case NULL -> null;
      case BOOLEAN -> node.expectBooleanNode().getValue();
      case STRING -> node.expectStringNode().getValue();
      case NUMBER -> node.expectNumberNode().getValue();
      case ARRAY -> {
        var list = new ArrayList<@Nullable Object>();
        node.expectArrayNode().getElements().forEach(element -> list.add(document(element)));
        yield list;
      }
      case OBJECT -> {
        var map = new LinkedHashMap<String, @Nullable Object>();
        node.expectObjectNode().getStringMap().forEach((k, v) -> map.put(k, document(v)));
        yield map;
      }
    };
  }

  /// The value as maps, lists and text, so that AssertJ shows differences.
  static @Nullable Object tree(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Struct struct -> {
        var map = new TreeMap<String, @Nullable Object>();
        for (Member member : struct.shape().members()) {
          Object at = struct.get(member.index());
          Object tree = tree(at);
          if (tree != null || at != null && !(at instanceof Body)) {
            map.put(member.name(), tree);
          }
        }
        yield map;
      }
      case List<?> list -> list.stream().map(Values::tree).toList();
      case Map<?, ?> map -> {
        var copy = new TreeMap<String, @Nullable Object>();
        map.forEach((key, element) -> copy.put((String) key, tree(element)));
        yield copy;
      }
      case byte[] bytes -> "bytes:" + Base64.getEncoder().encodeToString(bytes);
      case Body body -> {
        try {
          byte[] bytes = body.stream().readAllBytes();
          yield bytes.length == 0 ? null : "bytes:" + Base64.getEncoder().encodeToString(bytes);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      case Integer number -> "number:" + number;
      case Long number -> "number:" + number;
      case Number number -> "number:" + Numbers.write(number.doubleValue());
      default -> value;
    };
  }
}
