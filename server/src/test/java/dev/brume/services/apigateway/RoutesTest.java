package dev.brume.services.apigateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesTest {
  private static final ApiMethod METHOD =
      new ApiMethod("GET", null, Map.of(), Map.of(), Map.of(), null);
  private final Map<String, ApiResource> resources = new LinkedHashMap<>();

  RoutesTest() {
    add("root", null, "", "/", false);
    add("greedy", "root", "{proxy+}", "/{proxy+}", true);
    add("users", "root", "users", "/users", true);
    add("user", "users", "{userId}", "/users/{userId}", true);
    add("me", "users", "me", "/users/me", true);
    add("orders", "user", "orders", "/users/{userId}/orders", true);
    add("bare", "root", "bare", "/bare", false);
    add("files", "root", "files", "/files", false);
    add("file", "files", "{path+}", "/files/{path+}", true);
  }

  private void add(String id, String parent, String part, String path, boolean served) {
    resources.put(
        id, new ApiResource(id, parent, part, path, served ? Map.of("GET", METHOD) : Map.of()));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "/users, /users, {}",
        "/users/, /users, {}",
        "/users/7, /users/{userId}, {userId=7}",
        "/users/a%20b, /users/{userId}, {userId=a%20b}",
        "/users/me, /users/me, {}",
        "/users/7/orders, /users/{userId}/orders, {userId=7}",
        "/users/me/orders, /users/{userId}/orders, {userId=me}",
        "/users/7/nothing, /{proxy+}, {proxy=users/7/nothing}",
        "/bare, /{proxy+}, {proxy=bare}",
        "/files/a/b.txt, /files/{path+}, {path=a/b.txt}",
        "/files, /{proxy+}, {proxy=files}",
        "/, none, none"
      })
  void findsTheMostSpecificResource(String path, String resource, String parameters) {
    Routes.Match match = Routes.of(resources).find(path);
    assertThat(match == null ? null : match.resource().path()).isEqualTo(resource);
    assertThat(match == null ? null : match.parameters().toString()).isEqualTo(parameters);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "{x", "x}", "{+}", "a/b", "{a}{b}", ""})
  void refusesBadPathParts(String part) {
    assertThatThrownBy(() -> ApiResource.checkPathPart(part))
        .hasMessageStartingWith("Resource's path part only allow");
  }

  @Test
  void takesGoodPathParts() {
    for (String part : new String[] {"users", "{userId}", "{proxy+}", "a-b_c.d:e", "v1"}) {
      ApiResource.checkPathPart(part);
    }
  }
}
