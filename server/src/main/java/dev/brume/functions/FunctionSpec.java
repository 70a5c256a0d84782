package dev.brume.functions;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A version of a function as the environments see it.
///
/// @param account 12 digits
/// @param version `$LATEST` or a number
/// @param revision changes whenever code or configuration do; environments of another revision are
///   not used
/// @param runtime Lambda's name for it, e.g. `nodejs20.x`
/// @param handler e.g. `index.handler`
/// @param environment the customer's variables
/// @param memoryMegabytes 128 to 10,240
/// @param timeoutSeconds 1 to 900
/// @param storageMegabytes size of `/tmp`, 512 to 10,240
/// @param codeHash the code's folder in the [CodeStore]
/// @param layersHash the merged layers' folder in the [CodeStore], null without layers
/// @param logGroup e.g. `/aws/lambda/name`
/// @param jsonLogs log format JSON instead of Text
/// @param logLevel the application log level of JSON logs, e.g. `INFO`; null for Text
/// @param systemLogLevel the least level of the platform's own lines in JSON logs; null for Text
/// @param snapStart whether its environments are restored from a snapshot
/// @param endpoint what `AWS_ENDPOINT_URL` says inside, e.g. `http://127.0.0.1:4566`
/// @param credentials gives the role's credentials for a new environment
public record FunctionSpec(
    String account,
    String region,
    String name,
    String version,
    String revision,
    String runtime,
    String handler,
    Map<String, String> environment,
    int memoryMegabytes,
    int timeoutSeconds,
    int storageMegabytes,
    String codeHash,
    @Nullable String layersHash,
    String logGroup,
    boolean jsonLogs,
    @Nullable String logLevel,
    @Nullable String systemLogLevel,
    boolean snapStart,
    String endpoint,
    Credentials.Source credentials) {

  /// The same with other memory.
  FunctionSpec with(int otherMemoryMegabytes) {
    return new FunctionSpec(
        account,
        region,
        name,
        version,
        revision,
        runtime,
        handler,
        environment,
        otherMemoryMegabytes,
        timeoutSeconds,
        storageMegabytes,
        codeHash,
        layersHash,
        logGroup,
        jsonLogs,
        logLevel,
        systemLogLevel,
        snapStart,
        endpoint,
        credentials);
  }

  /// How environments for its invocations are initialised: `AWS_LAMBDA_INITIALIZATION_TYPE`.
  String initialisation() {
    return snapStart ? Starter.SNAP_START : Starter.ON_DEMAND;
  }

  /// What of the platform's own lines is in JSON logs; null for Text.
  PlatformEvent.@Nullable Level systemLevel() {
    String level = systemLogLevel == null ? "INFO" : systemLogLevel;
    return jsonLogs ? PlatformEvent.Level.valueOf(level) : null;
  }

  /// What of the lines that the function prints by itself is in JSON logs; null for Text.
  @Nullable LogLevel applicationLevel() {
    String level = logLevel == null ? "INFO" : logLevel;
    return jsonLogs ? LogLevel.valueOf(level) : null;
  }

  /// What environments are kept under.
  String key() {
    return versionKey() + "/" + revision;
  }

  /// What all revisions of a version share.
  String versionKey() {
    return functionKey() + "/" + version;
  }

  /// What all versions of a function share.
  String functionKey() {
    return account + "/" + region + "/" + name;
  }
}
