package dev.brume.services.s3;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.auth.PolicyDocument;
import dev.brume.json.Json;
import dev.brume.model.s3.GetBucketPolicyOutput;
import dev.brume.model.s3.GetBucketPolicyRequest;
import dev.brume.model.s3.GetBucketPolicyStatusOutput;
import dev.brume.model.s3.GetBucketPolicyStatusRequest;
import dev.brume.model.s3.PolicyStatus;
import dev.brume.model.s3.PutBucketPolicyRequest;
import dev.brume.protocol.Documents;
import dev.brume.store.Kv;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The policies of buckets as documents: kept, read, public or not. What they allow is asked by
/// [BucketAccess].
final class BucketPolicies {
  private final Kv kv;
  private final S3Store store;
  private final Settings settings;

  BucketPolicies(Kv kv, S3Store store, Settings settings) {
    this.kv = kv;
    this.store = store;
    this.settings = settings;
  }

  GetBucketPolicyOutput get(GetBucketPolicyRequest in) {
    GetBucketPolicyOutput policy =
        settings.get(
            in.bucket(), in.expectedBucketOwner(), Settings.POLICY, new GetBucketPolicyOutput());
    if (policy == null) {
      throw S3Errors.noSetting(
          "NoSuchBucketPolicy", "The bucket policy does not exist", in.bucket());
    }
    return policy;
  }

  void put(PutBucketPolicyRequest in) {
    String text = in.policy() == null ? "" : in.policy();
    if (text.getBytes(StandardCharsets.UTF_8).length > S3Limits.POLICY_BYTES_MAX) {
      throw S3Errors.malformedPolicy("Policy exceeds the maximum allowed document size.");
    }
    try {
      JsonNode policy = Json.parse(text);
      if (!policy.isObject() || !policy.has("Statement")) {
        throw S3Errors.malformedPolicy("Missing required field Statement");
      }
      for (JsonNode statement : statements(policy)) {
        if (!statement.has("Principal") && !statement.has("NotPrincipal")) {
          throw S3Errors.malformedPolicy("Missing required field Principal");
        }
      }
      PolicyDocument.parse(text);
    } catch (JsonProcessingException e) {
      throw S3Errors.malformedPolicy("Policies must be valid JSON and the first byte must be '{'");
    } catch (IllegalArgumentException e) {
      throw S3Errors.malformedPolicy(String.valueOf(e.getMessage()));
    }
    kv.tx(
        tx -> {
          Bucket of = store.require(tx, in.bucket(), in.expectedBucketOwner());
          if (isPublic(text)) {
            PublicAccess.checkPolicy(tx, of.name());
          }
          byte[] document = Documents.write(new GetBucketPolicyOutput().policy(text));
          tx.put(S3Store.settingKey(of.name(), Settings.POLICY), document);
          return of;
        });
  }

  private static Iterable<JsonNode> statements(JsonNode policy) {
    JsonNode statement = policy.get("Statement");
    return statement.isArray() ? statement : List.of(statement);
  }

  GetBucketPolicyStatusOutput status(GetBucketPolicyStatusRequest in) {
    String text =
        get(new GetBucketPolicyRequest()
                .bucket(in.bucket())
                .expectedBucketOwner(in.expectedBucketOwner()))
            .policy();
    return new GetBucketPolicyStatusOutput()
        .policyStatus(new PolicyStatus().isPublic(text != null && isPublic(text)));
  }

  // Lets everybody do something, without a condition.
  private static boolean isPublic(String policy) {
    boolean open = false;
    for (JsonNode statement : statements(Json.parseOwn(policy))) {
      JsonNode principal = statement.path("Principal");
      boolean everybody =
          principal.asText().equals("*") || principal.path("AWS").asText().equals("*");
      open |=
          everybody
              && statement.path("Effect").asText().equals("Allow")
              && statement.path("Condition").isEmpty();
    }
    return open;
  }
}
