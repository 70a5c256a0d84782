package dev.brume.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.model.Member;
import dev.brume.model.Shape;
import dev.brume.model.Struct;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Structures of a service's model as JSON trees with the model's member names: to keep one in the
/// store, or to make one of a CloudFormation resource's properties where both have the same names.
/// Not a wire format. A timestamp is a number of milliseconds; members that the tree has and the
/// shape has not are left out.
public final class StructJson {
  private StructJson() {}

  public static byte[] bytes(Struct struct) {
    return Json.write(write(struct)).getBytes(StandardCharsets.UTF_8);
  }

  /// Fills `into` from what [#bytes] wrote, and returns it.
  public static <T extends Struct> T read(byte[] bytes, T into) {
    return read(Json.parseOwn(new String(bytes, StandardCharsets.UTF_8)), into);
  }

  public static ObjectNode write(Struct struct) {
    ObjectNode node = Json.object();
    for (Member member : struct.shape().members()) {
      Object value = struct.get(member.index());
      if (value != null) {
        node.set(member.name(), node(value));
      }
    }
    return node;
  }

  /// Fills `into` from the tree, and returns it. Scalars are converted to the member's type.
  public static <T extends Struct> T read(JsonNode node, T into) {
    for (Member member : into.shape().members()) {
      JsonNode value = node.get(member.name());
      if (value != null && !value.isNull()) {
        into.set(member.index(), value(value, member.target()));
      }
    }
    return into;
  }

  private static JsonNode node(Object value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (value) {
      case Struct struct -> write(struct);
      case List<?> list -> {
        ArrayNode array = Json.array();
        list.forEach(element -> array.add(node(element)));
        yield array;
      }
      case Map<?, ?> map -> {
        ObjectNode object = Json.object();
        map.forEach((key, element) -> object.set(String.valueOf(key), node(element)));
        yield object;
      }
      case String text -> nodes.textNode(text);
      case Boolean bool -> nodes.booleanNode(bool);
      case Integer number -> nodes.numberNode(number);
      case Long number -> nodes.numberNode(number);
      case Float number -> nodes.numberNode(number);
      case Double number -> nodes.numberNode(number);
      case Instant instant -> nodes.numberNode(instant.toEpochMilli());
      case byte[] bytes -> nodes.binaryNode(bytes);
      default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
    };
  }

  private static Object value(JsonNode node, Shape shape) {
    return switch (shape.kind()) {
      case STRUCTURE, UNION -> read(node, shape.make());
      case LIST -> {
        var list = new ArrayList<Object>();
        node.forEach(element -> list.add(value(element, shape.element().target())));
        yield list;
      }
      case MAP -> {
        var map = new LinkedHashMap<String, Object>();
        node.properties()
            .forEach(e -> map.put(e.getKey(), value(e.getValue(), shape.value().target())));
        yield map;
      }
      case STRING -> node.isValueNode() ? node.asText() : Json.write(node);
      case INTEGER -> node.asInt();
      case LONG -> node.asLong();
      case BOOLEAN -> node.asBoolean();
      case FLOAT -> (float) node.asDouble();
      case DOUBLE -> node.asDouble();
      case TIMESTAMP -> Instant.ofEpochMilli(node.asLong());
      case BLOB -> {
        try {
          yield node.binaryValue();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      case DOCUMENT -> throw new IllegalArgumentException("documents are not supported");
    };
  }
}
