package dev.brume.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One service's normalised model, with an empty structure for every missing input or output.
record Model(JsonNode head, Map<String, ObjectNode> operations, Map<String, ObjectNode> shapes, List<String> shapeNames) {
  private static final Map<String, String> PREFIXES =
      Map.ofEntries(
          Map.entry("apigateway", "ApiGateway"),
          Map.entry("cloudformation", "CloudFormation"),
          Map.entry("cloudtrail", "CloudTrail"),
          Map.entry("dynamodb", "DynamoDb"));
  private static final Set<String> KEYWORDS =
      Set.of(
          "abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "const", "continue",
          "default", "do", "double", "else", "enum", "extends", "final", "finally", "float", "for", "goto", "if",
          "implements", "import", "instanceof", "int", "interface", "long", "native", "new", "package", "private",
          "protected", "public", "return", "short", "static", "strictfp", "super", "switch", "synchronized", "this",
          "throw", "throws", "transient", "try", "void", "volatile", "while", "true", "false", "null",
          "notify", "notifyAll", "wait", "getClass", "hashCode", "toString", "clone", "finalize", "shape");

  static Model of(JsonNode root) {
    var operations = new LinkedHashMap<String, ObjectNode>();
    var shapes = new LinkedHashMap<String, ObjectNode>();
    root.get("shapes").properties().forEach(entry -> shapes.put(entry.getKey(), (ObjectNode) entry.getValue()));
    root.get("operations").properties().forEach(entry -> operations.put(entry.getKey(), (ObjectNode) entry.getValue()));
    operations.forEach(
        (name, operation) -> {
          complete(shapes, operation, "input", name + "Request");
          complete(shapes, operation, "output", name + "Response");
        });
    return new Model(root, operations, shapes, new ArrayList<>(shapes.keySet()));
  }

  private static void complete(Map<String, ObjectNode> shapes, ObjectNode operation, String side, String name) {
    if (operation.has(side)) {
      return;
    }
    String free = shapes.containsKey(name) ? name + "Empty" : name;
    var shape = JsonNodeFactory.instance.objectNode().put("kind", "structure");
    shape.putObject("members");
    shapes.put(free, shape);
    operation.put(side, free);
  }

  String name() {
    return head.get("name").asText();
  }

  String serviceId() {
    return head.get("serviceId").asText();
  }

  /// The Java package below `dev.brume.model`.
  String packageName() {
    return name();
  }

  /// `Sqs`, `ApiGateway`, …
  String prefix() {
    String name = name();
    return PREFIXES.getOrDefault(name, Character.toUpperCase(name.charAt(0)) + name.substring(1));
  }

  int index(String shape) {
    return shapeNames.indexOf(shape);
  }

  static boolean isStructure(JsonNode shape) {
    String kind = shape.get("kind").asText();
    return kind.equals("structure") || kind.equals("union");
  }

  /// The class of a structure. Names of `java.lang` get a trailing underscore, so that nobody is
  /// surprised by an import.
  static String className(String shape) {
    String name = Character.toUpperCase(shape.charAt(0)) + shape.substring(1);
    try {
      Class.forName("java.lang." + name, false, Model.class.getClassLoader());
      return name + "_";
    } catch (ClassNotFoundException | NoClassDefFoundError e) {
      return name;
    }
  }

  /// `QueueUrl` → `queueUrl`, `ETag` → `eTag`, `MD5OfBody` → `md5OfBody`, `ACL` → `acl`.
  static String accessor(String member) {
    String name = member.replaceAll("[^A-Za-z0-9_]", "_");
    int run = 0;
    while (run < name.length() && Character.isUpperCase(name.charAt(run))) {
      run++;
    }
    int lower = run;
    if (run > 1 && run < name.length() && Character.isLetter(name.charAt(run))) {
      lower = run - 1;
    }
    name = name.substring(0, lower).toLowerCase(java.util.Locale.ROOT) + name.substring(lower);
    return KEYWORDS.contains(name) ? name + "_" : name;
  }
}
