package dev.brume.services.iam;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.auth.PolicyDocument;
import dev.brume.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Checks of policy documents as they are stored, and the form in which IAM gives them back.
final class PolicyDocuments {
  private PolicyDocuments() {}

  /// Throws MalformedPolicyDocument.
  ///
  /// @param trust a trust policy, which names principals and no resources
  static String checked(String document, boolean trust, int charactersMax) {
    JsonNode policy;
    try {
      policy = Json.parse(document);
    } catch (JsonProcessingException e) {
      throw IamErrors.malformed("This policy contains invalid Json");
    }
    if (document.replaceAll("\\s", "").length() > charactersMax) {
      throw IamErrors.limit("Cannot exceed quota for PolicySize: " + charactersMax);
    }
    JsonNode statements = policy.path("Statement");
    if (!policy.isObject() || statements.isMissingNode()) {
      throw IamErrors.malformed("Syntax errors in policy.");
    }
    for (JsonNode statement : statements.isArray() ? statements : java.util.List.of(statements)) {
      check(statement, trust);
    }
    try {
      PolicyDocument.parse(document);
    } catch (IllegalArgumentException e) {
      throw IamErrors.malformed(String.valueOf(e.getMessage()));
    }
    return document;
  }

  private static void check(JsonNode statement, boolean trust) {
    String effect = statement.path("Effect").asText();
    if (!effect.equals("Allow") && !effect.equals("Deny")) {
      throw IamErrors.malformed("Syntax errors in policy.");
    }
    if (!statement.has("Action") && !statement.has("NotAction")) {
      throw IamErrors.malformed("Policy statement must contain actions.");
    }
    if (trust) {
      if (!statement.has("Principal") && !statement.has("NotPrincipal")) {
        throw IamErrors.malformed("Missing required field Principal");
      }
      if (statement.has("Resource")) {
        throw IamErrors.malformed("Has prohibited field Resource");
      }
      return;
    }
    if (statement.has("Principal")) {
      throw IamErrors.malformed("Policy document should not specify a principal.");
    }
    if (!statement.has("Resource") && !statement.has("NotResource")) {
      throw IamErrors.malformed("Policy statement must contain resources.");
    }
  }

  /// Documents travel percent-encoded after RFC 3986 in IAM's answers.
  static String encoded(String document) {
    return URLEncoder.encode(document, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }
}
