package dev.brume.services.lambda;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.ids.Ids;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.lambda.*;
import dev.brume.services.lambda.LambdaStore.PolicyRow;
import dev.brume.services.lambda.LambdaStore.Statement;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Resource policies of layers' versions: which other accounts may use them.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html>
final class LayerPermissions {
  private final Kv kv;
  private final Ids ids;

  LayerPermissions(Kv kv, Ids ids) {
    this.kv = kv;
    this.ids = ids;
  }

  AddLayerVersionPermissionResponse add(Call call, AddLayerVersionPermissionRequest in) {
    LayerName.Version layer = LayerName.of(call, in.layerName()).version(in.versionNumber());
    if (in.organizationId() != null && !in.principal().equals("*")) {
      throw LambdaErrors.invalid(
          "Principal must be * when an organization ID is given, not " + in.principal());
    }
    var statement =
        new Statement(
            in.statementId(),
            in.action(),
            in.principal(),
            null,
            null,
            null,
            in.organizationId(),
            null,
            null);
    String revision = ids.uuid();
    kv.tx(
        tx -> {
          exists(tx, layer);
          PolicyRow row = row(tx, layer);
          checkRevision(in.revisionId(), row);
          var statements = new ArrayList<Statement>(row == null ? List.of() : row.statements());
          if (statements.stream().anyMatch(one -> one.id().equals(statement.id()))) {
            throw LambdaErrors.statementExists(statement.id());
          }
          statements.add(statement);
          var changed = new PolicyRow(statements, revision);
          String policy = document(layer, changed);
          if (policy.length() > LambdaLimits.POLICY_BYTES_MAX) {
            throw LambdaErrors.policyTooLong(policy.length());
          }
          tx.put(LambdaStore.layerPolicy(layer), LambdaStore.POLICY.write(changed));
          return 0;
        });
    return new AddLayerVersionPermissionResponse()
        .statement(Json.write(document(layer, statement)))
        .revisionId(revision);
  }

  GetLayerVersionPolicyResponse get(Call call, GetLayerVersionPolicyRequest in) {
    LayerName.Version layer = LayerName.of(call, in.layerName()).version(in.versionNumber());
    PolicyRow row =
        kv.read(
            reader -> {
              exists(reader, layer);
              return row(reader, layer);
            });
    if (row == null) {
      throw LambdaErrors.noPolicy();
    }
    return new GetLayerVersionPolicyResponse()
        .policy(document(layer, row))
        .revisionId(row.revisionId());
  }

  void remove(Call call, RemoveLayerVersionPermissionRequest in) {
    LayerName.Version layer = LayerName.of(call, in.layerName()).version(in.versionNumber());
    String revision = ids.uuid();
    kv.tx(
        tx -> {
          exists(tx, layer);
          PolicyRow row = row(tx, layer);
          checkRevision(in.revisionId(), row);
          var left =
              row == null
                  ? List.<Statement>of()
                  : row.statements().stream()
                      .filter(one -> !one.id().equals(in.statementId()))
                      .toList();
          if (row == null || left.size() == row.statements().size()) {
            throw LambdaErrors.statementNotFound(in.statementId());
          }
          if (left.isEmpty()) {
            tx.delete(LambdaStore.layerPolicy(layer));
          } else {
            tx.put(
                LambdaStore.layerPolicy(layer),
                LambdaStore.POLICY.write(new PolicyRow(left, revision)));
          }
          return 0;
        });
  }

  /// Throws unless the caller's account owns the layer or its policy lets the account in.
  static void check(Reader reader, Call call, LayerName.Version layer) {
    String account = account(call);
    if (account.equals(layer.layer().account())) {
      return;
    }
    PolicyRow row = row(reader, layer);
    boolean allowed =
        row != null && row.statements().stream().anyMatch(one -> letsIn(one, account));
    if (!allowed) {
      throw LambdaErrors.layerDenied(call.principal().arn(), layer.arn());
    }
  }

  // Nobody here belongs to an organization.
  private static boolean letsIn(Statement one, String account) {
    return one.organization() == null
        && (one.principal().equals("*")
            || one.principal().equals(account)
            || one.principal().endsWith(":iam::" + account + ":root"));
  }

  private static String account(Call call) {
    return switch (call.principal()) {
      case Principal.Root root -> root.account();
      case Principal.RoleSession role -> role.account();
      case Principal.ServicePrincipal service -> service.sourceAccount();
      case Principal.Anonymous anonymous -> "";
    };
  }

  private static void exists(Reader reader, LayerName.Version layer) {
    if (reader.get(LambdaStore.layer(layer)) == null) {
      throw LambdaErrors.layerVersionNotFound(layer.arn());
    }
  }

  private static @Nullable PolicyRow row(Reader reader, LayerName.Version layer) {
    return LambdaStore.get(reader, LambdaStore.layerPolicy(layer), LambdaStore.POLICY);
  }

  private static void checkRevision(@Nullable String given, @Nullable PolicyRow row) {
    if (given != null && (row == null || !row.revisionId().equals(given))) {
      throw LambdaErrors.layerRevision();
    }
  }

  private static String document(LayerName.Version layer, PolicyRow row) {
    ObjectNode policy = Json.object();
    policy.put("Version", "2012-10-17");
    policy.put("Id", "default");
    ArrayNode statements = policy.putArray("Statement");
    row.statements().forEach(one -> statements.add(document(layer, one)));
    return Json.write(policy);
  }

  private static ObjectNode document(LayerName.Version layer, Statement one) {
    ObjectNode statement = Json.object();
    statement.put("Sid", one.id());
    statement.put("Effect", "Allow");
    boolean bare = one.principal().chars().allMatch(Character::isDigit);
    if (one.principal().equals("*")) {
      statement.put("Principal", "*");
    } else {
      statement
          .putObject("Principal")
          .put("AWS", bare ? "arn:aws:iam::" + one.principal() + ":root" : one.principal());
    }
    statement.put("Action", one.action());
    statement.put("Resource", layer.arn());
    if (one.organization() != null) {
      statement
          .putObject("Condition")
          .putObject("StringEquals")
          .put("aws:PrincipalOrgID", one.organization());
    }
    return statement;
  }
}
