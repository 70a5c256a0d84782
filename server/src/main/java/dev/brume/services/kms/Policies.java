package dev.brume.services.kms;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import org.jspecify.annotations.Nullable;

/// Key policies.
final class Policies {
  private Policies() {}

  /// The policy of a key that was made without one: IAM policies of the account decide.
  static String standard(String account) {
    return """
        {
          "Version" : "2012-10-17",
          "Id" : "key-default-1",
          "Statement" : [ {
            "Sid" : "Enable IAM User Permissions",
            "Effect" : "Allow",
            "Principal" : {
              "AWS" : "arn:aws:iam::%s:root"
            },
            "Action" : "kms:*",
            "Resource" : "*"
          } ]
        }"""
        .formatted(account);
  }

  static void check(String policy) {
    JsonNode document;
    try {
      document = Json.parse(policy);
    } catch (JsonProcessingException e) {
      throw KmsErrors.badPolicy("The policy is not valid JSON");
    }
    JsonNode statement = document.path("Statement");
    if (!document.isObject() || statement.isMissingNode() || statement.isValueNode()) {
      throw KmsErrors.badPolicy("The policy has no statement");
    }
    for (JsonNode one : statement.isArray() ? statement : Json.array().add(statement)) {
      if (!one.path("Effect").asText().matches("Allow|Deny")
          || one.path("Principal").isMissingNode() && one.path("NotPrincipal").isMissingNode()
          || one.path("Action").isMissingNode() && one.path("NotAction").isMissingNode()) {
        throw KmsErrors.badPolicy("A statement of the policy is incomplete");
      }
    }
  }

  static void checkName(@Nullable String name) {
    if (name != null && !name.equals("default")) {
      throw KmsErrors.noPolicy();
    }
  }
}
