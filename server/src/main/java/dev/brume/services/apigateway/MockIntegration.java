package dev.brume.services.apigateway;

import dev.brume.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// A `MOCK` integration: the request template gives the status, the integration response for it the
/// answer. See `how-to-mock-integration` in API Gateway's developer guide.
final class MockIntegration {
  private static final Pattern STATUS =
      Pattern.compile("[\"']?statusCode[\"']?\\s*:\\s*[\"']?(\\d{3})[\"']?");
  private static final Pattern EVALUATED =
      Pattern.compile("\\$[!{a-zA-Z]|#(set|if|elseif|else|foreach|end|define|macro|\\*|#)\\b");
  private static final String HEADER = "method.response.header.";

  private MockIntegration() {}

  static Reply answer(Invocation invocation, ApiIntegration integration) {
    Map<String, String> templates = integration.requestTemplates();
    String template = templates.get(invocation.mediaType());
    if (template == null && !refuses(integration)) {
      template = templates.get("application/json");
    }
    if (template == null && refuses(integration)) {
      return Reply.unsupportedMediaType();
    }
    Matcher status = STATUS.matcher(template == null ? bodyText(invocation) : template);
    if (!status.find()) {
      return Reply.internalError();
    }
    ApiIntegration.Response response = select(integration, status.group(1));
    if (response == null) {
      return Reply.internalError();
    }
    return respond(invocation, response);
  }

  private static boolean refuses(ApiIntegration integration) {
    return switch (integration.passthroughBehavior()) {
      case "NEVER" -> true;
      case "WHEN_NO_TEMPLATES" -> !integration.requestTemplates().isEmpty();
      default -> false;
    };
  }

  private static String bodyText(Invocation invocation) {
    return new String(invocation.body(), StandardCharsets.UTF_8);
  }

  private static ApiIntegration.@Nullable Response select(
      ApiIntegration integration, String status) {
    ApiIntegration.Response fallback = null;
    for (ApiIntegration.Response response : integration.responses().values()) {
      String pattern = response.selectionPattern();
      if (pattern == null || pattern.isEmpty()) {
        fallback = response;
      } else if (matches(pattern, status)) {
        return response;
      }
    }
    return fallback;
  }

  private static boolean matches(String pattern, String status) {
    try {
      return Pattern.matches(pattern, status);
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  private static Reply respond(Invocation invocation, ApiIntegration.Response response) {
    String body = "";
    String contentType = "application/json";
    Map<String, String> templates = response.templates();
    if (!templates.isEmpty()) {
      String accept = invocation.headers().get("Accept");
      String wanted = accept == null ? "" : MediaTypes.bare(accept.split(",", 2)[0]);
      String template = templates.get(wanted);
      if (template != null) {
        contentType = wanted;
      } else {
        Map.Entry<String, String> first = templates.entrySet().iterator().next();
        template = templates.getOrDefault("application/json", first.getValue());
        contentType = templates.containsKey("application/json") ? contentType : first.getKey();
      }
      body = template;
    }
    Map<String, String> fields = new LinkedHashMap<>();
    response
        .parameters()
        .forEach(
            (target, source) -> {
              if (target.startsWith(HEADER)) {
                fields.put(target.substring(HEADER.length()), literal(source));
              }
            });
    return reply(Integer.parseInt(response.statusCode()), fields, contentType, body);
  }

  private static Reply reply(
      int status, Map<String, String> fields, String contentType, String body) {
    var headers = new Headers();
    try {
      fields.forEach(headers::add);
    } catch (IllegalArgumentException e) {
      return Reply.internalError();
    }
    if (!headers.has("Content-Type")) {
      headers.add("Content-Type", contentType);
    }
    return new Reply(status, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  /// Throws [dev.brume.model.apigateway.BadRequestException] for a template that has to be
  /// evaluated.
  static void checkTemplates(Map<String, String> templates) {
    for (String template : templates.values()) {
      if (EVALUATED.matcher(template).find()) {
        throw ApiGatewayErrors.notThere("mapping templates with references or directives");
      }
    }
  }

  /// Throws [dev.brume.model.apigateway.BadRequestException] for a parameter that is not a literal.
  static void checkParameters(Map<String, String> parameters) {
    for (String source : parameters.values()) {
      if (!quoted(source)) {
        throw ApiGatewayErrors.notThere("response parameters that are not literals: " + source);
      }
    }
  }

  private static boolean quoted(String source) {
    return source.length() >= 2 && source.startsWith("'") && source.endsWith("'");
  }

  private static String literal(String source) {
    return quoted(source) ? source.substring(1, source.length() - 1) : source;
  }
}
