package dev.brume.services.s3;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.s3.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The CloudFormation types
/// [AWS::S3](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_S3.html),
/// and the two custom resources that the CDK makes for buckets.
public final class S3Resources {
  private static final String STACK_TAG = "aws:cloudformation:stack-id";
  private static final String LOGICAL_TAG = "aws:cloudformation:logical-id";

  private final S3Client s3;

  public S3Resources(Operations operations) {
    this.s3 = new S3Client(operations);
  }

  public List<ResourceType> all() {
    return List.of(
        new BucketType(),
        new BucketPolicyType(),
        new CdkBucketResources.Notifications(s3),
        new CdkBucketResources.AutoDelete(s3));
  }

  private final class BucketType implements ResourceType {
    @Override
    public String name() {
      return "AWS::S3::Bucket";
    }

    @Override
    public Set<String> properties() {
      return Set.of(
          "AccelerateConfiguration",
          "AccessControl",
          "BucketEncryption",
          "BucketName",
          "CorsConfiguration",
          "LifecycleConfiguration",
          "NotificationConfiguration",
          "OwnershipControls",
          "PublicAccessBlockConfiguration",
          "Tags",
          "VersioningConfiguration",
          "WebsiteConfiguration");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      Call call = request.call();
      String name = request.nameOr("BucketName", 63).toLowerCase(Locale.ROOT);
      if (!isOwn(request, name)) {
        List<Tag> tags = tags(request);
        var configuration = new CreateBucketConfiguration().tags(tags.isEmpty() ? null : tags);
        if (!call.region().equals("us-east-1")) {
          configuration.locationConstraint(call.region());
        }
        s3.createBucket(
            call, new CreateBucketRequest().bucket(name).createBucketConfiguration(configuration));
      }
      configure(request, name, Json.object());
      return state(call, name);
    }

    // Whether this very resource made the bucket before a crash. One that somebody else made is an
    // error, though the API would answer its owner with success.
    private boolean isOwn(ResourceRequest request, String name) {
      try {
        s3.headBucket(request.call(), new HeadBucketRequest().bucket(name));
      } catch (NoSuchBucket e) {
        return false;
      }
      var tags = new LinkedHashMap<String, String>();
      try {
        s3.getBucketTagging(request.call(), new GetBucketTaggingRequest().bucket(name))
            .tagSet()
            .forEach(tag -> tags.put(tag.key(), tag.value()));
      } catch (ServiceError e) {
        if (!e.code().equals("NoSuchTagSet")) {
          throw e;
        }
      }
      if (request.stackId().equals(tags.get(STACK_TAG))
          && request.logicalId().equals(tags.get(LOGICAL_TAG))) {
        return true;
      }
      throw new ServiceError("AlreadyExists", name + " already exists", 409);
    }

    @Override
    public ResourceState update(
        ResourceRequest request, String physicalId, ObjectNode oldProperties) {
      configure(request, physicalId, oldProperties);
      return state(request.call(), physicalId);
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      try {
        s3.deleteBucket(request.call(), new DeleteBucketRequest().bucket(physicalId));
      } catch (NoSuchBucket e) {
        // Gone already, which is what was asked for.
        return;
      }
    }

    private void configure(ResourceRequest request, String bucket, ObjectNode old) {
      var change = new Change(request.call(), bucket, request.properties(), old);
      List<Tag> tags = tags(request);
      if (!tags.isEmpty()) {
        s3.putBucketTagging(
            request.call(),
            new PutBucketTaggingRequest().bucket(bucket).tagging(new Tagging().tagSet(tags)));
      }
      encryption(change);
      versioning(change);
      publicAccess(change);
      ownership(change);
      lifecycle(change);
      cors(change);
      website(change);
      accessControl(change);
      accelerate(change);
      notifications(change);
    }

    private void encryption(Change change) {
      JsonNode property = change.get("BucketEncryption");
      if (property != null) {
        var value =
            BucketProperties.fill(
                BucketProperties.encryption(property), new ServerSideEncryptionConfiguration());
        s3.putBucketEncryption(
            change.call(),
            new PutBucketEncryptionRequest()
                .bucket(change.bucket())
                .serverSideEncryptionConfiguration(value));
      } else if (change.gone("BucketEncryption")) {
        s3.deleteBucketEncryption(
            change.call(), new DeleteBucketEncryptionRequest().bucket(change.bucket()));
      }
    }

    private void versioning(Change change) {
      JsonNode property = change.get("VersioningConfiguration");
      String status =
          property == null
              ? change.gone("VersioningConfiguration") ? "Suspended" : null
              : property.path("Status").asText();
      if (status != null) {
        s3.putBucketVersioning(
            change.call(),
            new PutBucketVersioningRequest()
                .bucket(change.bucket())
                .versioningConfiguration(new VersioningConfiguration().status(status)));
      }
    }

    private void publicAccess(Change change) {
      JsonNode property = change.get("PublicAccessBlockConfiguration");
      if (property != null) {
        var value = BucketProperties.fill(property, new PublicAccessBlockConfiguration());
        s3.putPublicAccessBlock(
            change.call(),
            new PutPublicAccessBlockRequest()
                .bucket(change.bucket())
                .publicAccessBlockConfiguration(value));
      } else if (change.gone("PublicAccessBlockConfiguration")) {
        s3.deletePublicAccessBlock(
            change.call(), new DeletePublicAccessBlockRequest().bucket(change.bucket()));
      }
    }

    private void ownership(Change change) {
      JsonNode property = change.get("OwnershipControls");
      if (property != null) {
        s3.putBucketOwnershipControls(
            change.call(),
            new PutBucketOwnershipControlsRequest()
                .bucket(change.bucket())
                .ownershipControls(BucketProperties.fill(property, new OwnershipControls())));
      } else if (change.gone("OwnershipControls")) {
        s3.deleteBucketOwnershipControls(
            change.call(), new DeleteBucketOwnershipControlsRequest().bucket(change.bucket()));
      }
    }

    private void lifecycle(Change change) {
      JsonNode property = change.get("LifecycleConfiguration");
      if (property != null) {
        var value =
            BucketProperties.fill(
                BucketProperties.lifecycle(property), new BucketLifecycleConfiguration());
        s3.putBucketLifecycleConfiguration(
            change.call(),
            new PutBucketLifecycleConfigurationRequest()
                .bucket(change.bucket())
                .lifecycleConfiguration(value));
      } else if (change.gone("LifecycleConfiguration")) {
        s3.deleteBucketLifecycle(
            change.call(), new DeleteBucketLifecycleRequest().bucket(change.bucket()));
      }
    }

    private void cors(Change change) {
      JsonNode property = change.get("CorsConfiguration");
      if (property != null) {
        var value = BucketProperties.fill(BucketProperties.cors(property), new CORSConfiguration());
        s3.putBucketCors(
            change.call(),
            new PutBucketCorsRequest().bucket(change.bucket()).corsConfiguration(value));
      } else if (change.gone("CorsConfiguration")) {
        s3.deleteBucketCors(change.call(), new DeleteBucketCorsRequest().bucket(change.bucket()));
      }
    }

    private void website(Change change) {
      JsonNode property = change.get("WebsiteConfiguration");
      if (property != null) {
        var value =
            BucketProperties.fill(BucketProperties.website(property), new WebsiteConfiguration());
        s3.putBucketWebsite(
            change.call(),
            new PutBucketWebsiteRequest().bucket(change.bucket()).websiteConfiguration(value));
      } else if (change.gone("WebsiteConfiguration")) {
        s3.deleteBucketWebsite(
            change.call(), new DeleteBucketWebsiteRequest().bucket(change.bucket()));
      }
    }

    private void accessControl(Change change) {
      JsonNode property = change.get("AccessControl");
      if (property != null || change.gone("AccessControl")) {
        String acl = BucketProperties.acl(property == null ? "" : property.asText());
        s3.putBucketAcl(change.call(), new PutBucketAclRequest().bucket(change.bucket()).acl(acl));
      }
    }

    private void accelerate(Change change) {
      JsonNode property = change.get("AccelerateConfiguration");
      if (property != null) {
        String status = property.path("AccelerationStatus").asText();
        s3.putBucketAccelerateConfiguration(
            change.call(),
            new PutBucketAccelerateConfigurationRequest()
                .bucket(change.bucket())
                .accelerateConfiguration(new AccelerateConfiguration().status(status)));
      }
    }

    private void notifications(Change change) {
      JsonNode property = change.get("NotificationConfiguration");
      if (property != null || change.gone("NotificationConfiguration")) {
        ObjectNode json =
            property == null ? Json.object() : BucketProperties.notifications(property);
        s3.putBucketNotificationConfiguration(
            change.call(),
            new PutBucketNotificationConfigurationRequest()
                .bucket(change.bucket())
                .notificationConfiguration(
                    BucketProperties.fill(json, new NotificationConfiguration())));
      }
    }

    private static ResourceState state(Call call, String name) {
      String region = call.region();
      return new ResourceState(
          name,
          Map.of(
              "Arn", TextNode.valueOf("arn:aws:s3:::" + name),
              "DomainName", TextNode.valueOf(name + ".s3.amazonaws.com"),
              "RegionalDomainName", TextNode.valueOf(name + ".s3." + region + ".amazonaws.com"),
              "DualStackDomainName",
                  TextNode.valueOf(name + ".s3.dualstack." + region + ".amazonaws.com"),
              "WebsiteURL",
                  TextNode.valueOf("http://" + name + ".s3-website-" + region + ".amazonaws.com")));
    }
  }

  /// What is wanted and what was there before.
  private record Change(Call call, String bucket, ObjectNode properties, ObjectNode old) {
    @Nullable JsonNode get(String property) {
      return properties.hasNonNull(property) ? properties.get(property) : null;
    }

    boolean gone(String property) {
      return !properties.hasNonNull(property) && old.hasNonNull(property);
    }
  }

  private static List<Tag> tags(ResourceRequest request) {
    var tags = new LinkedHashMap<>(request.tags());
    tags.put(STACK_TAG, request.stackId());
    tags.put(LOGICAL_TAG, request.logicalId());
    tags.put("aws:cloudformation:stack-name", request.stackName());
    for (JsonNode tag : request.properties().path("Tags")) {
      tags.put(tag.path("Key").asText(), tag.path("Value").asText());
    }
    var list = new ArrayList<Tag>();
    tags.forEach((key, value) -> list.add(new Tag().key(key).value(value)));
    return list;
  }

  private final class BucketPolicyType implements ResourceType {
    @Override
    public String name() {
      return "AWS::S3::BucketPolicy";
    }

    @Override
    public Set<String> properties() {
      return Set.of("Bucket", "PolicyDocument");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      String bucket = request.properties().path("Bucket").asText();
      JsonNode document = request.properties().path("PolicyDocument");
      String policy = document.isObject() ? Json.write(document) : document.asText();
      s3.putBucketPolicy(
          request.call(), new PutBucketPolicyRequest().bucket(bucket).policy(policy));
      return ResourceState.of(bucket);
    }

    @Override
    public ResourceState update(
        ResourceRequest request, String physicalId, ObjectNode oldProperties) {
      return create(request);
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      try {
        s3.deleteBucketPolicy(request.call(), new DeleteBucketPolicyRequest().bucket(physicalId));
      } catch (NoSuchBucket e) {
        // The policy went with its bucket.
        return;
      }
    }
  }
}
