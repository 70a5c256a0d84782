package dev.brume.services.ecr;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A repository, as stored.
///
/// @param mutability `MUTABLE` or `IMMUTABLE`
/// @param encryption `AES256` or `KMS`
record StoredRepository(
    String name,
    long createdMillis,
    String mutability,
    boolean scanOnPush,
    String encryption,
    @Nullable String kmsKey,
    @Nullable String policy,
    @Nullable String lifecyclePolicy,
    Map<String, String> tags) {

  StoredRepository withMutability(String changed) {
    return new StoredRepository(
        name,
        createdMillis,
        changed,
        scanOnPush,
        encryption,
        kmsKey,
        policy,
        lifecyclePolicy,
        tags);
  }

  StoredRepository withScan(boolean changed) {
    return new StoredRepository(
        name,
        createdMillis,
        mutability,
        changed,
        encryption,
        kmsKey,
        policy,
        lifecyclePolicy,
        tags);
  }

  StoredRepository withPolicy(@Nullable String changed) {
    return new StoredRepository(
        name,
        createdMillis,
        mutability,
        scanOnPush,
        encryption,
        kmsKey,
        changed,
        lifecyclePolicy,
        tags);
  }

  StoredRepository withLifecycle(@Nullable String changed) {
    return new StoredRepository(
        name, createdMillis, mutability, scanOnPush, encryption, kmsKey, policy, changed, tags);
  }

  StoredRepository withTags(Map<String, String> changed) {
    return new StoredRepository(
        name,
        createdMillis,
        mutability,
        scanOnPush,
        encryption,
        kmsKey,
        policy,
        lifecyclePolicy,
        changed);
  }
}
