package dev.brume.services.s3;

import dev.brume.model.Call;
import dev.brume.model.s3.CreateBucketConfiguration;
import dev.brume.model.s3.CreateBucketOutput;
import dev.brume.model.s3.CreateBucketRequest;
import dev.brume.model.s3.DeleteBucketRequest;
import dev.brume.model.s3.GetBucketAclOutput;
import dev.brume.model.s3.GetBucketAclRequest;
import dev.brume.model.s3.GetBucketLocationOutput;
import dev.brume.model.s3.GetBucketLocationRequest;
import dev.brume.model.s3.GetBucketReplicationOutput;
import dev.brume.model.s3.GetBucketReplicationRequest;
import dev.brume.model.s3.GetBucketTaggingOutput;
import dev.brume.model.s3.GetBucketVersioningOutput;
import dev.brume.model.s3.GetBucketVersioningRequest;
import dev.brume.model.s3.GetObjectLockConfigurationOutput;
import dev.brume.model.s3.GetObjectLockConfigurationRequest;
import dev.brume.model.s3.Grant;
import dev.brume.model.s3.Grantee;
import dev.brume.model.s3.HeadBucketOutput;
import dev.brume.model.s3.HeadBucketRequest;
import dev.brume.model.s3.ListBucketsOutput;
import dev.brume.model.s3.ListBucketsRequest;
import dev.brume.model.s3.Owner;
import dev.brume.model.s3.PutBucketAclRequest;
import dev.brume.protocol.Documents;
import dev.brume.store.Kv;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Buckets: create, head, list, delete, where they are and whose.
final class Buckets {
  private static final Set<String> ACLS =
      Set.of(
          "private",
          "public-read",
          "public-read-write",
          "authenticated-read",
          "log-delivery-write");
  private static final int BUCKETS_MAX = 10_000;
  private static final String GROUPS = "http://acs.amazonaws.com/groups/";

  private final Kv kv;
  private final S3Store store;

  Buckets(Kv kv, S3Store store) {
    this.kv = kv;
    this.store = store;
  }

  CreateBucketOutput create(Call call, CreateBucketRequest in) {
    String name = in.bucket();
    if (!Bucket.isValidName(name)) {
      throw S3Errors.invalidBucketName(name);
    }
    if (Boolean.TRUE.equals(in.objectLockEnabledForBucket())) {
      throw S3Errors.notImplemented("object lock");
    }
    CreateBucketConfiguration configuration = in.createBucketConfiguration();
    String region = region(call, configuration);
    String acl = acl(in.acl());
    refuseGrants(in);
    PublicAccess.checkNew(acl, in.objectOwnership());
    kv.tx(
        tx -> {
          Bucket existing = store.bucket(tx, name);
          if (existing != null) {
            if (!existing.account().equals(call.account())) {
              throw S3Errors.bucketAlreadyExists(name);
            }
            // North Virginia alone answers success to the owner.
            if (!existing.region().equals("us-east-1") || !region.equals("us-east-1")) {
              throw S3Errors.bucketAlreadyOwnedByYou(name);
            }
            return existing;
          }
          var bucket =
              new Bucket(name, call.account(), region, call.now().toEpochMilli(), null, false, acl);
          store.putBucket(tx, bucket);
          Settings.initial(tx, name, in.objectOwnership());
          if (configuration != null && !configuration.tags().isEmpty()) {
            Tags.of(configuration.tags(), S3Limits.BUCKET_TAGS_MAX);
            tx.put(
                S3Store.settingKey(name, Settings.TAGGING),
                Documents.write(new GetBucketTaggingOutput().tagSet(configuration.tags())));
          }
          return bucket;
        });
    return new CreateBucketOutput().location("/" + name);
  }

  private static void refuseGrants(CreateBucketRequest in) {
    if (in.grantFullControl() != null
        || in.grantRead() != null
        || in.grantReadACP() != null
        || in.grantWrite() != null
        || in.grantWriteACP() != null) {
      throw S3Errors.notImplemented("access control lists other than the canned ones");
    }
  }

  private static String region(Call call, @Nullable CreateBucketConfiguration configuration) {
    String asked = configuration == null ? null : configuration.locationConstraint();
    if (asked == null || asked.isEmpty()) {
      if (!call.region().equals("us-east-1")) {
        throw S3Errors.illegalLocation();
      }
      return call.region();
    }
    String region = asked.equals("EU") ? "eu-west-1" : asked;
    if (region.equals("us-east-1") || !region.matches("[a-z]{2,3}(-[a-z]+)+-\\d")) {
      throw S3Errors.invalidLocation(asked);
    }
    return region;
  }

  static String acl(@Nullable String canned) {
    if (canned == null || canned.isEmpty()) {
      return "private";
    }
    if (!ACLS.contains(canned)) {
      throw S3Errors.invalidArgument("", "x-amz-acl", canned);
    }
    return canned;
  }

  HeadBucketOutput head(HeadBucketRequest in) {
    return kv.read(
        reader -> {
          Bucket bucket = store.require(reader, in.bucket(), in.expectedBucketOwner());
          return new HeadBucketOutput()
              .bucketRegion(bucket.region())
              .bucketArn(bucket.arn())
              .accessPointAlias(false);
        });
  }

  ListBucketsOutput list(Call call, ListBucketsRequest in) {
    String prefix = in.prefix() == null ? "" : in.prefix();
    String after = in.continuationToken() == null ? "" : in.continuationToken();
    int max = in.maxBuckets() == null ? BUCKETS_MAX : Math.min(in.maxBuckets(), BUCKETS_MAX);
    return kv.read(
        reader -> {
          var shown = new ArrayList<dev.brume.model.s3.Bucket>();
          String next = null;
          for (Bucket bucket : store.buckets(reader, call)) {
            boolean wanted =
                bucket.name().startsWith(prefix)
                    && bucket.name().compareTo(after) > 0
                    && (in.bucketRegion() == null || in.bucketRegion().equals(bucket.region()));
            if (wanted && shown.size() == max) {
              next = shown.getLast().name();
              break;
            }
            if (wanted) {
              shown.add(
                  new dev.brume.model.s3.Bucket()
                      .name(bucket.name())
                      .creationDate(Instant.ofEpochMilli(bucket.createdMillis()))
                      .bucketRegion(in.maxBuckets() == null ? null : bucket.region()));
            }
          }
          return new ListBucketsOutput()
              .buckets(shown)
              .owner(new Owner().id(call.account()))
              .prefix(in.prefix())
              .continuationToken(next);
        });
  }

  void delete(DeleteBucketRequest in) {
    kv.tx(
        tx -> {
          Bucket bucket = store.require(tx, in.bucket(), in.expectedBucketOwner());
          if (!store.isEmpty(tx, bucket.name())) {
            throw S3Errors.bucketNotEmpty(bucket.name());
          }
          // Uploads that were never completed go with the bucket.
          for (Upload upload : store.uploads(tx, bucket.name())) {
            for (Upload.Part part : store.parts(tx, bucket.name(), upload.uploadId())) {
              store.release(tx, List.of(part.content()));
            }
            store.removeUpload(tx, bucket.name(), upload);
          }
          store.deleteBucket(tx, bucket.name());
          return bucket;
        });
  }

  GetBucketLocationOutput location(GetBucketLocationRequest in) {
    Bucket bucket = find(in.bucket(), in.expectedBucketOwner());
    boolean virginia = bucket.region().equals("us-east-1");
    return new GetBucketLocationOutput().locationConstraint(virginia ? null : bucket.region());
  }

  Bucket find(String name, @Nullable String expectedOwner) {
    return kv.read(reader -> store.require(reader, name, expectedOwner));
  }

  GetBucketAclOutput acl(GetBucketAclRequest in) {
    Bucket bucket = find(in.bucket(), in.expectedBucketOwner());
    return new GetBucketAclOutput().owner(Listings.owner(bucket)).grants(grants(bucket));
  }

  void putAcl(PutBucketAclRequest in) {
    if (in.acl() == null) {
      throw S3Errors.notImplemented("access control lists other than the canned ones");
    }
    String acl = acl(in.acl());
    kv.tx(
        tx -> {
          Bucket bucket = store.require(tx, in.bucket(), in.expectedBucketOwner());
          PublicAccess.checkAcl(tx, bucket.name(), acl);
          store.putBucket(tx, bucket.withAcl(acl));
          return bucket;
        });
  }

  GetBucketVersioningOutput versioning(GetBucketVersioningRequest in) {
    Bucket bucket = find(in.bucket(), in.expectedBucketOwner());
    return new GetBucketVersioningOutput().status(bucket.versioning());
  }

  /// Brume replicates nothing, so the bucket has no such setting.
  GetBucketReplicationOutput replication(GetBucketReplicationRequest in) {
    find(in.bucket(), in.expectedBucketOwner());
    throw S3Errors.noSetting(
        "ReplicationConfigurationNotFoundError",
        "The replication configuration was not found",
        in.bucket());
  }

  /// Brume locks nothing, so the bucket has no such setting.
  GetObjectLockConfigurationOutput objectLock(GetObjectLockConfigurationRequest in) {
    find(in.bucket(), in.expectedBucketOwner());
    throw S3Errors.noSetting(
        "ObjectLockConfigurationNotFoundError",
        "Object Lock configuration does not exist for this bucket",
        in.bucket());
  }

  /// The grants that a canned ACL stands for.
  static List<Grant> grants(Bucket bucket) {
    var grants = new ArrayList<Grant>();
    var owner = new Grantee().type("CanonicalUser").id(bucket.account());
    grants.add(new Grant().grantee(owner).permission("FULL_CONTROL"));
    switch (bucket.acl()) {
      case "public-read" -> grants.add(group("global/AllUsers", "READ"));
      case "public-read-write" -> {
        grants.add(group("global/AllUsers", "READ"));
        grants.add(group("global/AllUsers", "WRITE"));
      }
      case "authenticated-read" -> grants.add(group("global/AuthenticatedUsers", "READ"));
      case "log-delivery-write" -> {
        grants.add(group("s3/LogDelivery", "WRITE"));
        grants.add(group("s3/LogDelivery", "READ_ACP"));
      }
      default -> {}
    }
    return grants;
  }

  private static Grant group(String name, String permission) {
    var grantee = new Grantee().type("Group").uri(GROUPS + name);
    return new Grant().grantee(grantee).permission(permission);
  }
}
