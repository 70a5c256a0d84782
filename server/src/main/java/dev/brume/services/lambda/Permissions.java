package dev.brume.services.lambda;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.auth.AccessRequest;
import dev.brume.auth.PolicyDocument;
import dev.brume.auth.PolicyEvaluator;
import dev.brume.ids.Ids;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.lambda.*;
import dev.brume.services.lambda.LambdaStore.PolicyRow;
import dev.brume.services.lambda.LambdaStore.Statement;
import dev.brume.store.Key;
import dev.brume.store.Kv;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Resource policies of functions: who may invoke them besides the account's own identities.
final class Permissions {
  static final String INVOKE = "lambda:InvokeFunction";
  static final String VIA_URL = "lambda:InvokedViaFunctionUrl";
  static final String INVOKE_URL = "lambda:InvokeFunctionUrl";
  private final Kv kv;
  private final Ids ids;
  private final Catalog catalog;
  private final Map<String, PolicyDocument> known = new ConcurrentHashMap<>();

  Permissions(Kv kv, Ids ids, Catalog catalog) {
    this.kv = kv;
    this.ids = ids;
    this.catalog = catalog;
  }

  AddPermissionResponse add(Call call, AddPermissionRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), in.qualifier());
    if (Configuration.LATEST.equals(name.qualifier())) {
      throw LambdaErrors.invalid("We currently do not support adding policies for $LATEST.");
    }
    catalog.resolve(name);
    check(in);
    var statement =
        new Statement(
            in.statementId(),
            in.action(),
            in.principal(),
            in.sourceArn(),
            in.sourceAccount(),
            in.eventSourceToken(),
            in.principalOrgID(),
            in.functionUrlAuthType(),
            in.invokedViaFunctionUrl());
    String revision = ids.uuid();
    Key key = LambdaStore.policy(name, name.qualifier());
    kv.tx(
        tx -> {
          PolicyRow row = LambdaStore.get(tx, key, LambdaStore.POLICY);
          checkRevision(in.revisionId(), row);
          var statements = new ArrayList<Statement>(row == null ? List.of() : row.statements());
          for (Statement one : statements) {
            if (one.id().equals(statement.id())) {
              throw LambdaErrors.statementExists(statement.id());
            }
          }
          statements.add(statement);
          int bytes = Json.write(document(name, statements)).length();
          if (bytes > LambdaLimits.POLICY_BYTES_MAX) {
            throw LambdaErrors.policyTooLong(bytes);
          }
          tx.put(key, LambdaStore.POLICY.write(new PolicyRow(statements, revision)));
          tx.afterCommit(() -> known.remove(name.arn()));
          return 0;
        });
    return new AddPermissionResponse().statement(Json.write(document(name, statement)));
  }

  void remove(Call call, RemovePermissionRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), in.qualifier());
    catalog.resolve(name);
    String revision = ids.uuid();
    Key key = LambdaStore.policy(name, name.qualifier());
    kv.tx(
        tx -> {
          PolicyRow row = LambdaStore.get(tx, key, LambdaStore.POLICY);
          if (row == null) {
            throw LambdaErrors.resourceNotFound();
          }
          checkRevision(in.revisionId(), row);
          var left =
              row.statements().stream().filter(one -> !one.id().equals(in.statementId())).toList();
          if (left.size() == row.statements().size()) {
            throw LambdaErrors.statementNotFound(in.statementId());
          }
          if (left.isEmpty()) {
            tx.delete(key);
          } else {
            tx.put(key, LambdaStore.POLICY.write(new PolicyRow(left, revision)));
          }
          tx.afterCommit(() -> known.remove(name.arn()));
          return 0;
        });
  }

  GetPolicyResponse get(Call call, GetPolicyRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), in.qualifier());
    catalog.resolve(name);
    PolicyRow row =
        kv.read(
            reader ->
                LambdaStore.get(
                    reader, LambdaStore.policy(name, name.qualifier()), LambdaStore.POLICY));
    if (row == null) {
      throw LambdaErrors.resourceNotFound();
    }
    return new GetPolicyResponse()
        .policy(Json.write(document(name, row.statements())))
        .revisionId(row.revisionId());
  }

  /// Whether the policy lets a service do this to what the name says.
  ///
  /// @param service e.g. `sns.amazonaws.com`
  /// @param sourceArn what the service acts for, null if nothing
  boolean allows(
      FunctionName name,
      String action,
      String service,
      @Nullable String sourceArn,
      @Nullable String sourceAccount) {
    var principal =
        new Principal.ServicePrincipal(
            service,
            sourceArn == null ? "" : sourceArn,
            sourceAccount == null ? "" : sourceAccount);
    return allows(name, AccessRequest.of(principal, action, name.arn()).with(VIA_URL, "false"));
  }

  /// Whether the policy of what the name says allows this.
  boolean allows(FunctionName name, AccessRequest request) {
    return policy(name).decide(request) == PolicyEvaluator.Decision.ALLOWED;
  }

  /// Drops what is remembered of a function that was deleted.
  void forget(FunctionName name) {
    String arn = name.functionArn();
    known.keySet().removeIf(key -> key.equals(arn) || key.startsWith(arn + ":"));
  }

  private PolicyDocument policy(FunctionName name) {
    return known.computeIfAbsent(
        name.arn(),
        arn -> {
          PolicyRow row =
              kv.read(
                  reader ->
                      LambdaStore.get(
                          reader, LambdaStore.policy(name, name.qualifier()), LambdaStore.POLICY));
          return row == null
              ? new PolicyDocument(List.of())
              : PolicyDocument.parse(Json.write(document(name, row.statements())));
        });
  }

  private static void check(AddPermissionRequest in) {
    if (in.functionUrlAuthType() != null && !in.action().equals(INVOKE_URL)) {
      throw LambdaErrors.invalid(
          "FunctionUrlAuthType is only supported for " + INVOKE_URL + " action");
    }
    if (in.invokedViaFunctionUrl() != null && !in.action().equals(INVOKE)) {
      throw LambdaErrors.invalid(
          "InvokedViaFunctionUrl is only supported for " + INVOKE + " action");
    }
  }

  private static void checkRevision(@Nullable String given, @Nullable PolicyRow row) {
    if (given != null && (row == null || !row.revisionId().equals(given))) {
      throw LambdaErrors.revision();
    }
  }

  private static ObjectNode document(FunctionName name, List<Statement> of) {
    ObjectNode policy = Json.object();
    policy.put("Version", "2012-10-17");
    policy.put("Id", "default");
    ArrayNode statements = policy.putArray("Statement");
    of.forEach(one -> statements.add(document(name, one)));
    return policy;
  }

  private static ObjectNode document(FunctionName name, Statement one) {
    ObjectNode statement = Json.object();
    statement.put("Sid", one.id());
    statement.put("Effect", "Allow");
    if (one.principal().equals("*")) {
      statement.put("Principal", "*");
    } else if (one.principal().contains(".amazonaws.com")) {
      statement.putObject("Principal").put("Service", one.principal());
    } else {
      boolean bare = one.principal().chars().allMatch(Character::isDigit);
      statement
          .putObject("Principal")
          .put("AWS", bare ? "arn:aws:iam::" + one.principal() + ":root" : one.principal());
    }
    statement.put("Action", one.action());
    statement.put("Resource", name.arn());
    ObjectNode condition = Json.object();
    if (one.sourceAccount() != null) {
      condition.putObject("StringEquals").put("AWS:SourceAccount", one.sourceAccount());
    }
    if (one.urlAuthType() != null) {
      condition.withObject("/StringEquals").put("lambda:FunctionUrlAuthType", one.urlAuthType());
    }
    if (one.viaUrl() != null) {
      condition.putObject("Bool").put(VIA_URL, one.viaUrl().toString());
    }
    if (one.organization() != null) {
      condition.withObject("/StringEquals").put("aws:PrincipalOrgID", one.organization());
    }
    if (one.eventSourceToken() != null) {
      condition.withObject("/StringEquals").put("lambda:EventSourceToken", one.eventSourceToken());
    }
    if (one.sourceArn() != null) {
      condition.putObject("ArnLike").put("AWS:SourceArn", one.sourceArn());
    }
    if (!condition.isEmpty()) {
      statement.set("Condition", condition);
    }
    return statement;
  }
}
