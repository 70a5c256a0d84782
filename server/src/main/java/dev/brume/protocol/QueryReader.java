package dev.brume.protocol;

import dev.brume.model.Member;
import dev.brume.model.Shape;
import dev.brume.model.Shape.TimestampFormat;
import dev.brume.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads awsQuery's flat form (`Attribute.1.Name=…`) into values of shapes.
final class QueryReader {
  private static final int NESTING_MAX = 64;

  /// One name part of the form, with the value that ends there and the parts below.
  private static final class Node {
    @Nullable String value;
    final Map<String, Node> children = new LinkedHashMap<>();
  }

  private QueryReader() {}

  static void structure(Map<String, List<String>> form, Struct into) {
    var root = new Node();
    form.forEach(
        (name, values) -> {
          Node node = root;
          String[] parts = name.split("\\.", -1);
          if (parts.length > NESTING_MAX) {
            throw new Malformed("Parameter name nested too deep");
          }
          for (String part : parts) {
            node = node.children.computeIfAbsent(part, key -> new Node());
          }
          node.value = values.getLast();
        });
    fields(root, into);
  }

  private static void fields(Node node, Struct into) {
    for (Member member : into.shape().members()) {
      Node child = node.children.get(member.xmlName());
      if (child != null) {
        Object value = value(child, member, member.flags().flattened());
        if (value != null) {
          into.set(member.index(), value);
        }
      }
    }
  }

  private static @Nullable Object value(Node node, Member member, boolean flattened) {
    Shape target = member.target();
    return switch (target.kind()) {
      case STRUCTURE, UNION -> {
        Struct struct = target.make();
        fields(node, struct);
        yield struct;
      }
      case LIST -> list(node, target, flattened);
      case MAP -> map(node, target, flattened);
      case STRING -> node.value == null ? "" : node.value;
      case INTEGER, LONG, BOOLEAN, FLOAT, DOUBLE, TIMESTAMP, BLOB, DOCUMENT -> simple(node, member);
    };
  }

  private static @Nullable Object simple(Node node, Member member) {
    String text = node.value;
    return text == null ? null : SimpleText.read(text, member, TimestampFormat.DATE_TIME);
  }

  private static List<Object> list(Node node, Shape target, boolean flattened) {
    Member element = target.element();
    Node holder = flattened ? node : node.children.get(element.xmlName());
    // Clients differ in how they name elements; `member` is always understood.
    holder = holder == null ? node.children.get("member") : holder;
    holder = holder == null ? node : holder;
    var list = new ArrayList<Object>();
    for (Node child : numbered(holder)) {
      Object value = value(child, element, element.flags().flattened());
      if (value != null) {
        list.add(value);
      }
    }
    return list;
  }

  private static Map<String, Object> map(Node node, Shape target, boolean flattened) {
    Node entries = flattened ? null : node.children.get("entry");
    var map = new LinkedHashMap<String, Object>();
    for (Node child : numbered(entries == null ? node : entries)) {
      Node key = child.children.get(target.key().xmlName());
      Node value = child.children.get(target.value().xmlName());
      if (key == null || key.value == null || value == null) {
        throw new Malformed("A map entry lacks its key or value");
      }
      Object read = value(value, target.value(), false);
      if (read != null) {
        map.put(key.value, read);
      }
    }
    return map;
  }

  // In the order of the numbers, which clients need not send in order.
  private static Iterable<Node> numbered(Node node) {
    var ordered = new TreeMap<Integer, Node>();
    node.children.forEach((name, child) -> ordered.put(Numbers.integer(name), child));
    return ordered.values();
  }
}
