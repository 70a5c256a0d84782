package dev.brume.auth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import java.util.ArrayList;
import java.util.List;

/// A parsed policy document and what it says about a request. An explicit denial wins over every
/// permission (IAM user guide, "Policy evaluation logic").
public final class Policy {
  /// What a policy says.
  public enum Decision {
    ALLOW,
    DENY,
    /// Nothing, which is a refusal unless another policy allows it.
    SILENT
  }

  private final List<PolicyStatement> statements;

  private Policy(List<PolicyStatement> statements) {
    this.statements = statements;
  }

  /// Reads a document. Throws IllegalArgumentException with what is wrong.
  public static Policy parse(String document) {
    JsonNode node;
    try {
      node = Json.parse(document);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Policies must be valid JSON");
    }
    JsonNode statement = node.path("Statement");
    if (!statement.isContainerNode()) {
      throw new IllegalArgumentException("Policies must contain a Statement");
    }
    var statements = new ArrayList<PolicyStatement>();
    if (statement.isObject()) {
      statements.add(PolicyStatement.parse(statement));
    } else {
      statement.forEach(each -> statements.add(PolicyStatement.parse(each)));
    }
    return new Policy(statements);
  }

  public Decision decide(AccessRequest request) {
    Decision decision = Decision.SILENT;
    for (PolicyStatement statement : statements) {
      if (statement.applies(request)) {
        if (!statement.allows()) {
          return Decision.DENY;
        }
        decision = Decision.ALLOW;
      }
    }
    return decision;
  }

  /// What several policies say together: a denial of one is final.
  public static Decision decide(List<Policy> policies, AccessRequest request) {
    Decision decision = Decision.SILENT;
    for (Policy policy : policies) {
      switch (policy.decide(request)) {
        case DENY -> {
          return Decision.DENY;
        }
        case ALLOW -> decision = Decision.ALLOW;
        case SILENT -> {}
      }
    }
    return decision;
  }
}
