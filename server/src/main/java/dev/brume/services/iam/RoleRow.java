package dev.brume.services.iam;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A role, as stored.
///
/// @param inline documents by policy name
/// @param attached ARNs of managed policies
record RoleRow(
    String name,
    String id,
    String path,
    long createdMillis,
    String trustPolicy,
    @Nullable String description,
    int maxSessionSeconds,
    @Nullable String boundary,
    Map<String, String> tags,
    Map<String, String> inline,
    List<String> attached) {

  String arn(String account) {
    return "arn:aws:iam::" + account + ":role" + path + name;
  }

  RoleRow withTrust(String changed) {
    return new RoleRow(
        name,
        id,
        path,
        createdMillis,
        changed,
        description,
        maxSessionSeconds,
        boundary,
        tags,
        inline,
        attached);
  }

  RoleRow with(@Nullable String changedDescription, int changedSeconds) {
    return new RoleRow(
        name,
        id,
        path,
        createdMillis,
        trustPolicy,
        changedDescription,
        changedSeconds,
        boundary,
        tags,
        inline,
        attached);
  }

  RoleRow withBoundary(@Nullable String changed) {
    return new RoleRow(
        name,
        id,
        path,
        createdMillis,
        trustPolicy,
        description,
        maxSessionSeconds,
        changed,
        tags,
        inline,
        attached);
  }

  RoleRow withTags(Map<String, String> changed) {
    return new RoleRow(
        name,
        id,
        path,
        createdMillis,
        trustPolicy,
        description,
        maxSessionSeconds,
        boundary,
        changed,
        inline,
        attached);
  }

  RoleRow withInline(Map<String, String> changed) {
    return new RoleRow(
        name,
        id,
        path,
        createdMillis,
        trustPolicy,
        description,
        maxSessionSeconds,
        boundary,
        tags,
        changed,
        attached);
  }

  RoleRow withAttached(List<String> changed) {
    return new RoleRow(
        name,
        id,
        path,
        createdMillis,
        trustPolicy,
        description,
        maxSessionSeconds,
        boundary,
        tags,
        inline,
        changed);
  }
}
