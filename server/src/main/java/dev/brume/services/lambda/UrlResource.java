package dev.brume.services.lambda;

import static dev.brume.services.lambda.LambdaResources.number;
import static dev.brume.services.lambda.LambdaResources.required;
import static dev.brume.services.lambda.LambdaResources.text;
import static dev.brume.services.lambda.LambdaResources.texts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `AWS::Lambda::Url`. Another function or alias is a replacement.
record UrlResource(LambdaClient lambda) implements ResourceType {
  @Override
  public String name() {
    return "AWS::Lambda::Url";
  }

  @Override
  public Set<String> properties() {
    return Set.of("AuthType", "Cors", "InvokeMode", "Qualifier", "TargetFunctionArn");
  }

  @Override
  public ResourceState create(ResourceRequest request) {
    ObjectNode in = request.properties();
    try {
      lambda.createFunctionUrlConfig(
          request.call(),
          new CreateFunctionUrlConfigRequest()
              .functionName(required(in, "TargetFunctionArn"))
              .qualifier(text(in, "Qualifier"))
              .authType(required(in, "AuthType"))
              .cors(cors(in))
              .invokeMode(text(in, "InvokeMode")));
    } catch (ServiceError e) {
      if (!e.code().equals("ResourceConflictException") || !isAsWanted(request)) {
        throw e;
      }
    }
    return state(get(request));
  }

  // Made by this request before a crash.
  private boolean isAsWanted(ResourceRequest request) {
    ObjectNode in = request.properties();
    GetFunctionUrlConfigResponse found = get(request);
    UrlCors wanted = UrlCors.of(cors(in));
    return found.authType().equals(required(in, "AuthType"))
        && Objects.equals(found.invokeMode(), text(in, "InvokeMode"))
        && Objects.equals(found.cors(), wanted == null ? null : wanted.shape());
  }

  @Override
  public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
    ObjectNode in = request.properties();
    Cors cors = cors(in);
    String mode = text(in, "InvokeMode");
    lambda.updateFunctionUrlConfig(
        request.call(),
        new UpdateFunctionUrlConfigRequest()
            .functionName(required(in, "TargetFunctionArn"))
            .qualifier(text(in, "Qualifier"))
            .authType(required(in, "AuthType"))
            .cors(cors == null ? new Cors() : cors)
            .invokeMode(mode == null ? "BUFFERED" : mode));
    return state(get(request));
  }

  @Override
  public void delete(ResourceRequest request, String physicalId) {
    ObjectNode in = request.properties();
    LambdaResources.gone(
        () ->
            lambda.deleteFunctionUrlConfig(
                request.call(),
                new DeleteFunctionUrlConfigRequest()
                    .functionName(required(in, "TargetFunctionArn"))
                    .qualifier(text(in, "Qualifier"))));
  }

  private GetFunctionUrlConfigResponse get(ResourceRequest request) {
    ObjectNode in = request.properties();
    return lambda.getFunctionUrlConfig(
        request.call(),
        new GetFunctionUrlConfigRequest()
            .functionName(required(in, "TargetFunctionArn"))
            .qualifier(text(in, "Qualifier")));
  }

  private static ResourceState state(GetFunctionUrlConfigResponse url) {
    return new ResourceState(
        url.functionArn(),
        Map.of(
            "FunctionArn", LambdaResources.node(url.functionArn()),
            "FunctionUrl", LambdaResources.node(url.functionUrl())));
  }

  private static @Nullable Cors cors(ObjectNode in) {
    JsonNode given = in.path("Cors");
    if (!given.isObject()) {
      return null;
    }
    var cors = new Cors().maxAge(number(given, "MaxAge"));
    if (given.hasNonNull("AllowCredentials")) {
      cors.allowCredentials(given.path("AllowCredentials").asBoolean());
    }
    if (given.has("AllowHeaders")) {
      cors.allowHeaders(texts(given, "AllowHeaders"));
    }
    if (given.has("AllowMethods")) {
      cors.allowMethods(texts(given, "AllowMethods"));
    }
    if (given.has("AllowOrigins")) {
      cors.allowOrigins(texts(given, "AllowOrigins"));
    }
    if (given.has("ExposeHeaders")) {
      cors.exposeHeaders(texts(given, "ExposeHeaders"));
    }
    return cors;
  }
}
