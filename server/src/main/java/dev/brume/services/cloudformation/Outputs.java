package dev.brume.services.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.services.cloudformation.template.Intrinsics;
import dev.brume.services.cloudformation.template.Template;
import dev.brume.store.Reader;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/// A stack's outputs, and what it exports and imports.
final class Outputs {
  private Outputs() {}

  /// The outputs that are there under the conditions, resolved.
  static List<StackRow.OutputRow> of(Template template, Intrinsics intrinsics) {
    var outputs = new ArrayList<StackRow.OutputRow>();
    for (var entry : template.outputs().properties()) {
      JsonNode output = entry.getValue();
      if (output.hasNonNull("Condition")
          && !intrinsics.condition(output.get("Condition").asText())) {
        continue;
      }
      String at = "Template format error: Output " + entry.getKey();
      JsonNode export = output.path("Export").path("Name");
      outputs.add(
          new StackRow.OutputRow(
              entry.getKey(),
              intrinsics.text(output.path("Value"), at + " value"),
              output.hasNonNull("Description") ? output.get("Description").asText() : null,
              export.isMissingNode() ? null : intrinsics.text(export, at + " export name")));
    }
    return outputs;
  }

  /// Writes the stack's exports and imports. Throws `ValidationError` if an export's name is taken,
  /// or if one in use would change or go.
  static void publish(
      Tx tx, StackRow stack, List<StackRow.OutputRow> outputs, Collection<String> imported) {
    for (StackRow.OutputRow before : stack.outputs()) {
      String name = before.exportName();
      if (name == null) {
        continue;
      }
      String value = null;
      for (StackRow.OutputRow after : outputs) {
        value = name.equals(after.exportName()) ? after.value() : value;
      }
      if (!Objects.equals(value, before.value())) {
        refuseInUse(tx, stack, name, value == null ? "deleted" : "updated");
      }
      if (value == null) {
        CloudFormationStore.deleteExport(tx, stack.arn(), name);
      }
    }
    for (StackRow.OutputRow output : outputs) {
      String name = output.exportName();
      if (name == null) {
        continue;
      }
      var other = CloudFormationStore.export(tx, stack.arn(), name);
      if (other != null && !other.stackArn().equals(stack.arn())) {
        throw CloudFormationErrors.exportTaken(name, name(other.stackArn()));
      }
      CloudFormationStore.put(
          tx, new CloudFormationStore.ExportRow(name, output.value(), stack.arn()));
    }
    CloudFormationStore.deleteImports(tx, stack.arn());
    imported.forEach(name -> CloudFormationStore.putImport(tx, stack.arn(), name));
  }

  /// Throws `ValidationError` if another stack imports what this one exports.
  static void refuseInUse(Reader reader, StackRow stack) {
    for (StackRow.OutputRow output : stack.outputs()) {
      if (output.exportName() != null) {
        refuseInUse(reader, stack, output.exportName(), "deleted");
      }
    }
  }

  private static void refuseInUse(Reader reader, StackRow stack, String export, String verb) {
    var users = new ArrayList<String>();
    for (String arn : CloudFormationStore.importers(reader, stack.arn(), export)) {
      if (!arn.equals(stack.arn())) {
        users.add(name(arn));
      }
    }
    if (!users.isEmpty()) {
      throw CloudFormationErrors.exportInUse(export, verb, String.join(", ", users));
    }
  }

  /// Takes back all exports and imports of a stack.
  static void withdraw(Tx tx, StackRow stack) {
    for (StackRow.OutputRow output : stack.outputs()) {
      if (output.exportName() != null) {
        CloudFormationStore.deleteExport(tx, stack.arn(), output.exportName());
      }
    }
    CloudFormationStore.deleteImports(tx, stack.arn());
  }

  // arn:aws:cloudformation:<region>:<account>:stack/<name>/<uuid>
  static String name(String stackArn) {
    String[] parts = stackArn.split("/");
    return parts.length > 1 ? parts[1] : stackArn;
  }
}
