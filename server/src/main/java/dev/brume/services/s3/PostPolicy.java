package dev.brume.services.s3;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import dev.brume.model.ServiceError;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What the signer of a form allows it to say, a POST policy:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>
record PostPolicy(Instant expiration, List<Condition> conditions, Lengths lengths) {
  // Fields that need no condition.
  private static final Set<String> FREE =
      Set.of("policy", "x-amz-signature", "signature", "awsaccesskeyid", "file");

  /// How long the file may be.
  record Lengths(long bytesMin, long bytesMax) {
    static final Lengths ANY = new Lengths(0, S3Limits.PUT_BYTES_MAX);
  }

  /// @param field name in lower case
  /// @param shown as the policy has it
  private record Condition(String field, boolean prefix, String value, String shown) {
    boolean holds(String given) {
      return prefix ? startsWith(given) : given.equals(value);
    }

    // A list of content types must start with the prefix in each of its elements.
    private boolean startsWith(String given) {
      if (!field.equals("content-type")) {
        return given.startsWith(value);
      }
      for (String each : given.split(",")) {
        if (!each.strip().startsWith(value)) {
          return false;
        }
      }
      return true;
    }
  }

  /// Reads a policy. Throws S3's error for one that is not well made.
  ///
  /// @param base64 as the form has it
  static PostPolicy parse(String base64) {
    try {
      String text = new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
      JsonNode policy = Json.parse(text);
      JsonNode expiration = policy.path("expiration");
      JsonNode list = policy.path("conditions");
      if (!expiration.isTextual()) {
        throw invalid("Invalid Policy: Policy missing expiration.");
      }
      if (!list.isArray()) {
        throw invalid("Invalid Policy: Policy missing conditions.");
      }
      var conditions = new ArrayList<Condition>();
      Lengths lengths = Lengths.ANY;
      for (JsonNode each : list) {
        if (each.isObject()) {
          each.properties()
              .forEach(
                  entry ->
                      conditions.add(
                          condition(entry.getKey(), false, entry.getValue().asText(), each)));
        } else if (each.isArray()
            && each.size() == 3
            && each.get(0).asText().equalsIgnoreCase("content-length-range")) {
          long most = Math.min(each.get(2).asLong(), S3Limits.PUT_BYTES_MAX);
          lengths = new Lengths(each.get(1).asLong(), most);
        } else {
          conditions.add(triple(each));
        }
      }
      return new PostPolicy(Instant.parse(expiration.asText()), conditions, lengths);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw invalid("Invalid Policy: Invalid JSON.");
    } catch (DateTimeException e) {
      throw invalid("Invalid Policy: Invalid 'expiration' value.");
    }
  }

  private static Condition triple(JsonNode each) {
    String operator = each.path(0).asText().toLowerCase(Locale.ROOT);
    String field = each.path(1).asText();
    boolean known = operator.equals("eq") || operator.equals("starts-with");
    if (!each.isArray() || each.size() != 3 || !known || !field.startsWith("$")) {
      throw invalid("Invalid Policy: Invalid Condition: " + Json.write(each));
    }
    return condition(
        field.substring(1), operator.equals("starts-with"), each.get(2).asText(), each);
  }

  private static Condition condition(String field, boolean prefix, String value, JsonNode shown) {
    return new Condition(field.toLowerCase(Locale.ROOT), prefix, value, Json.write(shown));
  }

  private static ServiceError invalid(String text) {
    return new ServiceError("InvalidPolicyDocument", text, 400);
  }

  /// Throws AccessDenied when the policy is over, a condition does not hold, or the form says
  /// something that no condition is about.
  ///
  /// @param fields names in lower case; with the bucket, which the form's address names
  void check(Map<String, String> fields, Instant now) {
    if (now.isAfter(expiration)) {
      throw denied("Policy expired.");
    }
    var named = new HashSet<String>(FREE);
    for (Condition condition : conditions) {
      named.add(condition.field());
      if (!condition.holds(fields.getOrDefault(condition.field(), ""))) {
        throw denied("Policy Condition failed: " + condition.shown());
      }
    }
    for (String field : fields.keySet()) {
      if (!named.contains(field) && !field.startsWith("x-ignore-") && !field.equals("bucket")) {
        throw denied("Extra input fields: " + field);
      }
    }
  }

  private static ServiceError denied(String text) {
    return new ServiceError("AccessDenied", "Invalid according to Policy: " + text, 403);
  }
}
