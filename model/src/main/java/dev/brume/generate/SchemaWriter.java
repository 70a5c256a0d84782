package dev.brume.generate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes a model in the form that `dev.brume.model.SchemaReader` reads: a string table, then
/// shapes, then operations; all numbers in groups of 7 bits.
final class SchemaWriter {
  private static final List<String> KINDS =
      List.of(
          "structure", "union", "list", "map", "string", "integer", "long", "boolean", "float", "double",
          "timestamp", "blob", "document");
  private static final List<String> FORMATS = List.of("default", "date-time", "http-date", "epoch-seconds");
  private static final List<String> LOCATIONS =
      List.of("BODY", "HEADER", "PREFIX_HEADERS", "QUERY", "QUERY_PARAMS", "LABEL", "STATUS_CODE", "PAYLOAD");

  private final Model model;
  private final Map<String, Integer> strings = new LinkedHashMap<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  SchemaWriter(Model model) {
    this.model = model;
    strings.put("", 0);
  }

  byte[] bytes() throws IOException {
    number(model.shapes().size());
    model.shapes().forEach(this::shape);
    number(model.operations().size());
    model.operations().forEach(this::operation);
    var out = new ByteArrayOutputStream();
    var data = new DataOutputStream(out);
    data.writeInt(strings.size());
    for (String string : strings.keySet()) {
      data.writeUTF(string);
    }
    body.writeTo(data);
    return out.toByteArray();
  }

  private void shape(String name, JsonNode shape) {
    string(name);
    number(KINDS.indexOf(shape.get("kind").asText()));
    string(text(shape, "min"));
    string(text(shape, "max"));
    string(text(shape, "pattern"));
    JsonNode values = shape.path("enum");
    number(values.size());
    values.forEach(value -> string(value.asText()));
    number(FORMATS.indexOf(shape.path("timestampFormat").asText("default")));
    JsonNode error = shape.path("error");
    flag(error.isObject());
    if (error.isObject()) {
      string(error.get("code").asText());
      number(error.get("status").asInt());
      flag(error.get("sender").asBoolean());
    }
    string(text(shape, "xmlName"));
    flag(Model.isStructure(shape));
    switch (shape.get("kind").asText()) {
      case "structure", "union" -> {
        number(shape.get("members").size());
        shape.get("members").properties().forEach(entry -> member(entry.getKey(), entry.getKey(), entry.getValue()));
      }
      case "list" -> {
        number(1);
        member("member", "member", shape.get("element"));
      }
      case "map" -> {
        number(2);
        member("key", "key", shape.get("key"));
        member("value", "value", shape.get("value"));
      }
      default -> number(0);
    }
  }

  private void member(String name, String xmlDefault, JsonNode member) {
    string(name);
    number(model.index(member.get("target").asText()));
    number(LOCATIONS.indexOf(member.path("location").asText("BODY")));
    string(member.path("locationName").asText(name));
    string(member.path("xmlName").asText(xmlDefault));
    int flags = 0;
    String[] names = {"required", "streaming", "flattened", "xmlAttribute", "idempotencyToken", "sensitive", "eventStream"};
    for (int i = 0; i < names.length; i++) {
      flags |= member.path(names[i]).asBoolean() ? 1 << i : 0;
    }
    number(flags);
    number(FORMATS.indexOf(member.path("timestampFormat").asText("default")));
    string(member.path("xmlNamespace").path("uri").asText(""));
    string(member.path("xmlNamespace").path("prefix").asText(""));
  }

  private void operation(String name, JsonNode operation) {
    string(name);
    string(operation.get("method").asText());
    string(operation.get("uri").asText());
    number(operation.get("status").asInt());
    number(model.index(operation.get("input").asText()));
    number(model.index(operation.get("output").asText()));
    JsonNode errors = operation.path("errors");
    number(errors.size());
    errors.forEach(error -> number(model.index(error.asText())));
    string(text(operation, "resultWrapper"));
    string(text(operation, "inputXmlNamespace"));
    flag(operation.path("checksumRequired").asBoolean());
    flag(operation.path("unsignedPayload").asBoolean());
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText("");
  }

  private void string(String value) {
    number(strings.computeIfAbsent(value, key -> strings.size()));
  }

  private void flag(boolean value) {
    body.write(value ? 1 : 0);
  }

  private void number(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative number in the schema of " + model.name());
    }
    int rest = value;
    while (rest > 127) {
      body.write(rest & 127 | 128);
      rest >>>= 7;
    }
    body.write(rest);
  }
}
