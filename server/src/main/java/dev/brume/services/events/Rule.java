package dev.brume.services.events;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A rule and its targets, as stored.
///
/// @param state `ENABLED` or `DISABLED`
/// @param firedMillis when its schedule fired last, or was set
record Rule(
    String bus,
    String name,
    @Nullable String eventPattern,
    @Nullable String scheduleExpression,
    String state,
    @Nullable String description,
    @Nullable String roleArn,
    Map<String, String> tags,
    List<RuleTarget> targets,
    long firedMillis) {

  /// @param input constant input, null if none
  /// @param inputPath part of the event, null if none
  /// @param inputPaths the transformer's, null without one
  record RuleTarget(
      String id,
      String arn,
      @Nullable String roleArn,
      @Nullable String input,
      @Nullable String inputPath,
      @Nullable Map<String, String> inputPaths,
      @Nullable String inputTemplate,
      @Nullable String messageGroupId,
      @Nullable String deadLetterArn,
      int retryAttempts,
      int eventAgeSeconds) {}

  boolean enabled() {
    return !state.equals("DISABLED");
  }

  Rule withState(String changed) {
    return new Rule(
        bus,
        name,
        eventPattern,
        scheduleExpression,
        changed,
        description,
        roleArn,
        tags,
        targets,
        firedMillis);
  }

  Rule withTargets(List<RuleTarget> changed) {
    return new Rule(
        bus,
        name,
        eventPattern,
        scheduleExpression,
        state,
        description,
        roleArn,
        tags,
        changed,
        firedMillis);
  }

  Rule withTags(Map<String, String> changed) {
    return new Rule(
        bus,
        name,
        eventPattern,
        scheduleExpression,
        state,
        description,
        roleArn,
        changed,
        targets,
        firedMillis);
  }

  Rule fired(long millis) {
    return new Rule(
        bus,
        name,
        eventPattern,
        scheduleExpression,
        state,
        description,
        roleArn,
        tags,
        targets,
        millis);
  }

  /// The resource part of the ARN: `rule/<name>`, on another bus than the default
  /// `rule/<bus>/<name>`.
  String resource() {
    return bus.equals("default") ? "rule/" + name : "rule/" + bus + "/" + name;
  }
}
