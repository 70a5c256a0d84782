package dev.brume.services.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.brume.json.Json;
import dev.brume.model.ServiceError;
import dev.brume.model.events.DeadLetterConfig;
import dev.brume.model.events.InputTransformer;
import dev.brume.model.events.RetryPolicy;
import dev.brume.model.events.SqsParameters;
import dev.brume.model.events.Target;
import java.util.List;
import java.util.Set;

/// From a request's target to a stored one and back.
final class RuleTargets {
  private static final Set<String> SERVICES = Set.of("lambda", "sqs", "sns", "events");

  private RuleTargets() {}

  static Rule.RuleTarget of(Target target) {
    refuse(target);
    String[] arn = target.arn().split(":", 6);
    if (arn.length < 6 || !arn[0].equals("arn")) {
      throw EventsErrors.validation(
          "Parameter "
              + target.arn()
              + " is not valid. Reason: Provided Arn is not in correct format.");
    }
    if (!SERVICES.contains(arn[2])) {
      throw EventsErrors.validation(
          "Brume does not deliver events to targets of " + arn[2] + " yet: " + target.arn());
    }
    InputTransformer transformer = target.inputTransformer();
    long inputs =
        List.of(target.input() != null, target.inputPath() != null, transformer != null).stream()
            .filter(given -> given)
            .count();
    if (inputs > 1) {
      throw EventsErrors.validation(
          "Only one of Input, InputPath, or InputTransformer must be provided for target "
              + target.id()
              + ".");
    }
    if (target.input() != null && !isJson(target.input())) {
      throw EventsErrors.validation("JSON syntax error in input for target " + target.id() + ".");
    }
    if (target.inputPath() != null && !TargetInput.isPath(target.inputPath())) {
      throw invalidPath(target.inputPath());
    }
    if (transformer != null) {
      transformer.inputPathsMap().values().stream()
          .filter(path -> !TargetInput.isPath(path))
          .findFirst()
          .ifPresent(
              path -> {
                throw invalidPath(path);
              });
    }
    RetryPolicy retry = target.retryPolicy();
    return new Rule.RuleTarget(
        target.id(),
        target.arn(),
        target.roleArn(),
        target.input(),
        target.inputPath(),
        transformer == null ? null : transformer.inputPathsMap(),
        transformer == null ? null : transformer.inputTemplate(),
        target.sqsParameters() == null ? null : target.sqsParameters().messageGroupId(),
        target.deadLetterConfig() == null ? null : target.deadLetterConfig().arn(),
        retry == null || retry.maximumRetryAttempts() == null
            ? EventsLimits.RETRY_ATTEMPTS_DEFAULT
            : retry.maximumRetryAttempts(),
        retry == null || retry.maximumEventAgeInSeconds() == null
            ? EventsLimits.EVENT_AGE_SECONDS_DEFAULT
            : retry.maximumEventAgeInSeconds());
  }

  private static void refuse(Target target) {
    boolean other =
        target.kinesisParameters() != null
            || target.runCommandParameters() != null
            || target.ecsParameters() != null
            || target.batchParameters() != null
            || target.httpParameters() != null
            || target.redshiftDataParameters() != null
            || target.sageMakerPipelineParameters() != null
            || target.appSyncParameters() != null;
    if (other) {
      throw EventsErrors.validation(
          "Brume does not deliver events to this kind of target yet: " + target.arn());
    }
  }

  private static ServiceError invalidPath(String path) {
    return EventsErrors.validation("Invalid jsonpath expression: " + path);
  }

  private static boolean isJson(String text) {
    try {
      Json.parse(text);
      return true;
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  static Target shown(Rule.RuleTarget target) {
    var out =
        new Target()
            .id(target.id())
            .arn(target.arn())
            .roleArn(target.roleArn())
            .input(target.input())
            .inputPath(target.inputPath());
    if (target.inputTemplate() != null) {
      out.inputTransformer(
          new InputTransformer()
              .inputPathsMap(target.inputPaths())
              .inputTemplate(target.inputTemplate()));
    }
    if (target.messageGroupId() != null) {
      out.sqsParameters(new SqsParameters().messageGroupId(target.messageGroupId()));
    }
    if (target.deadLetterArn() != null) {
      out.deadLetterConfig(new DeadLetterConfig().arn(target.deadLetterArn()));
    }
    if (target.retryAttempts() != EventsLimits.RETRY_ATTEMPTS_DEFAULT
        || target.eventAgeSeconds() != EventsLimits.EVENT_AGE_SECONDS_DEFAULT) {
      out.retryPolicy(
          new RetryPolicy()
              .maximumRetryAttempts(target.retryAttempts())
              .maximumEventAgeInSeconds(target.eventAgeSeconds()));
    }
    return out;
  }
}
