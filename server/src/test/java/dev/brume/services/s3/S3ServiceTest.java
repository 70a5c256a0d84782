package dev.brume.services.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import dev.brume.model.Body;
import dev.brume.model.ServiceError;
import dev.brume.model.s3.*;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class S3ServiceTest {
  private final S3Fixture fixture = new S3Fixture();
  private final S3Service s3 = fixture.s3;

  private byte[] get(String bucket, String key) throws IOException {
    GetObjectOutput out =
        s3.getObject(fixture.call, new GetObjectRequest().bucket(bucket).key(key));
    return out.body().stream().readAllBytes();
  }

  @Test
  void smallAndLargeBodies() throws IOException {
    fixture.bucket("bucket");
    for (int size :
        new int[] {0, 1, S3Limits.INLINE_BYTES_MAX, S3Limits.INLINE_BYTES_MAX + 1, 1 << 20}) {
      byte[] bytes = fixture.ids.bytes(size);
      s3.putObject(
          fixture.call, new PutObjectRequest().bucket("bucket").key("k").body(Body.of(bytes)));
      assertThat(get("bucket", "k")).isEqualTo(bytes);
    }
  }

  @Test
  void aBodyThatEndsWrongLeavesNothing() {
    fixture.bucket("bucket");
    var broken =
        new InputStream() {
          private int left = 200_000;

          @Override
          public int read() throws IOException {
            if (left-- > 0) {
              return 'x';
            }
            throw new dev.brume.model.BodyError(S3Errors.badDigest("CRC32"));
          }
        };
    assertThatThrownBy(
            () ->
                s3.putObject(
                    fixture.call,
                    new PutObjectRequest().bucket("bucket").key("k").body(new Body(broken, -1))))
        .isInstanceOfSatisfying(
            ServiceError.class, e -> assertThat(e.code()).isEqualTo("BadDigest"));
    assertThatThrownBy(() -> get("bucket", "k")).isInstanceOf(NoSuchKey.class);
  }

  @Test
  void versionsAndMarkers() throws IOException {
    fixture.bucket("bucket");
    fixture.put("bucket", "k", "before");
    s3.putBucketVersioning(
        fixture.call,
        new PutBucketVersioningRequest()
            .bucket("bucket")
            .versioningConfiguration(new VersioningConfiguration().status("Enabled")));
    String first = fixture.put("bucket", "k", "1");
    fixture.put("bucket", "k", "2");
    String marker =
        s3.deleteObject(fixture.call, new DeleteObjectRequest().bucket("bucket").key("k"))
            .versionId();
    assertThatThrownBy(() -> get("bucket", "k")).isInstanceOf(NoSuchKey.class);
    ListObjectVersionsOutput all =
        s3.listObjectVersions(fixture.call, new ListObjectVersionsRequest().bucket("bucket"));
    assertThat(all.versions()).hasSize(3);
    assertThat(all.deleteMarkers().getFirst().isLatest()).isTrue();
    assertThat(all.versions().getLast().versionId()).isEqualTo("null");
    s3.deleteObject(
        fixture.call, new DeleteObjectRequest().bucket("bucket").key("k").versionId(marker));
    assertThat(get("bucket", "k")).asString().isEqualTo("2");
    GetObjectOutput old =
        s3.getObject(
            fixture.call, new GetObjectRequest().bucket("bucket").key("k").versionId(first));
    assertThat(old.body().stream().readAllBytes()).asString().isEqualTo("1");
    // Pages of one give the same, in order.
    var seen = new ArrayList<String>();
    var request = new ListObjectVersionsRequest().bucket("bucket").maxKeys(1);
    for (boolean more = true; more; ) {
      ListObjectVersionsOutput page = s3.listObjectVersions(fixture.call, request);
      page.versions().forEach(version -> seen.add(version.versionId()));
      request.keyMarker(page.nextKeyMarker()).versionIdMarker(page.nextVersionIdMarker());
      more = page.isTruncated();
    }
    assertThat(seen).hasSize(3).endsWith("null");
  }

  @Test
  void suspendedVersioningReplacesTheNullVersion() {
    fixture.bucket("bucket");
    var suspended =
        new PutBucketVersioningRequest()
            .bucket("bucket")
            .versioningConfiguration(new VersioningConfiguration().status("Suspended"));
    s3.putBucketVersioning(fixture.call, suspended);
    fixture.put("bucket", "k", "1");
    assertThat(fixture.put("bucket", "k", "2")).isEqualTo("null");
    s3.deleteObject(fixture.call, new DeleteObjectRequest().bucket("bucket").key("k"));
    ListObjectVersionsOutput all =
        s3.listObjectVersions(fixture.call, new ListObjectVersionsRequest().bucket("bucket"));
    assertThat(all.versions()).isEmpty();
    assertThat(all.deleteMarkers()).hasSize(1);
  }

  @Test
  void notificationsGoWithTheWrite() {
    fixture.bucket("bucket");
    var queue =
        new QueueConfiguration()
            .queueArn("arn:aws:sqs:us-east-1:000000000000:q")
            .events(List.of("s3:ObjectCreated:*"))
            .id("cfg");
    s3.putBucketNotificationConfiguration(
        fixture.call,
        new PutBucketNotificationConfigurationRequest()
            .bucket("bucket")
            .notificationConfiguration(
                new NotificationConfiguration().queueConfigurations(List.of(queue))));
    assertThat(payload(0).path("Event").asText()).isEqualTo("s3:TestEvent");
    fixture.put("bucket", "a b", "hello");
    JsonNode entry = payload(1).path("Records").path(0);
    assertThat(entry.path("eventName").asText()).isEqualTo("ObjectCreated:Put");
    assertThat(entry.path("eventTime").asText()).isEqualTo("2026-11-23T10:00:00.123Z");
    assertThat(entry.path("s3").path("object").path("key").asText()).isEqualTo("a+b");
    assertThat(entry.path("s3").path("object").path("size").asInt()).isEqualTo(5);
    assertThat(entry.path("s3").path("object").path("eTag").asText())
        .isEqualTo("5d41402abc4b2a76b9719d911017c592");
    assertThat(entry.path("s3").path("configurationId").asText()).isEqualTo("cfg");
    assertThat(fixture.sent).hasSize(2);
  }

  @Test
  void destinationsThatAreNotThere() {
    fixture.bucket("bucket");
    var queue =
        new QueueConfiguration()
            .queueArn("arn:aws:sqs:us-east-1:000000000000:missing")
            .events(List.of("s3:ObjectCreated:*"));
    var request =
        new PutBucketNotificationConfigurationRequest()
            .bucket("bucket")
            .notificationConfiguration(
                new NotificationConfiguration().queueConfigurations(List.of(queue)));
    assertThatThrownBy(() -> s3.putBucketNotificationConfiguration(fixture.call, request))
        .hasMessage("Unable to validate the following destination configurations");
    s3.putBucketNotificationConfiguration(fixture.call, request.skipDestinationValidation(true));
  }

  @Test
  void othersNeedThePolicy() {
    fixture.bucket("bucket");
    fixture.put("bucket", "k", "1");
    int get = s3.model().operation("GetObject").index();
    var request = new GetObjectRequest().bucket("bucket").key("k");
    var stranger = fixture.call.as(new dev.brume.model.Principal.Anonymous());
    assertThatThrownBy(() -> s3.call(get, stranger, request)).hasMessage("Access Denied");
    s3.call(get, fixture.call, request);
    var policy =
        new PutBucketPolicyRequest()
            .bucket("bucket")
            .policy(
                """
                {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                  "Resource": "arn:aws:s3:::bucket/k"}]}
                """);
    assertThatThrownBy(() -> s3.putBucketPolicy(fixture.call, policy))
        .hasMessageContaining("BlockPublicPolicy");
    s3.deletePublicAccessBlock(fixture.call, new DeletePublicAccessBlockRequest().bucket("bucket"));
    s3.putBucketPolicy(fixture.call, policy);
    s3.call(get, stranger, request);
    assertThatThrownBy(
            () -> s3.call(get, stranger, new GetObjectRequest().bucket("bucket").key("other")))
        .hasMessage("Access Denied");
  }

  @Test
  void aPolicyThatWantsTlsDoesNotShutOutLoopback() {
    fixture.bucket("bucket");
    fixture.put("bucket", "k", "1");
    s3.putBucketPolicy(
        fixture.call,
        new PutBucketPolicyRequest()
            .bucket("bucket")
            .policy(
                """
                {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*",
                  "Resource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
                  "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}
                """));
    s3.call(
        s3.model().operation("GetObject").index(),
        fixture.call,
        new GetObjectRequest().bucket("bucket").key("k"));
  }

  @Test
  void lifecycleRulesAreCarriedOutAtMidnight() throws IOException {
    fixture.timers.start();
    fixture.bucket("bucket");
    fixture.put("bucket", "logs/old", "1");
    fixture.put("bucket", "kept", "1");
    s3.createMultipartUpload(
        fixture.call, new CreateMultipartUploadRequest().bucket("bucket").key("logs/never"));
    var rule =
        new LifecycleRule()
            .status("Enabled")
            .filter(new LifecycleRuleFilter().prefix("logs/"))
            .expiration(new LifecycleExpiration().days(2))
            .abortIncompleteMultipartUpload(
                new AbortIncompleteMultipartUpload().daysAfterInitiation(1));
    s3.putBucketLifecycleConfiguration(
        fixture.call,
        new PutBucketLifecycleConfigurationRequest()
            .bucket("bucket")
            .lifecycleConfiguration(new BucketLifecycleConfiguration().rules(List.of(rule))));
    fixture.timers.advance(java.time.Duration.ofDays(2));
    assertThat(get("bucket", "logs/old")).asString().isEqualTo("1");
    var uploads = new ListMultipartUploadsRequest().bucket("bucket");
    assertThat(s3.listMultipartUploads(fixture.call, uploads).uploads()).isEmpty();
    fixture.timers.advance(java.time.Duration.ofDays(1));
    assertThatThrownBy(() -> get("bucket", "logs/old")).isInstanceOf(NoSuchKey.class);
    assertThat(get("bucket", "kept")).asString().isEqualTo("1");
  }

  @Test
  void lifecycleOfVersions() throws IOException {
    fixture.timers.start();
    fixture.bucket("bucket");
    s3.putBucketVersioning(
        fixture.call,
        new PutBucketVersioningRequest()
            .bucket("bucket")
            .versioningConfiguration(new VersioningConfiguration().status("Enabled")));
    fixture.put("bucket", "k", "1");
    fixture.put("bucket", "k", "2");
    var rule =
        new LifecycleRule()
            .status("Enabled")
            .filter(new LifecycleRuleFilter().prefix(""))
            .noncurrentVersionExpiration(new NoncurrentVersionExpiration().noncurrentDays(1))
            .expiration(new LifecycleExpiration().expiredObjectDeleteMarker(true));
    s3.putBucketLifecycleConfiguration(
        fixture.call,
        new PutBucketLifecycleConfigurationRequest()
            .bucket("bucket")
            .lifecycleConfiguration(new BucketLifecycleConfiguration().rules(List.of(rule))));
    fixture.timers.advance(java.time.Duration.ofDays(2));
    var all = new ListObjectVersionsRequest().bucket("bucket");
    assertThat(s3.listObjectVersions(fixture.call, all).versions()).hasSize(1);
    assertThat(get("bucket", "k")).asString().isEqualTo("2");
    s3.deleteObject(fixture.call, new DeleteObjectRequest().bucket("bucket").key("k"));
    fixture.timers.advance(java.time.Duration.ofDays(3));
    ListObjectVersionsOutput left = s3.listObjectVersions(fixture.call, all);
    assertThat(left.versions()).isEmpty();
    assertThat(left.deleteMarkers()).isEmpty();
  }

  private JsonNode payload(int index) {
    return Json.parseOwn(new String(fixture.sent.get(index).payload(), StandardCharsets.UTF_8));
  }

  @Test
  void multipart() throws IOException {
    fixture.bucket("bucket");
    String id =
        s3.createMultipartUpload(
                fixture.call, new CreateMultipartUploadRequest().bucket("bucket").key("k"))
            .uploadId();
    byte[] first = fixture.ids.bytes((int) S3Limits.PART_BYTES_MIN);
    var parts = new ArrayList<CompletedPart>();
    for (byte[] bytes : List.of(first, "tail".getBytes(StandardCharsets.UTF_8))) {
      int number = parts.size() + 1;
      UploadPartOutput out =
          s3.uploadPart(
              fixture.call,
              new UploadPartRequest()
                  .bucket("bucket")
                  .key("k")
                  .uploadId(id)
                  .partNumber(number)
                  .body(Body.of(bytes)));
      parts.add(new CompletedPart().partNumber(number).eTag(out.eTag()));
    }
    var complete =
        new CompleteMultipartUploadRequest()
            .bucket("bucket")
            .key("k")
            .uploadId(id)
            .multipartUpload(new CompletedMultipartUpload().parts(parts.reversed()));
    assertThatThrownBy(() -> s3.completeMultipartUpload(fixture.call, complete))
        .hasMessageContaining("not in ascending order");
    complete.multipartUpload(new CompletedMultipartUpload().parts(parts));
    assertThat(s3.completeMultipartUpload(fixture.call, complete).eTag()).endsWith("-2\"");
    GetObjectOutput out =
        s3.getObject(
            fixture.call,
            new GetObjectRequest()
                .bucket("bucket")
                .key("k")
                .range("bytes=" + (first.length - 2) + "-" + (first.length + 1)));
    assertThat(out.body().stream().readAllBytes())
        .containsExactly(first[first.length - 2], first[first.length - 1], 't', 'a');
    assertThatThrownBy(() -> s3.completeMultipartUpload(fixture.call, complete))
        .isInstanceOf(NoSuchUpload.class);
  }

  @Test
  void blobsWithoutARowAreSwept() throws IOException {
    fixture.bucket("bucket");
    byte[] bytes = fixture.ids.bytes(100_000);
    s3.putObject(
        fixture.call, new PutObjectRequest().bucket("bucket").key("k").body(Body.of(bytes)));
    var orphan = fixture.blobs.create();
    orphan.write(bytes, 0, 10);
    String id = orphan.finish();
    s3.sweepBlobs();
    assertThat(get("bucket", "k")).isEqualTo(bytes);
    assertThatThrownBy(() -> fixture.blobs.open(id, 0)).isInstanceOf(IOException.class);
  }
}
