package dev.brume.services.lambda;

import dev.brume.model.lambda.*;
import dev.brume.services.lambda.LambdaStore.AliasRow;
import dev.brume.services.lambda.LambdaStore.InvokeConfigRow;
import dev.brume.services.lambda.LambdaStore.LayerRow;
import dev.brume.services.lambda.LambdaStore.MappingRow;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.TreeMap;

/// From rows to what callers get.
final class Shapes {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'+0000'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Shapes() {}

  static String time(long millis) {
    return TIME.format(Instant.ofEpochMilli(millis));
  }

  /// @param arn with the qualifier that was asked for, if any
  static FunctionConfiguration configuration(FunctionName name, Configuration of, String arn) {
    var settings = of.settings();
    var out =
        new FunctionConfiguration()
            .functionName(of.name())
            .functionArn(arn)
            .runtime(settings.runtime())
            .role(settings.role())
            .handler(settings.handler())
            .codeSize(of.code().sizeBytes())
            .description(settings.description())
            .timeout(settings.timeoutSeconds())
            .memorySize(settings.memoryMegabytes())
            .lastModified(time(of.modifiedMillis()))
            .codeSha256(of.code().sha256())
            .version(of.version())
            .tracingConfig(new TracingConfigResponse().mode(settings.tracing()))
            .revisionId(of.revisionId())
            .state("Active")
            .lastUpdateStatus("Successful")
            .packageType("Zip")
            .architectures(java.util.List.of(of.code().architecture()))
            .ephemeralStorage(new EphemeralStorage().size(settings.storageMegabytes()))
            .snapStart(
                new SnapStartResponse()
                    .applyOn(settings.snapStart())
                    .optimizationStatus(SnapStarts.applies(of) ? "On" : "Off"))
            .runtimeVersionConfig(
                new RuntimeVersionConfig()
                    .runtimeVersionArn(
                        "arn:aws:lambda:" + name.region() + "::runtime:" + settings.runtime()))
            .loggingConfig(
                new LoggingConfig()
                    .logFormat(settings.logging().format())
                    .applicationLogLevel(settings.logging().applicationLevel())
                    .systemLogLevel(settings.logging().systemLevel())
                    .logGroup(settings.logging().group()));
    if (settings.environment() != null) {
      out.environment(new EnvironmentResponse().variables(settings.environment()));
    }
    if (settings.deadLetterArn() != null) {
      out.deadLetterConfig(new DeadLetterConfig().targetArn(settings.deadLetterArn()));
    }
    if (settings.kmsKeyArn() != null) {
      out.kmsKeyArn(settings.kmsKeyArn());
    }
    if (!settings.subnetIds().isEmpty()) {
      out.vpcConfig(
          new VpcConfigResponse()
              .subnetIds(settings.subnetIds())
              .securityGroupIds(settings.securityGroupIds())
              .vpcId(""));
    }
    if (!settings.layers().isEmpty()) {
      out.layers(
          settings.layers().stream()
              .map(layer -> new Layer().arn(layer.arn()).codeSize(layer.sizeBytes()))
              .toList());
    }
    return out;
  }

  static AliasConfiguration alias(FunctionName name, AliasRow row) {
    var out =
        new AliasConfiguration()
            .aliasArn(name.functionArn() + ":" + row.name())
            .name(row.name())
            .functionVersion(row.version())
            .description(row.description())
            .revisionId(row.revisionId());
    if (!row.weights().isEmpty()) {
      out.routingConfig(
          new AliasRoutingConfiguration().additionalVersionWeights(new TreeMap<>(row.weights())));
    }
    return out;
  }

  static FunctionEventInvokeConfig invokeConfig(FunctionName name, InvokeConfigRow row) {
    String qualifier = name.qualifier() == null ? Configuration.LATEST : name.qualifier();
    return new FunctionEventInvokeConfig()
        .functionArn(name.functionArn() + ":" + qualifier)
        .lastModified(Instant.ofEpochMilli(row.modifiedMillis()))
        .maximumRetryAttempts(row.retries())
        .maximumEventAgeInSeconds(row.ageSeconds())
        .destinationConfig(
            new DestinationConfig()
                .onSuccess(new OnSuccess().destination(row.onSuccess()))
                .onFailure(new OnFailure().destination(row.onFailure())));
  }

  static EventSourceMappingConfiguration mapping(
      String account, String region, MappingRow row, String state, String lastResult) {
    String function =
        "arn:aws:lambda:" + region + ":" + account + ":function:" + row.functionName();
    var out =
        new EventSourceMappingConfiguration()
            .uuid(row.uuid())
            .batchSize(row.batchSize())
            .maximumBatchingWindowInSeconds(row.windowSeconds())
            .eventSourceArn(row.sourceArn())
            .functionArn(row.qualifier() == null ? function : function + ":" + row.qualifier())
            .lastModified(Instant.ofEpochMilli(row.modifiedMillis()))
            .lastProcessingResult(lastResult)
            .state(state)
            .stateTransitionReason("USER_INITIATED")
            .functionResponseTypes(row.responseTypes())
            .eventSourceMappingArn(
                "arn:aws:lambda:" + region + ":" + account + ":event-source-mapping:" + row.uuid());
    if (row.pollersMin() != null) {
      out.provisionedPollerConfig(
          new ProvisionedPollerConfig()
              .minimumPollers(row.pollersMin())
              .maximumPollers(row.pollersMax()));
    }
    if (row.concurrencyMax() != null) {
      out.scalingConfig(new ScalingConfig().maximumConcurrency(row.concurrencyMax()));
    }
    return out;
  }

  static String layerArn(String account, String region, String name) {
    return "arn:aws:lambda:" + region + ":" + account + ":layer:" + name;
  }

  static LayerVersionContentOutput layerContent(LayerRow row, String location) {
    return new LayerVersionContentOutput()
        .location(location)
        .codeSha256(row.sha256())
        .codeSize(row.sizeBytes());
  }

  static LayerVersionsListItem layerItem(String account, String region, LayerRow row) {
    return new LayerVersionsListItem()
        .layerVersionArn(layerArn(account, region, row.name()) + ":" + row.version())
        .version(row.version())
        .description(row.description())
        .createdDate(time(row.createdMillis()))
        .compatibleRuntimes(row.runtimes())
        .compatibleArchitectures(row.architectures())
        .licenseInfo(row.license());
  }
}
