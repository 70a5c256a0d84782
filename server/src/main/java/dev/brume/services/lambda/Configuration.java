package dev.brume.services.lambda;

import dev.brume.functions.CodeStore;
import dev.brume.json.Json;
import dev.brume.model.lambda.CreateFunctionRequest;
import dev.brume.model.lambda.LoggingConfig;
import dev.brume.model.lambda.UpdateFunctionConfigurationRequest;
import dev.brume.model.lambda.VpcConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a function is, in one version.
///
/// @param version `$LATEST` or a number
/// @param revisionId changes with every change
/// @param modifiedMillis of the last change, on the virtual clock
record Configuration(
    String name,
    String version,
    Code code,
    Settings settings,
    String revisionId,
    long modifiedMillis) {
  static final String LATEST = "$LATEST";

  /// @param hash the zip's name in the code store
  /// @param architecture `x86_64` or `arm64`
  /// @param folder that the code is read from, see [WatchedFolders]; null for all others
  record Code(
      String hash, long sizeBytes, String sha256, String architecture, @Nullable String folder) {
    static Code of(CodeStore.Package zip, String architecture, @Nullable String folder) {
      return new Code(zip.hash(), zip.sizeBytes(), zip.sha256Base64(), architecture, folder);
    }

    /// This as it stays, whatever happens to the folder.
    Code kept() {
      return new Code(hash, sizeBytes, sha256, architecture, null);
    }
  }

  /// @param arn of the layer's version
  /// @param hash of its zip
  record LayerReference(String arn, long sizeBytes, String hash) {}

  record Logging(
      String format,
      @Nullable String applicationLevel,
      @Nullable String systemLevel,
      String group) {
    static Logging of(@Nullable LoggingConfig in, Logging before) {
      if (in == null) {
        return before;
      }
      String format = in.logFormat() == null ? before.format : in.logFormat();
      boolean json = format.equals("JSON");
      if (!json && (in.applicationLogLevel() != null || in.systemLogLevel() != null)) {
        throw LambdaErrors.invalid(
            "To specify an application log level or system log level, the log format must be"
                + " JSON.");
      }
      return new Logging(
          format,
          json ? first(in.applicationLogLevel(), before.applicationLevel, "INFO") : null,
          json ? first(in.systemLogLevel(), before.systemLevel, "INFO") : null,
          in.logGroup() == null ? before.group : in.logGroup());
    }

    private static String first(@Nullable String a, @Nullable String b, String c) {
      return a != null ? a : b != null ? b : c;
    }
  }

  /// Everything that UpdateFunctionConfiguration can change.
  ///
  /// @param environment null when there never was one
  record Settings(
      String runtime,
      String role,
      String handler,
      String description,
      int timeoutSeconds,
      int memoryMegabytes,
      int storageMegabytes,
      @Nullable Map<String, String> environment,
      List<LayerReference> layers,
      String tracing,
      @Nullable String deadLetterArn,
      @Nullable String kmsKeyArn,
      List<String> subnetIds,
      List<String> securityGroupIds,
      String snapStart,
      Logging logging) {

    static Settings of(CreateFunctionRequest in, String name, List<LayerReference> layers) {
      String runtime = in.runtime();
      String handler = in.handler();
      if (runtime == null || handler == null) {
        throw LambdaErrors.runtimeAndHandler();
      }
      var logging = new Logging("Text", null, null, "/aws/lambda/" + name);
      return new Settings(
          runtime,
          in.role(),
          handler,
          in.description() == null ? "" : in.description(),
          in.timeout() == null ? LambdaLimits.TIMEOUT_DEFAULT_SECONDS : in.timeout(),
          in.memorySize() == null ? LambdaLimits.MEMORY_DEFAULT_MEGABYTES : in.memorySize(),
          in.ephemeralStorage() == null
              ? LambdaLimits.STORAGE_DEFAULT_MEGABYTES
              : in.ephemeralStorage().size(),
          in.environment() == null ? null : Variables.checked(in.environment().variables()),
          layers,
          in.tracingConfig() == null ? "PassThrough" : mode(in.tracingConfig().mode()),
          in.deadLetterConfig() == null ? null : blank(in.deadLetterConfig().targetArn()),
          blank(in.kmsKeyArn()),
          subnets(in.vpcConfig()),
          groups(in.vpcConfig()),
          in.snapStart() == null ? "None" : mode(in.snapStart().applyOn()),
          Logging.of(in.loggingConfig(), logging));
    }

    Settings with(UpdateFunctionConfigurationRequest in, @Nullable List<LayerReference> newLayers) {
      return new Settings(
          in.runtime() == null ? runtime : in.runtime(),
          in.role() == null ? role : in.role(),
          in.handler() == null ? handler : in.handler(),
          in.description() == null ? description : in.description(),
          in.timeout() == null ? timeoutSeconds : in.timeout(),
          in.memorySize() == null ? memoryMegabytes : in.memorySize(),
          in.ephemeralStorage() == null ? storageMegabytes : in.ephemeralStorage().size(),
          in.environment() == null ? environment : Variables.checked(in.environment().variables()),
          newLayers == null ? layers : newLayers,
          in.tracingConfig() == null ? tracing : mode(in.tracingConfig().mode()),
          in.deadLetterConfig() == null ? deadLetterArn : blank(in.deadLetterConfig().targetArn()),
          in.kmsKeyArn() == null ? kmsKeyArn : blank(in.kmsKeyArn()),
          in.vpcConfig() == null ? subnetIds : subnets(in.vpcConfig()),
          in.vpcConfig() == null ? securityGroupIds : groups(in.vpcConfig()),
          in.snapStart() == null ? snapStart : mode(in.snapStart().applyOn()),
          Logging.of(in.loggingConfig(), logging));
    }

    Settings described(@Nullable String other) {
      return other == null
          ? this
          : new Settings(
              runtime,
              role,
              handler,
              other,
              timeoutSeconds,
              memoryMegabytes,
              storageMegabytes,
              environment,
              layers,
              tracing,
              deadLetterArn,
              kmsKeyArn,
              subnetIds,
              securityGroupIds,
              snapStart,
              logging);
    }

    private static String mode(@Nullable String given) {
      return given == null ? "None" : given;
    }

    private static @Nullable String blank(@Nullable String given) {
      return given == null || given.isEmpty() ? null : given;
    }

    private static List<String> subnets(@Nullable VpcConfig in) {
      return in == null ? List.of() : List.copyOf(in.subnetIds());
    }

    private static List<String> groups(@Nullable VpcConfig in) {
      return in == null ? List.of() : List.copyOf(in.securityGroupIds());
    }
  }

  Configuration changed(Code newCode, Settings newSettings, String revision, long nowMillis) {
    return new Configuration(name, version, newCode, newSettings, revision, nowMillis);
  }

  /// This as a published version.
  Configuration published(long number, @Nullable String description, String revision, long now) {
    return new Configuration(
        name, Long.toString(number), code.kept(), settings.described(description), revision, now);
  }

  /// Environment variables of customers.
  static final class Variables {
    private static final List<String> RESERVED =
        List.of(
            "_HANDLER",
            "_X_AMZN_TRACE_ID",
            "AWS_DEFAULT_REGION",
            "AWS_REGION",
            "AWS_EXECUTION_ENV",
            "AWS_LAMBDA_FUNCTION_NAME",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            "AWS_LAMBDA_FUNCTION_VERSION",
            "AWS_LAMBDA_INITIALIZATION_TYPE",
            "AWS_LAMBDA_LOG_GROUP_NAME",
            "AWS_LAMBDA_LOG_STREAM_NAME",
            "AWS_ACCESS_KEY",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SECRET_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_SECURITY_TOKEN",
            "AWS_LAMBDA_RUNTIME_API",
            "LAMBDA_TASK_ROOT",
            "LAMBDA_RUNTIME_DIR",
            "TZ");

    private Variables() {}

    static Map<String, String> checked(Map<String, String> given) {
      var reserved = given.keySet().stream().filter(RESERVED::contains).sorted().toList();
      if (!reserved.isEmpty()) {
        throw LambdaErrors.invalid(
            "Lambda was unable to configure your environment variables because the environment"
                + " variables you have provided contains reserved keys that are currently not"
                + " supported for modification. Reserved keys used in this request: "
                + String.join(", ", reserved));
      }
      var document = Json.object();
      new TreeMap<>(given).forEach(document::put);
      String text = Json.write(document);
      if (text.getBytes(StandardCharsets.UTF_8).length > LambdaLimits.ENVIRONMENT_BYTES_MAX) {
        throw LambdaErrors.invalid(
            "Lambda was unable to configure your environment variables because the environment"
                + " variables you have provided exceeded the 4KB limit. String measured: "
                + text);
      }
      return new TreeMap<>(given);
    }
  }
}
