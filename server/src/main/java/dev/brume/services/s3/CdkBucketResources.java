package dev.brume.services.s3;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.ServiceError;
import dev.brume.model.s3.Delete;
import dev.brume.model.s3.DeleteObjectsRequest;
import dev.brume.model.s3.GetBucketNotificationConfigurationRequest;
import dev.brume.model.s3.GetBucketTaggingRequest;
import dev.brume.model.s3.ListObjectVersionsOutput;
import dev.brume.model.s3.ListObjectVersionsRequest;
import dev.brume.model.s3.NoSuchBucket;
import dev.brume.model.s3.NotificationConfiguration;
import dev.brume.model.s3.ObjectIdentifier;
import dev.brume.model.s3.PutBucketNotificationConfigurationRequest;
import dev.brume.model.s3.S3Client;
import dev.brume.protocol.Documents;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The custom resources that the CDK makes for buckets, done here instead of in their functions:
/// the same calls, without a cold start.
final class CdkBucketResources {
  private static final List<String> DESTINATIONS =
      List.of("QueueConfigurations", "TopicConfigurations", "LambdaFunctionConfigurations");

  private CdkBucketResources() {}

  /// `Custom::S3BucketNotifications`. Unless the bucket's notifications are managed by this
  /// resource
  /// alone, the ones that others made stay.
  static final class Notifications implements ResourceType {
    private final S3Client s3;

    Notifications(S3Client s3) {
      this.s3 = s3;
    }

    @Override
    public String name() {
      return "Custom::S3BucketNotifications";
    }

    @Override
    public Set<String> properties() {
      return Set.of(
          "BucketName",
          "Managed",
          "NotificationConfiguration",
          "ServiceToken",
          "ServiceTimeout",
          "SkipDestinationValidation");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      put(request, request.properties().path("NotificationConfiguration"));
      return ResourceState.of(request.logicalId());
    }

    @Override
    public ResourceState update(
        ResourceRequest request, String physicalId, ObjectNode oldProperties) {
      put(request, request.properties().path("NotificationConfiguration"));
      return ResourceState.of(physicalId);
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      try {
        put(request, Json.object());
      } catch (NoSuchBucket e) {
        // The notifications went with their bucket.
        return;
      }
    }

    private void put(ResourceRequest request, JsonNode wanted) {
      String bucket = request.properties().path("BucketName").asText();
      ObjectNode all = wanted.isObject() ? wanted.deepCopy() : Json.object();
      if (!request.properties().path("Managed").asText("true").equalsIgnoreCase("true")) {
        merge(all, existing(request.call(), bucket), request.stackId());
      }
      boolean skips =
          request
              .properties()
              .path("SkipDestinationValidation")
              .asText("false")
              .equalsIgnoreCase("true");
      s3.putBucketNotificationConfiguration(
          request.call(),
          new PutBucketNotificationConfigurationRequest()
              .bucket(bucket)
              .skipDestinationValidation(skips)
              .notificationConfiguration(
                  BucketProperties.fill(all, new NotificationConfiguration())));
    }

    private JsonNode existing(Call call, String bucket) {
      NotificationConfiguration configuration =
          s3.getBucketNotificationConfiguration(
              call, new GetBucketNotificationConfigurationRequest().bucket(bucket));
      return Json.parseOwn(new String(Documents.write(configuration), StandardCharsets.UTF_8));
    }

    // Own ones carry the stack's id; whatever else is there belongs to others.
    private static void merge(ObjectNode all, JsonNode existing, String stackId) {
      for (String name : DESTINATIONS) {
        ArrayNode merged = Json.array();
        for (JsonNode each : existing.path(name)) {
          if (!each.path("Id").asText().startsWith(stackId + "-")) {
            merged.add(each);
          }
        }
        for (JsonNode each : all.path(name)) {
          ObjectNode own = each.deepCopy();
          merged.add(own.put("Id", stackId + "-" + Json.write(each).hashCode()));
        }
        if (!merged.isEmpty()) {
          all.set(name, merged);
        }
      }
      if (existing.has("EventBridgeConfiguration")) {
        all.set("EventBridgeConfiguration", existing.get("EventBridgeConfiguration"));
      }
    }
  }

  /// `Custom::S3AutoDeleteObjects`: empties the bucket before it is deleted, if it still has the
  /// tag
  /// that allows it.
  static final class AutoDelete implements ResourceType {
    private static final String TAG = "aws-cdk:auto-delete-objects";

    private final S3Client s3;

    AutoDelete(S3Client s3) {
      this.s3 = s3;
    }

    @Override
    public String name() {
      return "Custom::S3AutoDeleteObjects";
    }

    @Override
    public Set<String> properties() {
      return Set.of("BucketName", "ServiceToken", "ServiceTimeout");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      return ResourceState.of(request.logicalId() + "-" + request.suffix());
    }

    @Override
    public ResourceState update(
        ResourceRequest request, String physicalId, ObjectNode oldProperties) {
      String before = oldProperties.path("BucketName").asText();
      if (!before.equals(request.properties().path("BucketName").asText())) {
        empty(request.call(), before);
      }
      return ResourceState.of(physicalId);
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      try {
        empty(request.call(), request.properties().path("BucketName").asText());
      } catch (NoSuchBucket e) {
        // Nothing is left to empty.
        return;
      }
    }

    private void empty(Call call, String bucket) {
      if (!isAllowed(call, bucket)) {
        return;
      }
      while (true) {
        ListObjectVersionsOutput page =
            s3.listObjectVersions(call, new ListObjectVersionsRequest().bucket(bucket));
        var objects = new ArrayList<ObjectIdentifier>();
        page.versions().forEach(each -> objects.add(object(each.key(), each.versionId())));
        page.deleteMarkers().forEach(each -> objects.add(object(each.key(), each.versionId())));
        if (objects.isEmpty()) {
          return;
        }
        s3.deleteObjects(
            call,
            new DeleteObjectsRequest()
                .bucket(bucket)
                .delete(new Delete().objects(objects).quiet(true)));
      }
    }

    private boolean isAllowed(Call call, String bucket) {
      try {
        return s3
            .getBucketTagging(call, new GetBucketTaggingRequest().bucket(bucket))
            .tagSet()
            .stream()
            .anyMatch(tag -> TAG.equals(tag.key()) && "true".equals(tag.value()));
      } catch (ServiceError e) {
        if (e.code().equals("NoSuchTagSet")) {
          return false;
        }
        throw e;
      }
    }

    private static ObjectIdentifier object(
        @org.jspecify.annotations.Nullable String key,
        @org.jspecify.annotations.Nullable String versionId) {
      return new ObjectIdentifier().key(key).versionId(versionId);
    }
  }
}
