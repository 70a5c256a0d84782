package dev.brume.services.s3;

import dev.brume.gateway.BrowserAccess;
import dev.brume.http.Headers;
import dev.brume.model.s3.CORSConfiguration;
import dev.brume.model.s3.CORSRule;
import dev.brume.protocol.Documents;
import dev.brume.store.Kv;
import org.jspecify.annotations.Nullable;

/// How the pages of other origins reach buckets:
/// [CORS](https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html). A preflight is answered
/// from the bucket's rules alone, whoever asks and whether the object is there or not.
final class S3Browsers implements BrowserAccess {
  private final Kv kv;

  S3Browsers(Kv kv) {
    this.kv = kv;
  }

  @Override
  public Headers preflight(String path, Headers request) {
    String origin = request.get("Origin");
    if (origin == null) {
      throw S3Errors.badRequest("Insufficient information. Origin request header needed.");
    }
    Cors.Asked asked = Cors.Asked.of(origin, "OPTIONS", request);
    Target target = Target.of(path);
    if (!kv.read(reader -> reader.get(S3Store.bucketKey(target.bucket())) != null)) {
      throw S3Errors.corsForbidden("Bucket not found", asked.method(), "BUCKET");
    }
    CORSConfiguration configuration = rules(target.bucket());
    if (configuration == null) {
      throw S3Errors.corsForbidden(
          "CORS is not enabled for this bucket.", asked.method(), "BUCKET");
    }
    if (!Cors.isMethod(asked.method())) {
      String announced = request.get("Access-Control-Request-Method");
      throw S3Errors.badRequest("Invalid Access-Control-Request-Method: " + announced);
    }
    CORSRule rule = Cors.find(configuration, asked);
    if (rule == null) {
      throw S3Errors.corsForbidden(
          "This CORS request is not allowed. This is usually because the evalution of Origin,"
              + " request method / Access-Control-Request-Method or Access-Control-Request-Headers"
              + " are not whitelisted by the resource's CORS spec.",
          asked.method(),
          target.key().isEmpty() ? "BUCKET" : "OBJECT");
    }
    return Cors.headers(rule, asked);
  }

  @Override
  public Grant grant(String path, String method, Headers request) {
    String origin = request.get("Origin");
    CORSConfiguration configuration = origin == null ? null : rules(Target.of(path).bucket());
    if (origin == null || configuration == null) {
      return Grant.none();
    }
    Cors.Asked asked = Cors.Asked.of(origin, method, request);
    CORSRule rule = Cors.find(configuration, asked);
    if (rule == null) {
      return Grant.none();
    }
    // `null` is the origin of every sandboxed page.
    boolean named = rule.allowedOrigins().contains(origin) && !origin.equals("null");
    return new Grant(Cors.headers(rule, asked), named);
  }

  private @Nullable CORSConfiguration rules(String bucket) {
    byte[] document = kv.read(reader -> reader.get(S3Store.settingKey(bucket, Settings.CORS)));
    return document == null ? null : Documents.read(document, new CORSConfiguration());
  }

  /// @param key percent-encoded, empty for the bucket itself
  private record Target(String bucket, String key) {
    static Target of(String path) {
      int slash = path.indexOf('/', 1);
      return slash < 0
          ? new Target(path.substring(1), "")
          : new Target(path.substring(1, slash), path.substring(slash + 1));
    }
  }
}
