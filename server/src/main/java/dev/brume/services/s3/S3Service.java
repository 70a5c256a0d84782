package dev.brume.services.s3;

import dev.brume.auth.Authenticator;
import dev.brume.events.Targets;
import dev.brume.gateway.BrowserAccess;
import dev.brume.gateway.FrontDoor;
import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.Struct;
import dev.brume.model.s3.*;
import dev.brume.store.Blobs;
import dev.brume.store.Kv;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;

/// [Amazon S3](https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html):
/// each operation, handed to the part that it belongs to.
public final class S3Service implements S3Api {
  private final Kv kv;
  private final Ids ids;
  private final S3Store store;
  private final Buckets buckets;
  private final ObjectReads reads;
  private final ObjectWrites writes;
  private final ObjectDeletes deletes;
  private final ObjectDetails details;
  private final Multipart multipart;
  private final Listings listings;
  private final Settings settings;
  private final BucketPolicies policies;
  private final NotificationSettings notifications;
  private final BucketAccess access;
  private final Lifecycle lifecycle;

  /// @param operations reaches KMS
  public S3Service(
      Kv kv, Blobs blobs, Timers timers, Targets targets, Operations operations, Ids ids) {
    this.kv = kv;
    this.ids = ids;
    store = new S3Store(blobs);
    var sender = new Notifications(targets);
    var intake = new Intake(blobs, ids);
    settings = new Settings(kv, store);
    buckets = new Buckets(kv, store);
    policies = new BucketPolicies(kv, store, settings);
    var keys = new ObjectKeys(operations);
    reads = new ObjectReads(kv, store, keys);
    writes = new ObjectWrites(kv, store, settings, intake, reads, keys, sender, ids);
    deletes = new ObjectDeletes(kv, store, sender, ids);
    details = new ObjectDetails(kv, store, sender);
    multipart = new Multipart(kv, store, settings, intake, reads, keys, writes, ids);
    listings = new Listings(kv, store);
    notifications = new NotificationSettings(kv, store, sender, ids);
    access = new BucketAccess(kv, store);
    lifecycle = new Lifecycle(kv, store, sender, timers, ids);
  }

  /// Deletes the blobs that a crash left behind. Only at start, before anything writes; S3 owns
  /// every blob.
  public void sweepBlobs() {
    kv.read(
        reader -> {
          try {
            store.sweep(reader);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return true;
        });
  }

  /// What pages of other origins may do with buckets.
  public BrowserAccess browsers() {
    return new S3Browsers(kv);
  }

  /// Where browsers send forms with files.
  public FrontDoor forms(Operations operations, Authenticator authenticator, Clock clock) {
    return new FormUploads(kv, operations, authenticator, clock, ids);
  }

  @Override
  public Struct call(int operation, Call call, Struct in) {
    access.check(call, model().operations().get(operation).name(), in);
    return S3Api.super.call(operation, call, in);
  }

  @Override
  public CreateBucketOutput createBucket(Call call, CreateBucketRequest in) {
    return buckets.create(call, in);
  }

  @Override
  public HeadBucketOutput headBucket(Call call, HeadBucketRequest in) {
    return buckets.head(in);
  }

  @Override
  public ListBucketsOutput listBuckets(Call call, ListBucketsRequest in) {
    return buckets.list(call, in);
  }

  @Override
  public DeleteBucketResponse deleteBucket(Call call, DeleteBucketRequest in) {
    buckets.delete(in);
    return new DeleteBucketResponse();
  }

  @Override
  public GetBucketLocationOutput getBucketLocation(Call call, GetBucketLocationRequest in) {
    return buckets.location(in);
  }

  @Override
  public PutObjectOutput putObject(Call call, PutObjectRequest in) {
    return writes.put(call, in);
  }

  @Override
  public GetObjectOutput getObject(Call call, GetObjectRequest in) {
    return reads.get(call, in);
  }

  @Override
  public HeadObjectOutput headObject(Call call, HeadObjectRequest in) {
    return reads.head(call, in);
  }

  @Override
  public DeleteObjectOutput deleteObject(Call call, DeleteObjectRequest in) {
    return deletes.delete(call, in);
  }

  @Override
  public DeleteObjectsOutput deleteObjects(Call call, DeleteObjectsRequest in) {
    return deletes.deleteAll(call, in);
  }

  @Override
  public CopyObjectOutput copyObject(Call call, CopyObjectRequest in) {
    return writes.copy(call, in);
  }

  @Override
  public GetObjectTaggingOutput getObjectTagging(Call call, GetObjectTaggingRequest in) {
    return details.tags(in);
  }

  @Override
  public PutObjectTaggingOutput putObjectTagging(Call call, PutObjectTaggingRequest in) {
    return details.putTags(call, in);
  }

  @Override
  public DeleteObjectTaggingOutput deleteObjectTagging(Call call, DeleteObjectTaggingRequest in) {
    return details.deleteTags(call, in);
  }

  @Override
  public GetObjectAttributesOutput getObjectAttributes(Call call, GetObjectAttributesRequest in) {
    return details.attributes(in);
  }

  @Override
  public CreateMultipartUploadOutput createMultipartUpload(
      Call call, CreateMultipartUploadRequest in) {
    return multipart.create(call, in);
  }

  @Override
  public UploadPartOutput uploadPart(Call call, UploadPartRequest in) {
    return multipart.upload(call, in);
  }

  @Override
  public UploadPartCopyOutput uploadPartCopy(Call call, UploadPartCopyRequest in) {
    return multipart.copy(call, in);
  }

  @Override
  public CompleteMultipartUploadOutput completeMultipartUpload(
      Call call, CompleteMultipartUploadRequest in) {
    return multipart.complete(call, in);
  }

  @Override
  public AbortMultipartUploadOutput abortMultipartUpload(
      Call call, AbortMultipartUploadRequest in) {
    return multipart.abort(in);
  }

  @Override
  public ListMultipartUploadsOutput listMultipartUploads(
      Call call, ListMultipartUploadsRequest in) {
    return listings.listUploads(in);
  }

  @Override
  public ListPartsOutput listParts(Call call, ListPartsRequest in) {
    return listings.listParts(call, in);
  }

  @Override
  public ListObjectsOutput listObjects(Call call, ListObjectsRequest in) {
    return listings.list(in);
  }

  @Override
  public ListObjectsV2Output listObjectsV2(Call call, ListObjectsV2Request in) {
    return listings.listV2(in);
  }

  @Override
  public ListObjectVersionsOutput listObjectVersions(Call call, ListObjectVersionsRequest in) {
    return listings.listVersions(in);
  }

  @Override
  public NotificationConfiguration getBucketNotificationConfiguration(
      Call call, GetBucketNotificationConfigurationRequest in) {
    return notifications.get(in.bucket(), in.expectedBucketOwner());
  }

  @Override
  public PutBucketNotificationConfigurationResponse putBucketNotificationConfiguration(
      Call call, PutBucketNotificationConfigurationRequest in) {
    notifications.put(call, in);
    return new PutBucketNotificationConfigurationResponse();
  }

  @Override
  public GetBucketEncryptionOutput getBucketEncryption(Call call, GetBucketEncryptionRequest in) {
    return settings.encryption(in);
  }

  @Override
  public PutBucketEncryptionResponse putBucketEncryption(Call call, PutBucketEncryptionRequest in) {
    settings.putEncryption(in);
    return new PutBucketEncryptionResponse();
  }

  @Override
  public DeleteBucketEncryptionResponse deleteBucketEncryption(
      Call call, DeleteBucketEncryptionRequest in) {
    settings.delete(in.bucket(), in.expectedBucketOwner(), Settings.ENCRYPTION);
    return new DeleteBucketEncryptionResponse();
  }

  @Override
  public GetBucketPolicyOutput getBucketPolicy(Call call, GetBucketPolicyRequest in) {
    return policies.get(in);
  }

  @Override
  public GetBucketPolicyStatusOutput getBucketPolicyStatus(
      Call call, GetBucketPolicyStatusRequest in) {
    return policies.status(in);
  }

  @Override
  public PutBucketPolicyResponse putBucketPolicy(Call call, PutBucketPolicyRequest in) {
    policies.put(in);
    return new PutBucketPolicyResponse();
  }

  @Override
  public DeleteBucketPolicyResponse deleteBucketPolicy(Call call, DeleteBucketPolicyRequest in) {
    settings.delete(in.bucket(), in.expectedBucketOwner(), Settings.POLICY);
    return new DeleteBucketPolicyResponse();
  }

  @Override
  public GetBucketTaggingOutput getBucketTagging(Call call, GetBucketTaggingRequest in) {
    return settings.tagging(in);
  }

  @Override
  public PutBucketTaggingResponse putBucketTagging(Call call, PutBucketTaggingRequest in) {
    settings.putTagging(in);
    return new PutBucketTaggingResponse();
  }

  @Override
  public DeleteBucketTaggingResponse deleteBucketTagging(Call call, DeleteBucketTaggingRequest in) {
    settings.delete(in.bucket(), in.expectedBucketOwner(), Settings.TAGGING);
    return new DeleteBucketTaggingResponse();
  }

  @Override
  public GetBucketVersioningOutput getBucketVersioning(Call call, GetBucketVersioningRequest in) {
    return buckets.versioning(in);
  }

  @Override
  public PutBucketVersioningResponse putBucketVersioning(Call call, PutBucketVersioningRequest in) {
    settings.putVersioning(in);
    return new PutBucketVersioningResponse();
  }

  @Override
  public GetBucketLifecycleConfigurationOutput getBucketLifecycleConfiguration(
      Call call, GetBucketLifecycleConfigurationRequest in) {
    return settings.lifecycle(in);
  }

  @Override
  public PutBucketLifecycleConfigurationOutput putBucketLifecycleConfiguration(
      Call call, PutBucketLifecycleConfigurationRequest in) {
    return settings.putLifecycle(call, in, lifecycle);
  }

  @Override
  public DeleteBucketLifecycleResponse deleteBucketLifecycle(
      Call call, DeleteBucketLifecycleRequest in) {
    settings.delete(in.bucket(), in.expectedBucketOwner(), Settings.LIFECYCLE);
    return new DeleteBucketLifecycleResponse();
  }

  @Override
  public GetBucketCorsOutput getBucketCors(Call call, GetBucketCorsRequest in) {
    return settings.cors(in);
  }

  @Override
  public PutBucketCorsResponse putBucketCors(Call call, PutBucketCorsRequest in) {
    settings.putCors(in);
    return new PutBucketCorsResponse();
  }

  @Override
  public DeleteBucketCorsResponse deleteBucketCors(Call call, DeleteBucketCorsRequest in) {
    settings.delete(in.bucket(), in.expectedBucketOwner(), Settings.CORS);
    return new DeleteBucketCorsResponse();
  }

  @Override
  public GetBucketWebsiteOutput getBucketWebsite(Call call, GetBucketWebsiteRequest in) {
    return settings.website(in);
  }

  @Override
  public PutBucketWebsiteResponse putBucketWebsite(Call call, PutBucketWebsiteRequest in) {
    settings.put(
        in.bucket(), in.expectedBucketOwner(), Settings.WEBSITE, in.websiteConfiguration());
    return new PutBucketWebsiteResponse();
  }

  @Override
  public DeleteBucketWebsiteResponse deleteBucketWebsite(Call call, DeleteBucketWebsiteRequest in) {
    settings.delete(in.bucket(), in.expectedBucketOwner(), Settings.WEBSITE);
    return new DeleteBucketWebsiteResponse();
  }

  @Override
  public GetPublicAccessBlockOutput getPublicAccessBlock(
      Call call, GetPublicAccessBlockRequest in) {
    return settings.publicAccess(in);
  }

  @Override
  public PutPublicAccessBlockResponse putPublicAccessBlock(
      Call call, PutPublicAccessBlockRequest in) {
    settings.put(
        in.bucket(),
        in.expectedBucketOwner(),
        Settings.PUBLIC_ACCESS,
        in.publicAccessBlockConfiguration());
    return new PutPublicAccessBlockResponse();
  }

  @Override
  public DeletePublicAccessBlockResponse deletePublicAccessBlock(
      Call call, DeletePublicAccessBlockRequest in) {
    settings.delete(in.bucket(), in.expectedBucketOwner(), Settings.PUBLIC_ACCESS);
    return new DeletePublicAccessBlockResponse();
  }

  @Override
  public GetBucketOwnershipControlsOutput getBucketOwnershipControls(
      Call call, GetBucketOwnershipControlsRequest in) {
    return settings.ownership(in);
  }

  @Override
  public PutBucketOwnershipControlsResponse putBucketOwnershipControls(
      Call call, PutBucketOwnershipControlsRequest in) {
    settings.put(in.bucket(), in.expectedBucketOwner(), Settings.OWNERSHIP, in.ownershipControls());
    return new PutBucketOwnershipControlsResponse();
  }

  @Override
  public DeleteBucketOwnershipControlsResponse deleteBucketOwnershipControls(
      Call call, DeleteBucketOwnershipControlsRequest in) {
    settings.delete(in.bucket(), in.expectedBucketOwner(), Settings.OWNERSHIP);
    return new DeleteBucketOwnershipControlsResponse();
  }

  @Override
  public GetBucketLoggingOutput getBucketLogging(Call call, GetBucketLoggingRequest in) {
    return settings.logging(in);
  }

  @Override
  public PutBucketLoggingResponse putBucketLogging(Call call, PutBucketLoggingRequest in) {
    settings.putLogging(in);
    return new PutBucketLoggingResponse();
  }

  @Override
  public GetBucketAccelerateConfigurationOutput getBucketAccelerateConfiguration(
      Call call, GetBucketAccelerateConfigurationRequest in) {
    return settings.accelerate(in);
  }

  @Override
  public PutBucketAccelerateConfigurationResponse putBucketAccelerateConfiguration(
      Call call, PutBucketAccelerateConfigurationRequest in) {
    settings.put(
        in.bucket(), in.expectedBucketOwner(), Settings.ACCELERATE, in.accelerateConfiguration());
    return new PutBucketAccelerateConfigurationResponse();
  }

  @Override
  public GetBucketRequestPaymentOutput getBucketRequestPayment(
      Call call, GetBucketRequestPaymentRequest in) {
    return settings.requestPayment(in);
  }

  @Override
  public PutBucketRequestPaymentResponse putBucketRequestPayment(
      Call call, PutBucketRequestPaymentRequest in) {
    settings.put(
        in.bucket(),
        in.expectedBucketOwner(),
        Settings.REQUEST_PAYMENT,
        in.requestPaymentConfiguration());
    return new PutBucketRequestPaymentResponse();
  }

  @Override
  public GetBucketAclOutput getBucketAcl(Call call, GetBucketAclRequest in) {
    return buckets.acl(in);
  }

  @Override
  public PutBucketAclResponse putBucketAcl(Call call, PutBucketAclRequest in) {
    buckets.putAcl(in);
    return new PutBucketAclResponse();
  }

  @Override
  public GetObjectAclOutput getObjectAcl(Call call, GetObjectAclRequest in) {
    return details.acl(in);
  }

  @Override
  public GetBucketReplicationOutput getBucketReplication(
      Call call, GetBucketReplicationRequest in) {
    return buckets.replication(in);
  }

  @Override
  public GetObjectLockConfigurationOutput getObjectLockConfiguration(
      Call call, GetObjectLockConfigurationRequest in) {
    return buckets.objectLock(in);
  }
}
