package dev.brume.services.kms;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A key and all the material that it ever had.
///
/// @param id a UUID
/// @param materials oldest first; the last one encrypts, all of them decrypt
/// @param deletionMillis when the key will be gone, null unless its deletion is scheduled
/// @param rotationDays how often new material is made, null if never
/// @param awsManaged a key of an AWS service, named `alias/aws/…`
record KeyRow(
    String id,
    long createdMillis,
    String description,
    boolean enabled,
    @Nullable Long deletionMillis,
    String policy,
    Map<String, String> tags,
    @Nullable Integer rotationDays,
    @Nullable Long nextRotationMillis,
    List<Material> materials,
    boolean awsManaged) {

  /// @param id 64 hexadecimal digits
  /// @param bytes an AES-256 key
  /// @param onDemand made by RotateKeyOnDemand
  record Material(String id, byte[] bytes, long createdMillis, boolean onDemand) {}

  Material current() {
    return materials.getLast();
  }

  String state() {
    return deletionMillis != null ? "PendingDeletion" : enabled ? "Enabled" : "Disabled";
  }

  KeyRow withDescription(String changed) {
    return new KeyRow(
        id,
        createdMillis,
        changed,
        enabled,
        deletionMillis,
        policy,
        tags,
        rotationDays,
        nextRotationMillis,
        materials,
        awsManaged);
  }

  KeyRow withEnabled(boolean changed) {
    return new KeyRow(
        id,
        createdMillis,
        description,
        changed,
        deletionMillis,
        policy,
        tags,
        rotationDays,
        nextRotationMillis,
        materials,
        awsManaged);
  }

  KeyRow withDeletion(@Nullable Long millis) {
    return new KeyRow(
        id,
        createdMillis,
        description,
        false,
        millis,
        policy,
        tags,
        rotationDays,
        nextRotationMillis,
        materials,
        awsManaged);
  }

  KeyRow withPolicy(String changed) {
    return new KeyRow(
        id,
        createdMillis,
        description,
        enabled,
        deletionMillis,
        changed,
        tags,
        rotationDays,
        nextRotationMillis,
        materials,
        awsManaged);
  }

  KeyRow withTags(Map<String, String> changed) {
    return new KeyRow(
        id,
        createdMillis,
        description,
        enabled,
        deletionMillis,
        policy,
        changed,
        rotationDays,
        nextRotationMillis,
        materials,
        awsManaged);
  }

  KeyRow withRotation(@Nullable Integer days, @Nullable Long nextMillis) {
    return new KeyRow(
        id,
        createdMillis,
        description,
        enabled,
        deletionMillis,
        policy,
        tags,
        days,
        nextMillis,
        materials,
        awsManaged);
  }

  KeyRow with(Material added) {
    var all = new ArrayList<>(materials);
    all.add(added);
    return new KeyRow(
        id,
        createdMillis,
        description,
        enabled,
        deletionMillis,
        policy,
        tags,
        rotationDays,
        nextRotationMillis,
        all,
        awsManaged);
  }
}
