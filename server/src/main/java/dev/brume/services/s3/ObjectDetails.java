package dev.brume.services.s3;

import dev.brume.model.Call;
import dev.brume.model.s3.Checksum;
import dev.brume.model.s3.DeleteObjectTaggingOutput;
import dev.brume.model.s3.DeleteObjectTaggingRequest;
import dev.brume.model.s3.GetObjectAclOutput;
import dev.brume.model.s3.GetObjectAclRequest;
import dev.brume.model.s3.GetObjectAttributesOutput;
import dev.brume.model.s3.GetObjectAttributesParts;
import dev.brume.model.s3.GetObjectAttributesRequest;
import dev.brume.model.s3.GetObjectTaggingOutput;
import dev.brume.model.s3.GetObjectTaggingRequest;
import dev.brume.model.s3.ObjectPart;
import dev.brume.model.s3.PutObjectTaggingOutput;
import dev.brume.model.s3.PutObjectTaggingRequest;
import dev.brume.store.Kv;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What belongs to an object besides its bytes: tags and attributes.
final class ObjectDetails {
  private final Kv kv;
  private final S3Store store;
  private final Notifications notifications;

  ObjectDetails(Kv kv, S3Store store, Notifications notifications) {
    this.kv = kv;
    this.store = store;
    this.notifications = notifications;
  }

  GetObjectTaggingOutput tags(GetObjectTaggingRequest in) {
    return kv.read(
        reader -> {
          Bucket bucket = store.require(reader, in.bucket(), in.expectedBucketOwner());
          Version version = store.requireVersion(reader, bucket, in.key(), in.versionId());
          return new GetObjectTaggingOutput()
              .tagSet(Tags.list(version.tags()))
              .versionId(version.shownId(bucket));
        });
  }

  PutObjectTaggingOutput putTags(Call call, PutObjectTaggingRequest in) {
    if (in.tagging() == null) {
      throw S3Errors.malformedXml();
    }
    Map<String, String> tags = Tags.of(in.tagging().tagSet(), S3Limits.OBJECT_TAGS_MAX);
    String id =
        retag(
            call,
            in.bucket(),
            in.expectedBucketOwner(),
            in.key(),
            in.versionId(),
            tags,
            "ObjectTagging:Put");
    return new PutObjectTaggingOutput().versionId(id);
  }

  DeleteObjectTaggingOutput deleteTags(Call call, DeleteObjectTaggingRequest in) {
    String id =
        retag(
            call,
            in.bucket(),
            in.expectedBucketOwner(),
            in.key(),
            in.versionId(),
            Map.of(),
            "ObjectTagging:Delete");
    return new DeleteObjectTaggingOutput().versionId(id);
  }

  private @Nullable String retag(
      Call call,
      String bucketName,
      @Nullable String expectedOwner,
      String key,
      @Nullable String versionId,
      Map<String, String> tags,
      String event) {
    ObjectWrites.Stored stored =
        kv.tx(
            tx -> {
              Bucket bucket = store.require(tx, bucketName, expectedOwner);
              Version version = store.requireVersion(tx, bucket, key, versionId).withTags(tags);
              store.putVersion(tx, bucket.name(), version);
              notifications.send(
                  tx, call, bucket, Notifications.Change.created(event, bucket, version));
              return new ObjectWrites.Stored(bucket, version);
            });
    return stored.version().shownId(stored.bucket());
  }

  /// The owner may do everything with an object that is there, nobody else anything.
  GetObjectAclOutput acl(GetObjectAclRequest in) {
    return kv.read(
        reader -> {
          Bucket bucket = store.require(reader, in.bucket(), in.expectedBucketOwner());
          store.requireVersion(reader, bucket, in.key(), in.versionId());
          return new GetObjectAclOutput()
              .owner(Listings.owner(bucket))
              .grants(Buckets.grants(bucket.withAcl("private")));
        });
  }

  GetObjectAttributesOutput attributes(GetObjectAttributesRequest in) {
    List<String> wanted = in.objectAttributes();
    if (wanted.isEmpty()) {
      throw S3Errors.invalidArgument(
          "Invalid attribute name specified.", "x-amz-object-attributes", "");
    }
    return kv.read(
        reader -> {
          Bucket bucket = store.require(reader, in.bucket(), in.expectedBucketOwner());
          Version version = store.requireVersion(reader, bucket, in.key(), in.versionId());
          var out = new GetObjectAttributesOutput().versionId(version.shownId(bucket));
          out.lastModified(Instant.ofEpochSecond(version.modifiedMillis() / 1000));
          for (String name : wanted) {
            attribute(out, name, version, in);
          }
          return out;
        });
  }

  private static void attribute(
      GetObjectAttributesOutput out, String name, Version version, GetObjectAttributesRequest in) {
    switch (name) {
      case "ETag" -> out.eTag(version.etag().replace("\"", ""));
      case "Checksum" -> {
        if (!version.checksums().isEmpty()) {
          var checksum = new Checksum();
          Attributes.showChecksums(checksum, version.checksums(), version.checksumType());
          out.checksum(checksum);
        }
      }
      case "ObjectParts" -> {
        if (!version.parts().isEmpty()) {
          out.objectParts(parts(version, in));
        }
      }
      case "StorageClass" -> out.storageClass(version.storageClass());
      case "ObjectSize" -> out.objectSize(version.sizeBytes());
      default ->
          throw S3Errors.invalidArgument(
              "Invalid attribute name specified.", "x-amz-object-attributes", name);
    }
  }

  private static GetObjectAttributesParts parts(Version version, GetObjectAttributesRequest in) {
    int after = in.partNumberMarker() == null ? 0 : in.partNumberMarker();
    int max =
        in.maxParts() == null
            ? S3Limits.LIST_KEYS_MAX
            : Math.min(in.maxParts(), S3Limits.LIST_KEYS_MAX);
    var shown = new ArrayList<ObjectPart>();
    boolean truncated = false;
    for (Version.Part part : version.parts()) {
      if (part.number() > after && shown.size() < max) {
        var each = new ObjectPart().partNumber(part.number()).size(part.sizeBytes());
        Attributes.showChecksums(each, part.checksums(), null);
        shown.add(each);
      } else if (part.number() > after) {
        truncated = true;
      }
    }
    return new GetObjectAttributesParts()
        .totalPartsCount(version.parts().size())
        .partNumberMarker(after)
        .nextPartNumberMarker(shown.isEmpty() ? 0 : shown.getLast().partNumber())
        .maxParts(max)
        .isTruncated(truncated)
        .parts(Checksums.COMPOSITE.equals(version.checksumType()) ? shown : null);
  }
}
