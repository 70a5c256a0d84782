package dev.brume.services.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import dev.brume.model.s3.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.Map;
import org.junit.jupiter.api.Test;

class S3ResourcesTest {
  private final S3Fixture fixture = new S3Fixture();
  private final S3Resources resources = new S3Resources(fixture.operations());

  private ResourceType type(String name) {
    return resources.all().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  private ResourceRequest request(String logicalId, String properties) {
    return new ResourceRequest(
        fixture.call,
        "arn:aws:cloudformation:us-east-1:000000000000:stack/Stack/1",
        "Stack",
        logicalId,
        (ObjectNode) Json.parseOwn(properties),
        Map.of("team", "x"),
        "ABCDEFGHIJKL");
  }

  private static final String BOOTSTRAP =
      """
      {"BucketName": "staging", "AccessControl": "Private",
       "BucketEncryption": {"ServerSideEncryptionConfiguration":
         [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/aws/s3"}}]},
       "PublicAccessBlockConfiguration": {"BlockPublicAcls": true, "BlockPublicPolicy": true,
         "IgnorePublicAcls": true, "RestrictPublicBuckets": false},
       "VersioningConfiguration": {"Status": "Enabled"},
       "LifecycleConfiguration": {"Rules": [
         {"Id": "CleanupOldVersions", "Status": "Enabled",
          "NoncurrentVersionExpiration": {"NoncurrentDays": 30}},
         {"Id": "Abort", "Status": "Enabled", "Prefix": "x", "ExpirationInDays": 3,
          "TagFilters": [{"Key": "a", "Value": "b"}],
          "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
          "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 9}]}]},
       "CorsConfiguration": {"CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"],
         "ExposedHeaders": ["x"], "AllowedHeaders": ["y-*"], "Id": "web", "MaxAge": 5}]},
       "WebsiteConfiguration": {"IndexDocument": "i.html", "ErrorDocument": "e.html"},
       "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
       "NotificationConfiguration": {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*",
         "Queue": "arn:aws:sqs:us-east-1:000000000000:q",
         "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "up/"}]}}}]},
       "Tags": [{"Key": "t", "Value": "v"}]}
      """;

  @Test
  void bucketWithEverything() {
    S3Service s3 = fixture.s3;
    ResourceState state = type("AWS::S3::Bucket").create(request("B", BOOTSTRAP));
    assertThat(state.physicalId()).isEqualTo("staging");
    assertThat(state.attributes().get("Arn").asText()).isEqualTo("arn:aws:s3:::staging");
    var call = fixture.call;
    assertThat(
            s3.putObject(call, new PutObjectRequest().bucket("staging").key("k"))
                .serverSideEncryption())
        .isEqualTo("aws:kms");
    assertThat(
            s3.getBucketVersioning(call, new GetBucketVersioningRequest().bucket("staging"))
                .status())
        .isEqualTo("Enabled");
    var lifecycle =
        s3.getBucketLifecycleConfiguration(
            call, new GetBucketLifecycleConfigurationRequest().bucket("staging"));
    assertThat(lifecycle.rules()).hasSize(2);
    assertThat(lifecycle.rules().get(1).filter().and().tags()).hasSize(1);
    assertThat(lifecycle.rules().get(1).transitions().getFirst().days()).isEqualTo(9);
    CORSRule cors =
        s3.getBucketCors(call, new GetBucketCorsRequest().bucket("staging")).corsRules().getFirst();
    assertThat(cors.maxAgeSeconds()).isEqualTo(5);
    assertThat(cors.id()).isEqualTo("web");
    assertThat(cors.exposeHeaders()).containsExactly("x");
    assertThat(cors.allowedHeaders()).containsExactly("y-*");
    assertThat(
            s3.getBucketNotificationConfiguration(
                    call, new GetBucketNotificationConfigurationRequest().bucket("staging"))
                .queueConfigurations())
        .hasSize(1);
    assertThat(s3.getBucketTagging(call, new GetBucketTaggingRequest().bucket("staging")).tagSet())
        .anyMatch(tag -> tag.key().equals("team"))
        .anyMatch(tag -> tag.key().equals("t"));
    // The same request again, after a crash.
    type("AWS::S3::Bucket").create(request("B", BOOTSTRAP));
    assertThatThrownBy(() -> type("AWS::S3::Bucket").create(request("Other", BOOTSTRAP)))
        .hasMessage("staging already exists");
  }

  @Test
  void propertiesTakenOutGoBack() {
    ResourceType type = type("AWS::S3::Bucket");
    ResourceRequest first = request("B", BOOTSTRAP);
    type.create(first);
    type.update(request("B", "{\"BucketName\": \"staging\"}"), "staging", first.properties());
    assertThatThrownBy(
            () ->
                fixture.s3.getBucketCors(
                    fixture.call, new GetBucketCorsRequest().bucket("staging")))
        .hasMessage("The CORS configuration does not exist");
    assertThat(
            fixture
                .s3
                .getBucketVersioning(
                    fixture.call, new GetBucketVersioningRequest().bucket("staging"))
                .status())
        .isEqualTo("Suspended");
  }

  @Test
  void generatedNameIsAValidBucketName() {
    ResourceState state = type("AWS::S3::Bucket").create(request("UploadBucketD2C1DA78", "{}"));
    assertThat(state.physicalId()).isEqualTo("stack-uploadbucketd2c1da78-abcdefghijkl");
    type("AWS::S3::Bucket").delete(request("UploadBucketD2C1DA78", "{}"), state.physicalId());
    type("AWS::S3::Bucket").delete(request("UploadBucketD2C1DA78", "{}"), state.physicalId());
  }

  @Test
  void notificationsOfTheCdk() {
    fixture.bucket("bucket");
    String properties =
        """
        {"ServiceToken": "arn", "BucketName": "bucket", "Managed": true,
         "SkipDestinationValidation": false,
         "NotificationConfiguration": {"LambdaFunctionConfigurations": [
           {"Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules":
             [{"Name": "prefix", "Value": "year="}]}},
            "LambdaFunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f"}]}}
        """;
    ResourceType type = type("Custom::S3BucketNotifications");
    String id = type.create(request("N", properties)).physicalId();
    fixture.put("bucket", "year=2026/x", "1");
    assertThat(fixture.sent).hasSize(1);
    type.delete(request("N", properties), id);
    fixture.put("bucket", "year=2026/y", "1");
    assertThat(fixture.sent).hasSize(1);
  }

  @Test
  void autoDeleteOnlyWithItsTag() {
    ResourceType type = type("Custom::S3AutoDeleteObjects");
    fixture.bucket("bucket");
    fixture.put("bucket", "k", "1");
    ResourceRequest request = request("A", "{\"BucketName\": \"bucket\"}");
    type.delete(request, "A-1");
    var list = new ListObjectsV2Request().bucket("bucket");
    assertThat(fixture.s3.listObjectsV2(fixture.call, list).contents()).hasSize(1);
    var tag = new Tag().key("aws-cdk:auto-delete-objects").value("true");
    fixture.s3.putBucketTagging(
        fixture.call,
        new PutBucketTaggingRequest()
            .bucket("bucket")
            .tagging(new Tagging().tagSet(java.util.List.of(tag))));
    type.delete(request, "A-1");
    assertThat(fixture.s3.listObjectsV2(fixture.call, list).contents()).isEmpty();
  }
}
