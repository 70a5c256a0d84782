package dev.brume.functions;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a function finds in its environment.
/// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
final class EnvironmentVariables {
  /// The variable for [#execution].
  static final String EXECUTION = "AWS_EXECUTION_ENV";

  /// Variables that extensions do not get.
  /// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
  static final List<String> RUNTIMES_OWN =
      List.of(
          EXECUTION,
          "AWS_LAMBDA_LOG_GROUP_NAME",
          "AWS_LAMBDA_LOG_STREAM_NAME",
          "AWS_XRAY_CONTEXT_MISSING",
          "AWS_XRAY_DAEMON_ADDRESS",
          "LAMBDA_RUNTIME_DIR",
          "LAMBDA_TASK_ROOT",
          "_HANDLER");

  private EnvironmentVariables() {}

  /// Which runtime a function has, as SDKs say it to services.
  static String execution(FunctionSpec spec) {
    return "AWS_Lambda_" + spec.runtime();
  }

  /// Where things are for the function.
  ///
  /// @param task its code
  /// @param layers `/opt`
  /// @param runtime the runtime's own files
  /// @param temporary its own folder when that is not `/tmp`
  record Folders(String task, String layers, String runtime, @Nullable Path temporary) {}

  /// @param initialization `on-demand`, `provisioned-concurrency` or `snap-start`
  static Map<String, String> of(
      FunctionSpec spec,
      Interpreter interpreter,
      Credentials credentials,
      String logStream,
      String initialization,
      Folders folders) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("LANG", "en_US.UTF-8");
    all.put("TZ", ":UTC");
    all.put("PATH", "/var/lang/bin:/usr/local/bin:/usr/bin:/bin:" + folders.layers() + "/bin");
    all.put(
        "LD_LIBRARY_PATH",
        folders.task() + ":" + folders.task() + "/lib:" + folders.layers() + "/lib");
    all.put("AWS_ENDPOINT_URL", spec.endpoint());
    all.put("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000");
    all.put("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
    all.putAll(interpreter.family().functionVariables(spec, interpreter, folders));
    if (folders.temporary() != null) {
      all.put("TMPDIR", folders.temporary().toString());
      all.put("HOME", folders.temporary().toString());
    } else {
      all.put("HOME", "/home/sbx_user1051");
    }
    spec.environment()
        .forEach(
            (key, value) -> {
              if (!key.startsWith("_")) {
                all.put(key, value);
              }
            });
    all.put("_HANDLER", spec.handler());
    all.put("LAMBDA_TASK_ROOT", folders.task());
    all.put("LAMBDA_RUNTIME_DIR", folders.runtime());
    all.put("AWS_REGION", spec.region());
    all.put("AWS_DEFAULT_REGION", spec.region());
    all.put(EXECUTION, execution(spec));
    all.put("AWS_ACCESS_KEY_ID", credentials.accessKeyId());
    all.put("AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey());
    all.put("AWS_SESSION_TOKEN", credentials.sessionToken());
    all.put("AWS_LAMBDA_FUNCTION_NAME", spec.name());
    all.put("AWS_LAMBDA_FUNCTION_VERSION", spec.version());
    all.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(spec.memoryMegabytes()));
    all.put("AWS_LAMBDA_INITIALIZATION_TYPE", initialization);
    // https://docs.aws.amazon.com/lambda/latest/dg/snapstart-monitoring.html
    if (!initialization.equals(Starter.SNAP_START)) {
      all.put("AWS_LAMBDA_LOG_GROUP_NAME", spec.logGroup());
      all.put("AWS_LAMBDA_LOG_STREAM_NAME", logStream);
    }
    if (spec.jsonLogs()) {
      all.put("AWS_LAMBDA_LOG_FORMAT", "JSON");
      String level = spec.logLevel();
      all.put("AWS_LAMBDA_LOG_LEVEL", level == null ? "INFO" : level);
    } else {
      all.put("AWS_LAMBDA_LOG_FORMAT", "Text");
    }
    return all;
  }

  /// The assign message.
  ///
  /// @param variables to set, empty when the process has been started with them
  /// @param compileCache where what earlier starts have compiled is
  static String message(
      Map<String, String> variables,
      FunctionSpec spec,
      @Nullable String compileCache,
      @Nullable String notice) {
    ObjectNode message = Json.object();
    if (!variables.isEmpty()) {
      ObjectNode env = message.putObject("env");
      variables.forEach(env::put);
    }
    message.put("heapMegabytes", Math.max(64, spec.memoryMegabytes() * 9 / 10));
    message.put("refuseCallbacks", refusesCallbacks(spec.runtime()));
    if (compileCache != null) {
      message.put("compileCache", compileCache);
    }
    if (notice != null) {
      message.put("notice", notice);
    }
    return Json.write(message);
  }

  // From Node 24 on Lambda no longer takes handlers with a callback.
  private static boolean refusesCallbacks(String runtime) {
    String digits = runtime.replaceAll("[^0-9]", "");
    return runtime.startsWith("nodejs") && !digits.isEmpty() && Integer.parseInt(digits) >= 24;
  }
}
