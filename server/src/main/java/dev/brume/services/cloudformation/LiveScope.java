package dev.brume.services.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.ssm.GetParameterRequest;
import dev.brume.model.ssm.SsmClient;
import dev.brume.services.cloudformation.template.Scope;
import dev.brume.store.Kv;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What references give: resources as they are made, exports, parameters of the account.
final class LiveScope implements Scope {
  private final Kv kv;
  private final SsmClient ssm;
  private final Call call;
  private final String stackArn;
  private final Function<String, @Nullable Made> resources;
  private final Set<String> imported = ConcurrentHashMap.newKeySet();

  /// @param resources what a logical id stands for, null if its values are not known yet
  LiveScope(
      Kv kv,
      Operations operations,
      Call call,
      String stackArn,
      Function<String, @Nullable Made> resources) {
    this.kv = kv;
    this.ssm = new SsmClient(operations);
    this.call = call;
    this.stackArn = stackArn;
    this.resources = resources;
  }

  @Override
  public JsonNode ref(String logicalId) {
    Made made = resources.apply(logicalId);
    return TextNode.valueOf(
        made == null || made.physicalId() == null ? UNKNOWN : made.physicalId());
  }

  @Override
  public JsonNode attribute(String logicalId, String attribute) {
    Made made = resources.apply(logicalId);
    if (made == null) {
      return TextNode.valueOf(UNKNOWN);
    }
    JsonNode value = find(made.attributeTree(), attribute);
    if (value == null && !Types.custom(made.type())) {
      value = find(made.propertyTree(), attribute);
    }
    if (value == null) {
      throw Types.custom(made.type())
          ? CloudFormationErrors.validation(
              "CustomResource attribute error: Vendor response doesn't contain "
                  + attribute
                  + " attribute in object "
                  + stackArn
                  + "|"
                  + logicalId)
          : CloudFormationErrors.noAttribute(logicalId, attribute);
    }
    return value;
  }

  private static @Nullable JsonNode find(JsonNode tree, String attribute) {
    if (tree.has(attribute)) {
      return tree.get(attribute);
    }
    JsonNode at = tree;
    for (String part : attribute.split("\\.")) {
      at = at.path(part);
    }
    return at.isMissingNode() ? null : at;
  }

  @Override
  public String importValue(String exportName) {
    var export = kv.read(reader -> CloudFormationStore.export(reader, stackArn, exportName));
    if (export == null) {
      throw CloudFormationErrors.noExport(exportName);
    }
    imported.add(exportName);
    return export.value();
  }

  /// The exports that were read so far.
  Set<String> imported() {
    return imported;
  }

  @Override
  public String dynamic(String reference) {
    String[] parts = reference.split(":", 2);
    if (!parts[0].equals("ssm") || parts.length < 2) {
      throw CloudFormationErrors.notDone("the dynamic reference {{resolve:" + reference + "}}");
    }
    return parameter(parts[1]);
  }

  /// The value of an SSM parameter.
  String parameter(String name) {
    try {
      var parameter = ssm.getParameter(call, new GetParameterRequest().name(name)).parameter();
      String value = parameter == null ? null : parameter.value();
      return value == null ? "" : value;
    } catch (ServiceError e) {
      if (!e.code().equals("ParameterNotFound")) {
        throw e;
      }
      throw CloudFormationErrors.validation(
          "Unable to fetch parameters [" + name + "] from parameter store for this account.");
    }
  }
}
