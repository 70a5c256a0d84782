package dev.brume.services.s3;

import dev.brume.model.s3.OwnershipControls;
import dev.brume.model.s3.PublicAccessBlockConfiguration;
import dev.brume.protocol.Documents;
import dev.brume.store.Reader;
import java.util.Set;

/// What keeps buckets from becoming public by accident: S3 Block Public Access and object
/// ownership.
final class PublicAccess {
  private static final Set<String> PUBLIC_ACLS =
      Set.of("public-read", "public-read-write", "authenticated-read");

  private PublicAccess() {}

  /// Throws AccessDenied when the bucket takes no public policies.
  static void checkPolicy(Reader reader, String bucket) {
    if (Boolean.TRUE.equals(block(reader, bucket).blockPublicPolicy())) {
      throw S3Errors.accessDenied(
          "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public"
              + " Access.");
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
      throw S3Errors.accessDenied(
          "public access control lists (ACLs) are prevented by the BlockPublicAcls setting in S3"
              + " Block Public Access.");
    }
  }

  private static PublicAccessBlockConfiguration block(Reader reader, String bucket) {
    byte[] document = reader.get(S3Store.settingKey(bucket, Settings.PUBLIC_ACCESS));
    var block = new PublicAccessBlockConfiguration();
    return document == null ? block : Documents.read(document, block);
  }
}
