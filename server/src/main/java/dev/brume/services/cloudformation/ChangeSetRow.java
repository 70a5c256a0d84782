package dev.brume.services.cloudformation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A change set.
///
/// @param arn `arn:aws:cloudformation:<region>:<account>:changeSet/<name>/<uuid>`
/// @param kind `CREATE` or `UPDATE`
record ChangeSetRow(
    String arn,
    String name,
    String stackArn,
    String kind,
    String status,
    @Nullable String statusReason,
    String executionStatus,
    @Nullable String description,
    Revision next,
    List<Planned> changes,
    @Nullable Boolean includeNestedStacks,
    @Nullable Boolean importExistingResources,
    @Nullable String onStackFailure,
    long createdMillis) {

  /// One change.
  ///
  /// @param action `Add`, `Modify` or `Remove`
  /// @param replacement `True`, `False` or `Conditional`; null but for `Modify`
  /// @param policyAction `Delete`, `Retain`, `ReplaceAndDelete`, …
  record Planned(
      String action,
      String logicalId,
      @Nullable String physicalId,
      String type,
      @Nullable String replacement,
      @Nullable String policyAction,
      List<String> scope,
      List<Detail> details,
      @Nullable String before,
      @Nullable String after) {}

  /// @param attribute `Properties`, `Metadata`, `Tags`, …
  /// @param evaluation `Static` or `Dynamic`
  record Detail(
      String attribute,
      @Nullable String name,
      @Nullable String path,
      String recreation,
      @Nullable String before,
      @Nullable String after,
      String evaluation,
      String source,
      @Nullable String causingEntity) {}

  ChangeSetRow executed(String to) {
    return new ChangeSetRow(
        arn,
        name,
        stackArn,
        kind,
        status,
        statusReason,
        to,
        description,
        next,
        changes,
        includeNestedStacks,
        importExistingResources,
        onStackFailure,
        createdMillis);
  }
}
