package dev.brume.services.s3;

import dev.brume.auth.AccessRequest;
import dev.brume.auth.PolicyDocument;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.Struct;
import dev.brume.model.s3.GetBucketPolicyOutput;
import dev.brume.protocol.Documents;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may do what with a bucket as far as the bucket itself says so: its owner's account may (what
/// its roles may is said by their own policies), everybody else only what the bucket's policy
/// allows. A denial in it holds for all.
///
///
// [Actions](https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html).
final class BucketAccess {
  private static final Set<String> WITHOUT_BUCKET = Set.of("CreateBucket", "ListBuckets");

  /// The owner can always mend a policy that shuts everybody out.
  private static final Set<String> NEVER_SHUT =
      Set.of("GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy");

  private static final Map<String, String> ACTIONS =
      Map.ofEntries(
          Map.entry("HeadBucket", "ListBucket"),
          Map.entry("ListObjects", "ListBucket"),
          Map.entry("ListObjectsV2", "ListBucket"),
          Map.entry("ListObjectVersions", "ListBucketVersions"),
          Map.entry("ListMultipartUploads", "ListBucketMultipartUploads"),
          Map.entry("ListParts", "ListMultipartUploadParts"),
          Map.entry("HeadObject", "GetObject"),
          Map.entry("CopyObject", "PutObject"),
          Map.entry("CreateMultipartUpload", "PutObject"),
          Map.entry("UploadPart", "PutObject"),
          Map.entry("UploadPartCopy", "PutObject"),
          Map.entry("CompleteMultipartUpload", "PutObject"),
          Map.entry("DeleteObjects", "DeleteObject"),
          Map.entry("GetBucketEncryption", "GetEncryptionConfiguration"),
          Map.entry("PutBucketEncryption", "PutEncryptionConfiguration"),
          Map.entry("DeleteBucketEncryption", "PutEncryptionConfiguration"),
          Map.entry("GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"),
          Map.entry("PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"),
          Map.entry("DeleteBucketLifecycle", "PutLifecycleConfiguration"),
          Map.entry("GetBucketCors", "GetBucketCORS"),
          Map.entry("PutBucketCors", "PutBucketCORS"),
          Map.entry("DeleteBucketCors", "PutBucketCORS"),
          Map.entry("DeleteBucketTagging", "PutBucketTagging"),
          Map.entry("GetBucketNotificationConfiguration", "GetBucketNotification"),
          Map.entry("PutBucketNotificationConfiguration", "PutBucketNotification"),
          Map.entry("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
          Map.entry("PutPublicAccessBlock", "PutBucketPublicAccessBlock"),
          Map.entry("DeletePublicAccessBlock", "PutBucketPublicAccessBlock"),
          Map.entry("DeleteBucketOwnershipControls", "PutBucketOwnershipControls"),
          Map.entry("GetBucketAccelerateConfiguration", "GetAccelerateConfiguration"),
          Map.entry("PutBucketAccelerateConfiguration", "PutAccelerateConfiguration"),
          Map.entry("GetBucketReplication", "GetReplicationConfiguration"),
          Map.entry("GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"));

  private final Kv kv;
  private final S3Store store;

  BucketAccess(Kv kv, S3Store store) {
    this.kv = kv;
    this.store = store;
  }

  /// Throws AccessDenied when the bucket of this input does not let the caller in.
  void check(Call call, String operation, Struct in) {
    if (WITHOUT_BUCKET.contains(operation)) {
      return;
    }
    String bucket = Attributes.text(in, "Bucket");
    if (bucket == null) {
      return;
    }
    boolean versioned = Attributes.value(in, "VersionId") != null;
    check(call, operation, bucket, Attributes.text(in, "Key"), versioned);
    String source = Attributes.text(in, "CopySource");
    if (source != null) {
      Attributes.CopySource from = Attributes.CopySource.parse(source);
      check(call, "GetObject", from.bucket(), from.key(), from.versionId() != null);
    }
  }

  private void check(
      Call call, String operation, String bucketName, @Nullable String key, boolean versioned) {
    kv.read(
        reader -> {
          Bucket bucket = store.bucket(reader, bucketName);
          if (bucket != null && !isAllowed(reader, call, bucket, operation, key, versioned)) {
            throw S3Errors.accessDenied();
          }
          return true;
        });
  }

  private static boolean isAllowed(
      Reader reader,
      Call call,
      Bucket bucket,
      String operation,
      @Nullable String key,
      boolean versioned) {
    boolean owner = bucket.account().equals(account(call.principal()));
    byte[] document = reader.get(S3Store.settingKey(bucket.name(), Settings.POLICY));
    if (document == null) {
      return owner;
    }
    String text = Documents.read(document, new GetBucketPolicyOutput()).policy();
    if (text == null || owner && NEVER_SHUT.contains(operation)) {
      return owner;
    }
    String resource = key == null ? bucket.arn() : bucket.arn() + "/" + key;
    if (operation.equals("DeleteObjects")) {
      resource = bucket.arn() + "/*";
    }
    AccessRequest request =
        AccessRequest.of(call.principal(), action(operation, versioned), resource);
    return switch (PolicyDocument.parse(text).decide(request)) {
      case ALLOWED -> true;
      case DENIED -> false;
      case UNDECIDED -> owner;
    };
  }

  /// The action that a policy names, e.g. `s3:ListBucket` for ListObjectsV2.
  static String action(String operation, boolean versioned) {
    String action = ACTIONS.getOrDefault(operation, operation);
    boolean hasVersionForm =
        action.equals("GetObject")
            || action.equals("DeleteObject")
            || action.endsWith("ObjectTagging")
            || action.equals("GetObjectAcl");
    if (versioned && hasVersionForm) {
      action = action.replace("Object", "ObjectVersion");
    }
    return "s3:" + action;
  }

  private static @Nullable String account(Principal principal) {
    return switch (principal) {
      case Principal.Root root -> root.account();
      case Principal.RoleSession role -> role.account();
      case Principal.ServicePrincipal service -> service.sourceAccount();
      case Principal.Anonymous anonymous -> null;
    };
  }
}
