package dev.brume.auth;

import dev.brume.http.Headers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a request says that it is signed, before anything of it is verified.
public sealed interface Signature {
  String ALGORITHM = "AWS4-HMAC-SHA256";

  /// The service of the credential scope; null for requests without one.
  default @Nullable String signingName() {
    return null;
  }

  /// No signature at all.
  record Unsigned() implements Signature {}

  /// A signature that cannot be read.
  ///
  /// @param reason in AWS's words
  record Malformed(String reason) implements Signature {}

  /// [Signature Version 4](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
  ///
  /// @param scopeDate `yyyyMMdd`
  /// @param signedHeaders lower case, in order
  /// @param date `yyyyMMddTHHmmssZ`, or an HTTP date from the `Date` header
  /// @param token session token, null without one
  /// @param expiresSeconds of a presigned URL; −1 for a signature in headers
  record V4(
      String accessKeyId,
      String scopeDate,
      String region,
      String service,
      List<String> signedHeaders,
      String signature,
      String date,
      @Nullable String token,
      long expiresSeconds)
      implements Signature {
    @Override
    public String signingName() {
      return service;
    }

    public boolean presigned() {
      return expiresSeconds >= 0;
    }

    String scope() {
      return scopeDate + "/" + region + "/" + service + "/aws4_request";
    }
  }

  /// A URL presigned with Signature Version 2, which boto3 still makes for S3 in us-east-1.
  ///
  /// @param expires epoch seconds
  record V2(String accessKeyId, String signature, long expires, @Nullable String token)
      implements Signature {}

  /// Reads the signature of a request.
  static Signature of(@Nullable String rawQuery, Headers headers) {
    String authorization = headers.get("Authorization");
    if (authorization != null) {
      return ofHeader(authorization, headers);
    }
    if (rawQuery == null || !rawQuery.contains("ignature=")) {
      return new Unsigned();
    }
    Map<String, String> query = new HashMap<>();
    for (Canonical.Parameter parameter : Canonical.parameters(rawQuery)) {
      query.putIfAbsent(parameter.name(), parameter.value());
    }
    if (query.containsKey("X-Amz-Signature")) {
      return ofQuery(query);
    }
    String keyId = query.get("AWSAccessKeyId");
    String signature = query.get("Signature");
    String expires = query.get("Expires");
    if (keyId == null || signature == null) {
      return new Unsigned();
    }
    if (expires == null || !expires.matches("\\d{1,12}")) {
      return new Malformed("Query-string authentication requires the Expires parameter");
    }
    return new V2(keyId, signature, Long.parseLong(expires), query.get("x-amz-security-token"));
  }

  /// Reads the signature of a form's policy.
  ///
  /// @param fields names in lower case
  static Signature ofForm(Map<String, String> fields) {
    String token = fields.get("x-amz-security-token");
    String signature = fields.get("x-amz-signature");
    String keyId = fields.get("awsaccesskeyid");
    if (signature != null) {
      if (!ALGORITHM.equals(fields.get("x-amz-algorithm"))) {
        return new Malformed("X-Amz-Algorithm only supports \"" + ALGORITHM + "\"");
      }
      Map<String, String> parts =
          Map.of(
              "Credential",
              fields.getOrDefault("x-amz-credential", ""),
              "SignedHeaders",
              "host",
              "Signature",
              signature);
      return of(parts, fields.getOrDefault("x-amz-date", ""), token, -1);
    }
    String old = fields.get("signature");
    return keyId == null || old == null ? new Unsigned() : new V2(keyId, old, 0, token);
  }

  private static Signature ofHeader(String authorization, Headers headers) {
    if (authorization.startsWith("AWS ")) {
      return new Malformed(
          "The authorization mechanism you have provided is not supported. Please use "
              + ALGORITHM
              + ".");
    }
    if (!authorization.startsWith(ALGORITHM + " ")) {
      // Somebody else's authorization, e.g. a bearer token.
      return new Unsigned();
    }
    Map<String, String> parts = new HashMap<>();
    for (String part : authorization.substring(ALGORITHM.length()).split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        parts.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
      }
    }
    for (String needed : List.of("Credential", "Signature", "SignedHeaders")) {
      if (!parts.containsKey(needed)) {
        return new Malformed("Authorization header requires '" + needed + "' parameter.");
      }
    }
    String date = headers.get("X-Amz-Date");
    if (date == null) {
      date = headers.get("Date");
    }
    if (date == null) {
      return new Malformed(
          "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
    }
    return of(parts, date, headers.get("X-Amz-Security-Token"), -1);
  }

  private static Signature ofQuery(Map<String, String> query) {
    if (!ALGORITHM.equals(query.get("X-Amz-Algorithm"))) {
      return new Malformed("X-Amz-Algorithm only supports \"" + ALGORITHM + "\"");
    }
    String expires = query.get("X-Amz-Expires");
    String date = query.get("X-Amz-Date");
    if (expires == null || date == null || !expires.matches("\\d{1,9}")) {
      return new Malformed("AWS authentication requires a valid Date and X-Amz-Expires");
    }
    Map<String, String> parts = new HashMap<>();
    for (String name : List.of("Credential", "SignedHeaders", "Signature")) {
      String value = query.get("X-Amz-" + name);
      if (value == null) {
        return new Malformed(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential,"
                + " X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires"
                + " parameters.");
      }
      parts.put(name, value);
    }
    return of(parts, date, query.get("X-Amz-Security-Token"), Long.parseLong(expires));
  }

  private static Signature of(
      Map<String, String> parts, String date, @Nullable String token, long expiresSeconds) {
    String credential = parts.getOrDefault("Credential", "");
    String[] scope = credential.split("/", -1);
    if (scope.length != 5 || scope[0].isEmpty() || !scope[4].equals("aws4_request")) {
      return new Malformed(
          "Credential must have exactly 5 slash-delimited elements, e.g."
              + " keyid/date/region/service/term, got '"
              + credential
              + "'");
    }
    var names = new ArrayList<String>();
    for (String name : parts.getOrDefault("SignedHeaders", "").split(";", -1)) {
      names.add(name.toLowerCase(Locale.ROOT));
    }
    if (!names.contains("host")) {
      return new Malformed(
          "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    }
    String signature = parts.getOrDefault("Signature", "");
    if (!signature.matches("[0-9a-f]{64}")) {
      return new Malformed("The request signature does not have the form of a signature.");
    }
    return new V4(
        scope[0], scope[1], scope[2], scope[3], names, signature, date, token, expiresSeconds);
  }
}
