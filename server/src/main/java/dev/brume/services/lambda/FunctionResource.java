package dev.brume.services.lambda;

import static dev.brume.services.lambda.LambdaResources.map;
import static dev.brume.services.lambda.LambdaResources.number;
import static dev.brume.services.lambda.LambdaResources.required;
import static dev.brume.services.lambda.LambdaResources.tags;
import static dev.brume.services.lambda.LambdaResources.text;
import static dev.brume.services.lambda.LambdaResources.texts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/// `AWS::Lambda::Function`.
final class FunctionResource implements ResourceType {
  private static final String STACK_TAG = "aws:cloudformation:stack-id";
  private static final String LOGICAL_TAG = "aws:cloudformation:logical-id";
  private final LambdaClient lambda;

  FunctionResource(LambdaClient lambda) {
    this.lambda = lambda;
  }

  @Override
  public String name() {
    return "AWS::Lambda::Function";
  }

  @Override
  public Set<String> properties() {
    return Set.of(
        "Architectures",
        "Code",
        "CodeSigningConfigArn",
        "DeadLetterConfig",
        "Description",
        "Environment",
        "EphemeralStorage",
        "FunctionName",
        "Handler",
        "KmsKeyArn",
        "Layers",
        "LoggingConfig",
        "MemorySize",
        "PackageType",
        "RecursiveLoop",
        "ReservedConcurrentExecutions",
        "Role",
        "Runtime",
        "RuntimeManagementConfig",
        "SnapStart",
        "Tags",
        "Timeout",
        "TracingConfig",
        "VpcConfig");
  }

  @Override
  public ResourceState create(ResourceRequest request) {
    ObjectNode in = request.properties();
    String name = request.nameOr("FunctionName", LambdaLimits.NAME_LENGTH_MAX);
    Map<String, String> tags = tags(request.tags(), in.path("Tags"));
    JsonNode code = in.path("Code");
    String runtime = text(in, "Runtime");
    var create =
        new CreateFunctionRequest()
            .functionName(name)
            .runtime(runtime)
            .handler(text(in, "Handler"))
            .role(required(in, "Role"))
            .code(
                new FunctionCode()
                    .zipFile(inline(code, runtime))
                    .s3Bucket(text(code, "S3Bucket"))
                    .s3Key(text(code, "S3Key"))
                    .s3ObjectVersion(text(code, "S3ObjectVersion"))
                    .imageUri(text(code, "ImageUri")))
            .description(text(in, "Description"))
            .timeout(number(in, "Timeout"))
            .memorySize(number(in, "MemorySize"))
            .packageType(text(in, "PackageType"))
            .kmsKeyArn(text(in, "KmsKeyArn"))
            .codeSigningConfigArn(text(in, "CodeSigningConfigArn"))
            .tags(tags);
    if (in.has("Architectures")) {
      create.architectures(texts(in, "Architectures"));
    }
    if (in.has("Layers")) {
      create.layers(texts(in, "Layers"));
    }
    if (in.has("Environment")) {
      create.environment(environment(in));
    }
    if (in.has("DeadLetterConfig")) {
      create.deadLetterConfig(
          new DeadLetterConfig().targetArn(text(in.path("DeadLetterConfig"), "TargetArn")));
    }
    if (in.has("EphemeralStorage")) {
      create.ephemeralStorage(
          new EphemeralStorage().size(in.path("EphemeralStorage").path("Size").asInt()));
    }
    if (in.has("LoggingConfig")) {
      create.loggingConfig(logging(in));
    }
    if (in.has("SnapStart")) {
      create.snapStart(new SnapStart().applyOn(text(in.path("SnapStart"), "ApplyOn")));
    }
    if (in.has("TracingConfig")) {
      create.tracingConfig(new TracingConfig().mode(text(in.path("TracingConfig"), "Mode")));
    }
    if (in.has("VpcConfig")) {
      create.vpcConfig(vpc(in));
    }
    createOnce(request, create);
    FunctionSettings.apply(lambda, request, name, Json.object());
    return state(request, name);
  }

  // A repetition after a crash finds what it made before, by the tags.
  private void createOnce(ResourceRequest request, CreateFunctionRequest create) {
    try {
      lambda.createFunction(request.call(), create);
    } catch (ServiceError e) {
      if (!e.code().equals("ResourceConflictException")) {
        throw e;
      }
      Map<String, String> tags =
          lambda
              .getFunction(
                  request.call(), new GetFunctionRequest().functionName(create.functionName()))
              .tags();
      boolean ours =
          request.stackId().equals(tags.get(STACK_TAG))
              && request.logicalId().equals(tags.get(LOGICAL_TAG));
      if (!ours) {
        throw e;
      }
    }
  }

  @Override
  public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
    ObjectNode in = request.properties();
    String runtime = text(in, "Runtime");
    FunctionSettings.sign(lambda, request, physicalId, old);
    JsonNode code = in.path("Code");
    boolean newCode =
        !code.equals(old.path("Code"))
            || !in.path("Architectures").equals(old.path("Architectures"));
    if (newCode) {
      var update =
          new UpdateFunctionCodeRequest()
              .functionName(physicalId)
              .zipFile(inline(code, runtime))
              .s3Bucket(text(code, "S3Bucket"))
              .s3Key(text(code, "S3Key"))
              .s3ObjectVersion(text(code, "S3ObjectVersion"));
      update.architectures(
          in.has("Architectures") ? texts(in, "Architectures") : List.of("x86_64"));
      lambda.updateFunctionCode(request.call(), update);
    }
    lambda.updateFunctionConfiguration(request.call(), configuration(in, physicalId));
    Map<String, String> tags = tags(request.tags(), in.path("Tags"));
    String arn = request.call().arn("lambda", "function:" + physicalId);
    List<String> gone =
        lambda
            .listTags(request.call(), new ListTagsRequest().resource(arn))
            .tags()
            .keySet()
            .stream()
            .filter(key -> !tags.containsKey(key))
            .toList();
    if (!gone.isEmpty()) {
      lambda.untagResource(request.call(), new UntagResourceRequest().resource(arn).tagKeys(gone));
    }
    if (!tags.isEmpty()) {
      lambda.tagResource(request.call(), new TagResourceRequest().resource(arn).tags(tags));
    }
    FunctionSettings.apply(lambda, request, physicalId, old);
    return state(request, physicalId);
  }

  // Everything is given, so that what the template no longer says goes back to its default.
  private static UpdateFunctionConfigurationRequest configuration(ObjectNode in, String name) {
    Integer timeout = number(in, "Timeout");
    Integer memory = number(in, "MemorySize");
    String description = text(in, "Description");
    String key = text(in, "KmsKeyArn");
    String deadLetters = text(in.path("DeadLetterConfig"), "TargetArn");
    String tracing = text(in.path("TracingConfig"), "Mode");
    String snapStart = text(in.path("SnapStart"), "ApplyOn");
    var update =
        new UpdateFunctionConfigurationRequest()
            .functionName(name)
            .runtime(text(in, "Runtime"))
            .handler(text(in, "Handler"))
            .role(text(in, "Role"))
            .description(description == null ? "" : description)
            .timeout(timeout == null ? LambdaLimits.TIMEOUT_DEFAULT_SECONDS : timeout)
            .memorySize(memory == null ? LambdaLimits.MEMORY_DEFAULT_MEGABYTES : memory)
            .environment(environment(in))
            .kmsKeyArn(key == null ? "" : key)
            .deadLetterConfig(
                new DeadLetterConfig().targetArn(deadLetters == null ? "" : deadLetters))
            .tracingConfig(new TracingConfig().mode(tracing == null ? "PassThrough" : tracing))
            .snapStart(new SnapStart().applyOn(snapStart == null ? "None" : snapStart))
            .layers(texts(in, "Layers"))
            .vpcConfig(vpc(in))
            .ephemeralStorage(
                new EphemeralStorage()
                    .size(
                        in.path("EphemeralStorage")
                            .path("Size")
                            .asInt(LambdaLimits.STORAGE_DEFAULT_MEGABYTES)));
    update.loggingConfig(
        in.has("LoggingConfig")
            ? logging(in)
            : new LoggingConfig().logFormat("Text").logGroup("/aws/lambda/" + name));
    return update;
  }

  @Override
  public void delete(ResourceRequest request, String physicalId) {
    LambdaResources.gone(
        () ->
            lambda.deleteFunction(
                request.call(), new DeleteFunctionRequest().functionName(physicalId)));
  }

  private static ResourceState state(ResourceRequest request, String name) {
    String snapStart = text(request.properties().path("SnapStart"), "ApplyOn");
    return new ResourceState(
        name,
        Map.of(
            "Arn",
            LambdaResources.node(request.call().arn("lambda", "function:" + name)),
            "SnapStartResponse.ApplyOn",
            LambdaResources.node(snapStart == null ? "None" : snapStart),
            "SnapStartResponse.OptimizationStatus",
            LambdaResources.node("Off")));
  }

  private static Environment environment(ObjectNode in) {
    return new Environment().variables(map(in.path("Environment").path("Variables")));
  }

  private static LoggingConfig logging(ObjectNode in) {
    JsonNode config = in.path("LoggingConfig");
    return new LoggingConfig()
        .logFormat(text(config, "LogFormat"))
        .logGroup(text(config, "LogGroup"))
        .applicationLogLevel(text(config, "ApplicationLogLevel"))
        .systemLogLevel(text(config, "SystemLogLevel"));
  }

  private static VpcConfig vpc(ObjectNode in) {
    JsonNode config = in.path("VpcConfig");
    return new VpcConfig()
        .subnetIds(texts(config, "SubnetIds"))
        .securityGroupIds(texts(config, "SecurityGroupIds"));
  }

  // Source in the template: one file, `index`, with the runtime's extension.
  private static byte @Nullable [] inline(JsonNode code, @Nullable String runtime) {
    String source = text(code, "ZipFile");
    if (source == null) {
      return null;
    }
    if (runtime == null) {
      throw LambdaErrors.invalid("Using the ZipFile attribute requires a runtime to be specified");
    }
    List<String> can = RuntimeNames.inline();
    if (!can.contains(runtime)) {
      throw LambdaErrors.invalid(
          "ZipFile can only be used when Runtime is set to either of "
              + String.join(", ", can)
              + ".");
    }
    String file = runtime.startsWith("python") ? "index.py" : "index.js";
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      var entry = new ZipEntry(file);
      // The same source is the same zip.
      entry.setTimeLocal(java.time.LocalDateTime.of(1980, 1, 1, 0, 0));
      zip.putNextEntry(entry);
      zip.write(source.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
