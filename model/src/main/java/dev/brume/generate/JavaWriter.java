package dev.brume.generate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Writes one service's typed Java: a class per structure and error, the `XxxApi` interface, the
/// `XxxClient`, and `XxxModel`, which ties them to the schema.
final class JavaWriter {
  private static final String STRUCT = "dev.brume.model.Struct";
  private static final String CALL = "dev.brume.model.Call";
  private static final Set<String> ERROR_METHODS = Set.of("code", "httpStatus", "senderFault", "struct", "with", "details", "message", "cause");
  private final Model model;
  private final Path folder;
  private final String prefix;

  JavaWriter(Model model, Path folder) {
    this.model = model;
    this.folder = folder;
    this.prefix = model.prefix();
  }

  void write() throws IOException {
    file("package-info", "/// AWS " + model.serviceId() + ": types generated from its model.\n@org.jspecify.annotations.NullMarked\n", "");
    Set<String> reachable = reachable();
    for (String name : reachable) {
      JsonNode shape = model.shapes().get(name);
      if (shape.has("error")) {
        error(name, shape);
      } else {
        structure(name, shape);
      }
    }
    api();
    client();
    holder(reachable);
  }

  private Set<String> reachable() {
    var found = new LinkedHashSet<String>();
    var queue = new ArrayDeque<String>();
    model.operations().values().forEach(operation -> {
      queue.add(operation.get("input").asText());
      queue.add(operation.get("output").asText());
    });
    model.shapes().forEach((name, shape) -> {
      if (shape.has("error")) {
        queue.add(name);
      }
    });
    var seen = new LinkedHashSet<String>();
    while (!queue.isEmpty()) {
      String name = queue.remove();
      if (!seen.add(name)) {
        continue;
      }
      JsonNode shape = model.shapes().get(name);
      if (Model.isStructure(shape)) {
        found.add(name);
        shape.get("members").forEach(member -> queue.add(member.get("target").asText()));
      }
      for (String part : new String[] {"element", "key", "value"}) {
        if (shape.has(part)) {
          queue.add(shape.get(part).get("target").asText());
        }
      }
    }
    return found;
  }

  private void structure(String name, JsonNode shape) throws IOException {
    String type = Model.className(name);
    var out = new StringBuilder();
    out.append("public final class ").append(type).append(" implements ").append(STRUCT).append(" {\n");
    members(out, type, shape, false);
    out.append("  @Override\n  public dev.brume.model.Shape shape() {\n    return %sModel.shape(%d);\n  }\n\n".formatted(prefix, model.index(name)));
    getAndSet(out, shape);
    out.append("  @Override\n  public java.lang.String toString() {\n    return dev.brume.model.StructText.of(this);\n  }\n\n");
    out.append("  @Override\n  public boolean equals(java.lang.@org.jspecify.annotations.Nullable Object other) {\n    return other instanceof %s && dev.brume.model.StructText.equal(this, (%s) other);\n  }\n\n".formatted(type, type));
    out.append("  @Override\n  public int hashCode() {\n    return dev.brume.model.StructText.hash(this);\n  }\n}\n");
    file(type, "", out.toString());
  }

  private void getAndSet(StringBuilder out, JsonNode shape) {
    if (shape.get("members").isEmpty()) {
      out.append("  @Override\n  public java.lang.@org.jspecify.annotations.Nullable Object get(int member) {\n    throw new IndexOutOfBoundsException(member);\n  }\n\n");
      out.append("  @Override\n  public void set(int member, java.lang.@org.jspecify.annotations.Nullable Object value) {\n    throw new IndexOutOfBoundsException(member);\n  }\n\n");
      return;
    }
    out.append("  @Override\n  public java.lang.@org.jspecify.annotations.Nullable Object get(int member) {\n    return switch (member) {\n");
    int index = 0;
    for (var member : shape.get("members").properties()) {
      out.append("      case %d -> %s;\n".formatted(index++, field(member.getKey())));
    }
    out.append("      default -> throw new IndexOutOfBoundsException(member);\n    };\n  }\n\n");
    out.append("  @Override\n  @SuppressWarnings(\"unchecked\")\n  public void set(int member, java.lang.@org.jspecify.annotations.Nullable Object value) {\n    switch (member) {\n");
    index = 0;
    for (var member : shape.get("members").properties()) {
      out.append("      case %d -> %s = (%s) value;\n".formatted(index++, field(member.getKey()), type(member.getValue().get("target").asText(), member.getValue())));
    }
    out.append("      default -> throw new IndexOutOfBoundsException(member);\n    }\n  }\n\n");
  }

  private void error(String name, JsonNode shape) throws IOException {
    String type = Model.className(name);
    JsonNode error = shape.get("error");
    var out = new StringBuilder();
    out.append("public final class ").append(type).append(" extends dev.brume.model.ServiceError {\n  private static final long serialVersionUID = 1L;\n");
    out.append("  public %s(java.lang.@org.jspecify.annotations.Nullable String message) {\n    super(\"%s\", message, %d, %s);\n  }\n\n"
        .formatted(type, name, error.get("status").asInt(), error.get("sender").asBoolean()));
    members(out, type, shape, true);
    out.append("  @Override\n  public %s struct() {\n    var struct = new dev.brume.model.UntypedStruct(%sModel.shape(%d));\n".formatted(STRUCT, prefix, model.index(name)));
    int index = 0;
    for (var member : shape.get("members").properties()) {
      String value = member.getKey().equalsIgnoreCase("message") ? "getMessage()" : field(member.getKey());
      out.append("    struct.set(%d, %s);\n".formatted(index++, value));
    }
    out.append("    return struct;\n  }\n}\n");
    file(type, "", out.toString());
  }

  private void members(StringBuilder out, String type, JsonNode shape, boolean error) {
    for (var entry : shape.get("members").properties()) {
      if (error && entry.getKey().equalsIgnoreCase("message")) {
        continue;
      }
      String declared = nullable(type(entry.getValue().get("target").asText(), entry.getValue()));
      out.append("  private %s%s %s;\n".formatted(error ? "transient " : "", declared, field(entry.getKey())));
    }
    out.append('\n');
    for (var entry : shape.get("members").properties()) {
      if (error && entry.getKey().equalsIgnoreCase("message")) {
        continue;
      }
      accessor(out, type, entry, error);
    }
  }

  private void accessor(StringBuilder out, String type, Map.Entry<String, JsonNode> entry, boolean error) {
    JsonNode member = entry.getValue();
    String target = member.get("target").asText();
    String name = Model.accessor(entry.getKey());
    if (error && ERROR_METHODS.contains(name)) {
      name = name + "_";
    }
    String field = field(entry.getKey());
    String plain = type(target, member);
    String kind = model.shapes().get(target).get("kind").asText();
    boolean list = kind.equals("list");
    boolean map = kind.equals("map");
    if (list || map) {
      out.append("  public %s %s() {\n    return %s == null ? %s : %s;\n  }\n\n"
          .formatted(plain, name, field, list ? "java.util.List.of()" : "java.util.Map.of()", field));
      out.append("  public boolean has%s() {\n    return %s != null;\n  }\n\n".formatted(Character.toUpperCase(name.charAt(0)) + name.substring(1), field));
    } else if (member.path("required").asBoolean()) {
      out.append("  @SuppressWarnings(\"NullAway\")\n  public %s %s() {\n    return %s;\n  }\n\n".formatted(plain, name, field));
    } else {
      out.append("  public %s %s() {\n    return %s;\n  }\n\n".formatted(nullable(plain), name, field));
    }
    out.append("  public %s %s(%s value) {\n    this.%s = value;\n    return this;\n  }\n\n".formatted(type, name, nullable(plain), field));
  }

  private void api() throws IOException {
    var out = new StringBuilder();
    out.append("/// The operations of AWS %s; those without a body answer NotImplemented.\npublic interface %sApi extends dev.brume.model.Service {\n".formatted(model.serviceId(), prefix));
    out.append("  @Override\n  default dev.brume.model.ServiceModel.Identity identity() {\n    return dev.brume.model.ServiceModels.identity(\"%s\");\n  }\n\n".formatted(model.name()));
    out.append("  @Override\n  default dev.brume.model.ServiceModel model() {\n    return %sModel.model();\n  }\n\n".formatted(prefix));
    model.operations().forEach((name, operation) ->
        out.append("  default %s %s(%s call, %s in) {\n    throw %s.notImplemented(\"%s\", \"%s\");\n  }\n\n"
            .formatted(output(operation), method(name), CALL, input(operation), CALL, model.serviceId(), name)));
    out.append("  @Override\n  default %s call(int operation, %s call, %s in) {\n    return switch (operation) {\n".formatted(STRUCT, CALL, STRUCT));
    int index = 0;
    for (var operation : model.operations().entrySet()) {
      out.append("      case %d -> %s(call, (%s) in);\n".formatted(index++, method(operation.getKey()), input(operation.getValue())));
    }
    out.append("      default -> throw new IndexOutOfBoundsException(operation);\n    };\n  }\n}\n");
    file(prefix + "Api", "", out.toString());
  }

  private void client() throws IOException {
    var out = new StringBuilder();
    out.append("/// Typed calls to %s from inside.\npublic final class %sClient {\n  private final dev.brume.model.Operations operations;\n\n".formatted(model.serviceId(), prefix));
    out.append("  public %sClient(dev.brume.model.Operations operations) {\n    this.operations = operations;\n  }\n\n".formatted(prefix));
    model.operations().forEach((name, operation) ->
        out.append("  public %s %s(%s call, %s in) {\n    return (%s) operations.call(call, \"%s\", \"%s\", in);\n  }\n\n"
            .formatted(output(operation), method(name), CALL, input(operation), output(operation), model.name(), name)));
    out.append("}\n");
    file(prefix + "Client", "", out.toString());
  }

  private void holder(Set<String> reachable) throws IOException {
    var out = new StringBuilder();
    out.append("/// The model of %s, read on first use.\npublic final class %sModel {\n".formatted(model.serviceId(), prefix));
    out.append("  private static final dev.brume.model.SchemaReader READER =\n      new dev.brume.model.SchemaReader(dev.brume.model.ServiceModels.identity(\"%s\"), %sModel::make);\n\n".formatted(model.name(), prefix));
    out.append("  private %sModel() {}\n\n".formatted(prefix));
    out.append("  public static dev.brume.model.ServiceModel model() {\n    return READER.model();\n  }\n\n");
    out.append("  static dev.brume.model.Shape shape(int index) {\n    return READER.shape(index);\n  }\n\n");
    out.append("  private static @org.jspecify.annotations.Nullable Struct0 make(int shape) {\n    return switch (shape) {\n".replace("@org.jspecify.annotations.Nullable Struct0", "dev.brume.model.@org.jspecify.annotations.Nullable Struct"));
    for (String name : reachable) {
      if (!model.shapes().get(name).has("error")) {
        out.append("      case %d -> new %s();\n".formatted(model.index(name), Model.className(name)));
      }
    }
    out.append("      default -> null;\n    };\n  }\n}\n");
    file(prefix + "Model", "", out.toString());
  }

  private String input(JsonNode operation) {
    return Model.className(operation.get("input").asText());
  }

  private String output(JsonNode operation) {
    return Model.className(operation.get("output").asText());
  }

  private static String method(String operation) {
    return Model.accessor(operation);
  }

  private static String field(String member) {
    return Model.accessor(member) + "0";
  }

  private String type(String target, JsonNode member) {
    JsonNode shape = model.shapes().get(target);
    if (member.path("eventStream").asBoolean()) {
      return "dev.brume.model.EventStream";
    }
    return switch (shape.get("kind").asText()) {
      case "structure", "union" -> shape.has("error") ? STRUCT : "dev.brume.model." + model.packageName() + "." + Model.className(target);
      case "list" -> "java.util.List<" + type(shape.get("element").get("target").asText(), shape) + ">";
      case "map" -> "java.util.Map<java.lang.String, " + type(shape.get("value").get("target").asText(), shape) + ">";
      case "string" -> "java.lang.String";
      case "integer" -> "java.lang.Integer";
      case "long" -> "java.lang.Long";
      case "boolean" -> "java.lang.Boolean";
      case "float" -> "java.lang.Float";
      case "double" -> "java.lang.Double";
      case "timestamp" -> "java.time.Instant";
      case "blob" -> member.path("streaming").asBoolean() ? "dev.brume.model.Body" : "byte[]";
      case "document" -> "java.lang.Object";
      default -> throw new IllegalStateException(target);
    };
  }

  private static String nullable(String type) {
    if (type.equals("byte[]")) {
      return "byte @org.jspecify.annotations.Nullable []";
    }
    int generic = type.indexOf('<');
    int dot = type.lastIndexOf('.', generic < 0 ? type.length() : generic);
    return type.substring(0, dot + 1) + "@org.jspecify.annotations.Nullable " + type.substring(dot + 1);
  }

  private void file(String name, String head, String body) throws IOException {
    Files.writeString(folder.resolve(name + ".java"), head + "package dev.brume.model." + model.packageName() + ";\n\n" + body);
  }
}
