package dev.brume.services.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import dev.brume.services.cloudformation.ChangeSetRow.Detail;
import dev.brume.services.cloudformation.ChangeSetRow.Planned;
import dev.brume.services.cloudformation.template.Scope;
import dev.brume.services.cloudformation.template.Specification.Difference;
import dev.brume.services.cloudformation.template.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What an operation would do, without doing anything.
final class Plan {
  private final Map<String, ResourceRow> rows;
  private final Map<String, Made> known = new LinkedHashMap<>();
  private final List<Planned> changes = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private Hidden hidden = new Hidden(Set.of());

  /// @param rows the stack's resources as they are
  Plan(List<ResourceRow> rows) {
    this.rows = new LinkedHashMap<>();
    rows.forEach(row -> this.rows.put(row.logicalId(), row));
  }

  /// What a reference gives as far as it is known before the operation.
  @Nullable Made made(String logicalId) {
    return known.get(logicalId);
  }

  List<Planned> changes() {
    return changes;
  }

  /// Why the operation would fail, as far as this can be seen.
  List<String> problems() {
    return problems;
  }

  /// @param masking what the changes do not show
  void make(Wanted wanted, Hidden masking) {
    hidden = masking.and(rows.values());
    checkTypes(wanted.template());
    for (String id : wanted.graph().order()) {
      Template.Resource declared = wanted.template().resources().get(id);
      if (declared == null) {
        continue;
      }
      try {
        add(wanted, declared);
      } catch (dev.brume.model.ServiceError e) {
        problems.add(e.getMessage());
      }
    }
    for (ResourceRow row : rows.values()) {
      Made current = row.current();
      if (current != null && !wanted.graph().dependencies().containsKey(row.logicalId())) {
        changes.add(removed(row, current));
      }
    }
  }

  private void checkTypes(Template template) {
    var changed = new TreeSet<String>();
    for (Template.Resource declared : template.resources().values()) {
      ResourceRow row = rows.get(declared.logicalId());
      Made current = row == null ? null : row.current();
      if (current != null && !current.type().equals(declared.type())) {
        changed.add(declared.logicalId());
      }
    }
    if (!changed.isEmpty()) {
      throw CloudFormationErrors.validation(
          "Update of resource type is not permitted. The new template modifies resource type of the"
              + " following resources: "
              + changed);
    }
  }

  private void add(Wanted wanted, Template.Resource declared) {
    ResourceRow row = rows.get(declared.logicalId());
    Made current = row == null ? null : row.current();
    if (current == null) {
      Made made = wanted.made(declared, "");
      changes.add(
          new Planned(
              "Add",
              declared.logicalId(),
              null,
              declared.type(),
              null,
              null,
              List.of(),
              List.of(),
              null,
              context(made)));
      return;
    }
    Made made = wanted.made(declared, current.suffix());
    List<Difference> differences = wanted.differences(current, made);
    boolean tags = wanted.tagsDiffer(current, made);
    boolean replaced = Wanted.replaces(differences);
    boolean certain =
        differences.stream().anyMatch(each -> each.recreation().equals("Always") && !dynamic(each));
    if (!replaced) {
      known.put(declared.logicalId(), current);
    }
    var scope = new ArrayList<String>();
    var details = new ArrayList<Detail>();
    if (!differences.isEmpty()) {
      scope.add("Properties");
      differences.forEach(each -> details.add(detail(each)));
    }
    if (tags) {
      scope.add("Tags");
      details.add(attribute("Tags"));
    }
    if (!sameMetadata(current, made)) {
      scope.add("Metadata");
      details.add(attribute("Metadata"));
    }
    if (!current.deletionPolicy().equals(made.deletionPolicy())) {
      scope.add("DeletionPolicy");
      details.add(attribute("DeletionPolicy"));
    }
    if (!current.updateReplacePolicy().equals(made.updateReplacePolicy())) {
      scope.add("UpdateReplacePolicy");
      details.add(attribute("UpdateReplacePolicy"));
    }
    if (!scope.isEmpty()) {
      String replacement = replaced ? certain ? "True" : "Conditional" : "False";
      String policy =
          !replaced
              ? null
              : made.updateReplacePolicy().equals("Delete")
                  ? "ReplaceAndDelete"
                  : "ReplaceAndRetain";
      changes.add(
          new Planned(
              "Modify",
              declared.logicalId(),
              current.physicalId(),
              declared.type(),
              replacement,
              policy,
              scope,
              details,
              context(current),
              context(made)));
    }
  }

  private static boolean sameMetadata(Made current, Made made) {
    String before = current.metadata();
    String after = made.metadata();
    return Objects.equals(before, after)
        || before != null && after != null && Json.parseOwn(before).equals(Json.parseOwn(after));
  }

  private static boolean dynamic(Difference difference) {
    JsonNode after = difference.after();
    return after != null && Json.write(after).contains(Scope.UNKNOWN);
  }

  private Detail detail(Difference difference) {
    boolean dynamic = dynamic(difference);
    return new Detail(
        "Properties",
        difference.name(),
        difference.path(),
        difference.recreation(),
        text(difference.before()),
        text(difference.after()),
        dynamic ? "Dynamic" : "Static",
        dynamic ? "ResourceReference" : "DirectModification",
        null);
  }

  private static Detail attribute(String name) {
    return new Detail(
        name, null, "/" + name, "Never", null, null, "Static", "DirectModification", null);
  }

  private @Nullable String text(@Nullable JsonNode value) {
    if (value == null) {
      return null;
    }
    JsonNode shown = hidden.mask(value);
    return shown.isContainerNode() ? Json.write(shown) : shown.asText();
  }

  private Planned removed(ResourceRow row, Made current) {
    String policy = current.deletionPolicy().equals("Delete") ? "Delete" : "Retain";
    return new Planned(
        "Remove",
        row.logicalId(),
        current.physicalId(),
        current.type(),
        null,
        policy,
        List.of(),
        List.of(),
        context(current),
        null);
  }

  private String context(Made made) {
    ObjectNode context = Json.object();
    context.set("Properties", hidden.mask(made.propertyTree()));
    if (made.metadata() != null) {
      context.set("Metadata", Json.parseOwn(made.metadata()));
    }
    if (!made.deletionPolicy().equals("Delete")) {
      context.put("DeletionPolicy", made.deletionPolicy());
    }
    if (!made.updateReplacePolicy().equals("Delete")) {
      context.put("UpdateReplacePolicy", made.updateReplacePolicy());
    }
    return Json.write(context);
  }
}
