package dev.brume.services.s3;

import dev.brume.http.Headers;
import dev.brume.model.s3.CORSConfiguration;
import dev.brume.model.s3.CORSRule;
import dev.brume.protocol.Documents;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The rules of a bucket for the pages of other origins. The first rule that fits a request tells
/// what its page may do:
/// [CORS](https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html).
final class Cors {
  private static final Set<String> METHODS = Set.of("GET", "PUT", "POST", "DELETE", "HEAD");
  private static final Pattern FIELD_NAME = Pattern.compile("[A-Za-z0-9-]*");

  private Cors() {}

  /// Throws unless S3 would take the configuration.
  static void check(@Nullable CORSConfiguration given) {
    if (given == null || given.corsRules().isEmpty()) {
      throw S3Errors.malformedXml();
    }
    if (given.corsRules().size() > S3Limits.CORS_RULES_MAX) {
      throw S3Errors.invalidRequest(
          "The number of CORS rules should not exceed allowed limit of 100 rules.");
    }
    given.corsRules().forEach(Cors::check);
    if (Documents.write(given).length > S3Limits.CORS_BYTES_MAX) {
      throw S3Errors.malformedXml();
    }
  }

  private static void check(CORSRule rule) {
    Integer age = rule.maxAgeSeconds();
    String id = rule.id();
    if (rule.allowedMethods().isEmpty()
        || rule.allowedOrigins().isEmpty()
        || age != null && age < 0
        || id != null && id.length() > S3Limits.CORS_RULE_ID_CHARACTERS_MAX) {
      throw S3Errors.malformedXml();
    }
    for (String method : rule.allowedMethods()) {
      if (!METHODS.contains(method)) {
        throw S3Errors.invalidRequest(
            "Found unsupported HTTP method in CORS config. Unsupported method is " + method);
      }
    }
    rule.allowedOrigins().forEach(origin -> checkWildcards("AllowedOrigin", origin));
    rule.allowedHeaders().forEach(header -> checkWildcards("AllowedHeader", header));
    for (String header : rule.exposeHeaders()) {
      if (header.indexOf('*') >= 0) {
        throw S3Errors.invalidRequest(
            "ExposeHeader \""
                + header
                + "\" contains wildcard. We currently do not support wildcard for ExposeHeader.");
      }
      if (!FIELD_NAME.matcher(header).matches()) {
        throw S3Errors.invalidRequest(
            "ExposeHeader \"" + header + "\" contains invalid character.");
      }
    }
  }

  private static void checkWildcards(String element, String value) {
    if (value.indexOf('*') != value.lastIndexOf('*')) {
      throw S3Errors.invalidRequest(
          element + " \"" + value + "\" can not have more than one wildcard.");
    }
  }

  /// What a page asks for.
  ///
  /// @param method of the request, or of the one that a preflight announces
  /// @param headers lower case, those that `Access-Control-Request-Headers` announces
  record Asked(String origin, String method, List<String> headers) {
    static Asked of(String origin, String method, Headers request) {
      String announced = request.get("Access-Control-Request-Method");
      var headers = new ArrayList<String>();
      String names = request.get("Access-Control-Request-Headers");
      for (String name : names == null ? new String[0] : names.split(",")) {
        if (!name.isBlank()) {
          headers.add(name.strip().toLowerCase(Locale.ROOT));
        }
      }
      return new Asked(origin, announced == null ? method : announced, headers);
    }
  }

  static boolean isMethod(String method) {
    return METHODS.contains(method);
  }

  /// The first rule that fits, null if none does.
  static @Nullable CORSRule find(CORSConfiguration configuration, Asked asked) {
    for (CORSRule rule : configuration.corsRules()) {
      if (rule.allowedMethods().contains(asked.method())
          && rule.allowedOrigins().stream().anyMatch(origin -> fits(origin, asked.origin()))
          && asked.headers().stream().allMatch(header -> allows(rule, header))) {
        return rule;
      }
    }
    return null;
  }

  private static boolean allows(CORSRule rule, String header) {
    return rule.allowedHeaders().stream()
        .anyMatch(allowed -> fits(allowed.toLowerCase(Locale.ROOT), header));
  }

  // At most one `*`, which stands for anything, nothing too.
  private static boolean fits(String pattern, String text) {
    int star = pattern.indexOf('*');
    if (star < 0) {
      return pattern.equals(text);
    }
    return text.length() >= pattern.length() - 1
        && text.startsWith(pattern.substring(0, star))
        && text.endsWith(pattern.substring(star + 1));
  }

  /// The headers that tell a browser what its page may do.
  static Headers headers(CORSRule rule, Asked asked) {
    boolean everybody = rule.allowedOrigins().contains("*");
    var headers = new Headers();
    headers.add("Access-Control-Allow-Origin", everybody ? "*" : asked.origin());
    headers.add("Access-Control-Allow-Methods", String.join(", ", rule.allowedMethods()));
    if (!asked.headers().isEmpty()) {
      headers.add("Access-Control-Allow-Headers", String.join(", ", asked.headers()));
    }
    if (!rule.exposeHeaders().isEmpty()) {
      headers.add("Access-Control-Expose-Headers", String.join(", ", rule.exposeHeaders()));
    }
    Integer age = rule.maxAgeSeconds();
    if (age != null) {
      headers.add("Access-Control-Max-Age", age.toString());
    }
    if (!everybody) {
      headers.add("Access-Control-Allow-Credentials", "true");
    }
    headers.add("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    return headers;
  }
}
