package dev.brume.services.s3;

import dev.brume.model.Struct;
import dev.brume.model.s3.OwnershipControls;
import dev.brume.model.s3.PublicAccessBlockConfiguration;
import dev.brume.protocol.Documents;
import dev.brume.store.Reader;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What keeps buckets from becoming public by accident: S3 Block Public Access and object
/// ownership.
final class PublicAccess {
  private static final Set<String> PUBLIC_ACLS =
      Set.of("public-read", "public-read-write", "authenticated-read");

  private static final Set<String> OWNERS_ACLS = Set.of("private", "bucket-owner-full-control");
  private static final List<String> GRANTS =
      List.of("GrantFullControl", "GrantRead", "GrantReadACP", "GrantWriteACP");

  private PublicAccess() {}

  /// Throws AccessDenied when the bucket takes no public policies.
  static void checkPolicy(Reader reader, String bucket) {
    if (Boolean.TRUE.equals(block(reader, bucket).blockPublicPolicy())) {
      throw S3Errors.accessDenied(
          "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public"
              + " Access.");
    }
  }

  /// Throws when a new bucket is to have an access control list that its ownership does not allow.
  ///
  /// @param ownership null for the default, which allows none
  static void checkNew(String acl, @Nullable String ownership) {
    if (acl.equals("private")) {
      return;
    }
    if (ownership == null || ownership.equals("BucketOwnerEnforced")) {
      throw S3Errors.aclOfEnforced();
    }
    if (PUBLIC_ACLS.contains(acl)) {
      // A new bucket blocks public access, whoever makes it.
      throw S3Errors.aclBlocked();
    }
  }

  /// Throws when an object is to have an access control list that its bucket does not take, or that
  /// says more than that the owner of the bucket has it, which is all that Brume keeps.
  static void checkObject(Reader reader, String bucket, Struct in) {
    for (String grant : GRANTS) {
      if (Attributes.text(in, grant) != null) {
        checkAcl(reader, bucket, grant);
        throw S3Errors.notImplemented("access control lists of objects");
      }
    }
    String acl = Attributes.text(in, "ACL");
    if (acl == null || OWNERS_ACLS.contains(acl)) {
      return;
    }
    checkAcl(reader, bucket, acl);
    if (!acl.equals("bucket-owner-read")) {
      throw S3Errors.notImplemented("access control lists of objects");
    }
  }

  /// Throws when the bucket takes no access control lists, or no public ones.
  static void checkAcl(Reader reader, String bucket, String acl) {
    if (acl.equals("private")) {
      return;
    }
    byte[] controls = reader.get(S3Store.settingKey(bucket, Settings.OWNERSHIP));
    if (controls != null) {
      OwnershipControls ownership = Documents.read(controls, new OwnershipControls());
      boolean enforced =
          ownership.rules().stream()
              .anyMatch(rule -> "BucketOwnerEnforced".equals(rule.objectOwnership()));
      if (enforced) {
        throw S3Errors.aclsNotSupported();
      }
    }
    if (PUBLIC_ACLS.contains(acl) && Boolean.TRUE.equals(block(reader, bucket).blockPublicAcls())) {
      throw S3Errors.aclBlocked();
    }
  }

  private static PublicAccessBlockConfiguration block(Reader reader, String bucket) {
    byte[] document = reader.get(S3Store.settingKey(bucket, Settings.PUBLIC_ACCESS));
    var block = new PublicAccessBlockConfiguration();
    return document == null ? block : Documents.read(document, block);
  }
}
