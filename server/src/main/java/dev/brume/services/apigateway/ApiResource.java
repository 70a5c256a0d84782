package dev.brume.services.apigateway;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One segment of an API's paths.
///
/// @param parentId null for the root
/// @param pathPart literal, `{name}` or `{name+}`; empty for the root
/// @param path from the root, e.g. `/users/{userId}`
/// @param methods by verb or `ANY`
record ApiResource(
    String id,
    @Nullable String parentId,
    String pathPart,
    String path,
    Map<String, ApiMethod> methods) {
  private static final Pattern PATH_PART =
      Pattern.compile("[a-zA-Z0-9._:$-]+|\\{[a-zA-Z0-9._:-]+\\+?\\}");

  static void checkPathPart(String pathPart) {
    if (!PATH_PART.matcher(pathPart).matches()) {
      throw ApiGatewayErrors.badPathPart();
    }
  }

  boolean variable() {
    return pathPart.startsWith("{");
  }

  boolean greedy() {
    return pathPart.endsWith("+}");
  }

  /// The name in the braces.
  String variableName() {
    return pathPart.substring(1, pathPart.length() - (greedy() ? 2 : 1));
  }

  ApiMethod method(@Nullable String verb) {
    ApiMethod method = verb == null ? null : methods.get(verb);
    if (method == null) {
      throw ApiGatewayErrors.noMethod();
    }
    return method;
  }

  ApiResource with(ApiMethod method) {
    var changed = new LinkedHashMap<>(methods);
    changed.put(method.verb(), method);
    return new ApiResource(id, parentId, pathPart, path, changed);
  }

  ApiResource without(String verb) {
    var left = new LinkedHashMap<>(methods);
    left.remove(verb);
    return new ApiResource(id, parentId, pathPart, path, left);
  }
}
