package dev.brume.generate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes `dev.brume.model.ServiceModels`: the identities of all services, without reading a model,
/// and the way to each model.
final class RegistryWriter {
  private RegistryWriter() {}

  static void write(List<Model> models, Path folder) throws IOException {
    var out = new StringBuilder();
    out.append("package dev.brume.model;\n\n");
    out.append("/// Every service's model. Generated from `model/services`.\n");
    out.append("public final class ServiceModels {\n");
    out.append("  private static final java.util.List<ServiceModel.Identity> IDENTITIES = java.util.List.of(\n");
    var rows = new ArrayList<String>();
    for (Model model : models) {
      rows.add("      " + identity(model.head()));
    }
    out.append(String.join(",\n", rows)).append(");\n\n");
    out.append("  private ServiceModels() {}\n\n");
    out.append("  /// What tells the services apart; reads no model.\n");
    out.append("  public static java.util.List<ServiceModel.Identity> identities() {\n    return IDENTITIES;\n  }\n\n");
    out.append("  /// The identity of the service with our name for it, e.g. `sqs`.\n");
    out.append("  public static ServiceModel.Identity identity(String name) {\n");
    out.append("    for (var identity : IDENTITIES) {\n      if (identity.name().equals(name)) {\n        return identity;\n      }\n    }\n");
    out.append("    throw new IllegalArgumentException(\"no service \" + name);\n  }\n\n");
    out.append("  /// The model of the service with our name for it, e.g. `sqs`; read on first use.\n");
    out.append("  public static ServiceModel get(String name) {\n    return switch (name) {\n");
    for (Model model : models) {
      out.append("      case \"%s\" -> dev.brume.model.%s.%sModel.model();\n".formatted(model.name(), model.packageName(), model.prefix()));
    }
    out.append("      default -> throw new IllegalArgumentException(\"no service \" + name);\n    };\n  }\n}\n");
    Files.writeString(folder.resolve("ServiceModels.java"), out);
  }

  private static String identity(JsonNode head) {
    var protocols = new ArrayList<String>();
    head.get("protocols").forEach(protocol -> protocols.add("ServiceModel.Protocol." + protocol.asText()));
    return "new ServiceModel.Identity(%s, %s, %s, %s, %s, %s, %s, java.util.List.of(%s))"
        .formatted(
            quoted(head.get("name")), quoted(head.get("serviceId")), quoted(head.get("signingName")),
            quoted(head.get("targetPrefix")), quoted(head.get("apiVersion")), quoted(head.get("xmlNamespace")),
            head.get("queryCompatible").asBoolean(), String.join(", ", protocols));
  }

  private static String quoted(JsonNode text) {
    return text.isNull() ? "null" : "\"" + text.asText() + "\"";
  }
}
