package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// The published resource specification: for each type its properties with type, whether required,
/// whether a change replaces the resource; and its attributes. Made by
/// `server/refresh/resource-specification.mjs`.
public final class Specification {
  private static final String RESOURCE = "specification.json.gz";

  // Read on first use: a server that deploys nothing need not start later for it.
  private @Nullable Content read;

  private record Content(JsonNode types, JsonNode definitions, Set<String> otherNames) {}

  /// How a property differs between two versions of a resource.
  ///
  /// @param name of the top-level property
  /// @param path as in change sets, e.g. `/Properties/TableInput/Name`
  /// @param recreation `Never`, `Conditionally` or `Always`
  /// @param before null if it was not there
  /// @param after null if it will not be there
  public record Difference(
      String name,
      String path,
      String recreation,
      @Nullable JsonNode before,
      @Nullable JsonNode after) {}

  private synchronized Content content() {
    Content content = read;
    if (content == null) {
      JsonNode root = load();
      var otherNames = new HashSet<String>();
      root.path("names").forEach(name -> otherNames.add(name.asText()));
      content = new Content(root.path("types"), root.path("definitions"), otherNames);
      read = content;
    }
    return content;
  }

  private JsonNode types() {
    return content().types();
  }

  private static JsonNode load() {
    try (InputStream file = Specification.class.getResourceAsStream(RESOURCE)) {
      if (file == null) {
        throw new IllegalStateException(RESOURCE + " is not in the jar");
      }
      byte[] bytes = new GZIPInputStream(file).readAllBytes();
      return Json.parseOwn(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether AWS has this resource type.
  public boolean exists(String type) {
    return types().has(type) || content().otherNames().contains(type);
  }

  /// Whether properties of this type are known.
  public boolean described(String type) {
    return types().has(type);
  }

  /// The properties that identify a resource of this type.
  public List<String> identifiers(String type) {
    var names = new ArrayList<String>();
    types().path(type).path("i").forEach(name -> names.add(name.asText()));
    return names;
  }

  JsonNode properties(String type) {
    return types().path(type).path("p");
  }

  JsonNode definition(String reference) {
    return content().definitions().path(reference.substring(1));
  }

  /// Whether `Fn::GetAtt` may ask for the attribute.
  public boolean hasAttribute(String type, String attribute) {
    if (!types().has(type)) {
      return true;
    }
    for (JsonNode name : types().path(type).path("a")) {
      String text = name.asText();
      if (text.equals(attribute) || attribute.startsWith(text + ".")) {
        return true;
      }
    }
    // Read-write properties are attributes too of some types.
    return properties(type).has(attribute);
  }

  /// How the properties differ, property by property.
  public List<Difference> differences(String type, ObjectNode before, ObjectNode after) {
    var names = new TreeSet<String>();
    before.fieldNames().forEachRemaining(names::add);
    after.fieldNames().forEachRemaining(names::add);
    var differences = new ArrayList<Difference>();
    for (String name : names) {
      JsonNode old = before.get(name);
      JsonNode now = after.get(name);
      if (old == null || now == null || !same(old, now)) {
        JsonNode property = properties(type).path(name);
        differences.add(
            new Difference(name, "/Properties/" + name, recreation(property, old, now), old, now));
      }
    }
    return differences;
  }

  private String recreation(JsonNode property, @Nullable JsonNode old, @Nullable JsonNode now) {
    String causes = property.path("c").asText();
    if (causes.equals("yes")) {
      return "Always";
    }
    if (causes.equals("maybe")) {
      return "Conditionally";
    }
    JsonNode type = property.path("t");
    if (type.isTextual()
        && type.asText().startsWith("#")
        && old != null
        && now != null
        && old.isObject()
        && now.isObject()) {
      return nested(definition(type.asText()), old, now);
    }
    return "Never";
  }

  private String nested(JsonNode definition, JsonNode old, JsonNode now) {
    String worst = "Never";
    for (var member : definition.properties()) {
      JsonNode before = old.get(member.getKey());
      JsonNode after = now.get(member.getKey());
      if (before == null && after == null
          || before != null && after != null && same(before, after)) {
        continue;
      }
      String recreation = recreation(member.getValue(), before, after);
      if (recreation.equals("Always")) {
        return recreation;
      }
      worst = recreation.equals("Never") ? worst : recreation;
    }
    return worst;
  }

  // Numbers may come as different node classes out of JSON, YAML and the store.
  static boolean same(JsonNode left, JsonNode right) {
    if (left.isContainerNode() || right.isContainerNode()) {
      if (left.size() != right.size() || left.getNodeType() != right.getNodeType()) {
        return false;
      }
      if (left.isArray()) {
        for (int i = 0; i < left.size(); i++) {
          if (!same(left.get(i), right.get(i))) {
            return false;
          }
        }
        return true;
      }
      for (var member : left.properties()) {
        JsonNode other = right.get(member.getKey());
        if (other == null || !same(member.getValue(), other)) {
          return false;
        }
      }
      return true;
    }
    return left.getNodeType() == right.getNodeType() && left.asText().equals(right.asText());
  }
}
