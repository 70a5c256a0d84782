package dev.brume.services.s3;

import dev.brume.auth.AuthErrors;
import dev.brume.auth.Authenticator;
import dev.brume.auth.Authenticator.Caller;
import dev.brume.gateway.BrowserAccess.Grant;
import dev.brume.gateway.FrontDoor;
import dev.brume.gateway.WebPages;
import dev.brume.http.Exchange;
import dev.brume.http.Headers;
import dev.brume.ids.Ids;
import dev.brume.model.Body;
import dev.brume.model.BodyError;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel.Protocol;
import dev.brume.model.ServiceModels;
import dev.brume.model.s3.PutObjectOutput;
import dev.brume.model.s3.S3Client;
import dev.brume.protocol.Codecs;
import dev.brume.protocol.MultipartForm;
import dev.brume.protocol.VirtualHost;
import dev.brume.protocol.WireResponse;
import dev.brume.store.Kv;
import dev.brume.time.Clock;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Uploads by forms, as browsers send them:
/// [POST Object](https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html). A form
/// becomes a PutObject of whoever signed its policy.
final class FormUploads implements FrontDoor {
  private static final int FIELDS_BYTES_MAX = 20_000;

  private final Kv kv;
  private final S3Client s3;
  private final Authenticator authenticator;
  private final Clock clock;
  private final Ids ids;

  FormUploads(Kv kv, Operations operations, Authenticator authenticator, Clock clock, Ids ids) {
    this.kv = kv;
    this.s3 = new S3Client(operations);
    this.authenticator = authenticator;
    this.clock = clock;
    this.ids = ids;
  }

  @Override
  public boolean handle(Exchange exchange) throws IOException {
    if (!exchange.method().equals("POST")
        || exchange.headers().has("Authorization")
        || !MultipartForm.is(exchange.headers().get("Content-Type"))) {
      return false;
    }
    String bucket = bucket(exchange);
    if (bucket == null) {
      return false;
    }
    Grant grant = new S3Browsers(kv).grant("/" + bucket, exchange.method(), exchange.headers());
    String requestId = ids.upper(16);
    WireResponse response;
    try {
      response = upload(exchange, bucket, grant, requestId);
    } catch (BodyError e) {
      response = refused(e.error(), requestId);
    } catch (ServiceError e) {
      response = refused(e, requestId);
    }
    grant.headers().forEach(response.headers()::set);
    response.headers().set("x-amz-request-id", requestId);
    response.headers().set("x-amz-id-2", Base64.getEncoder().encodeToString(ids.bytes(48)));
    exchange.respond(
        response.status(), response.headers(), response.body().stream().readAllBytes());
    return true;
  }

  // Null when the address is not a bucket's.
  private @Nullable String bucket(Exchange exchange) {
    String path = exchange.rawPath();
    String bucket = VirtualHost.bucket(exchange.host(), true);
    if (bucket != null) {
      return path.equals("/") && exists(bucket) ? bucket : null;
    }
    String name = path.endsWith("/") ? path.substring(1, path.length() - 1) : path.substring(1);
    return Bucket.isValidName(name) && exists(name) ? name : null;
  }

  private boolean exists(String bucket) {
    return kv.read(reader -> reader.get(S3Store.bucketKey(bucket)) != null);
  }

  private static WireResponse refused(ServiceError error, String requestId) {
    return Codecs.of(Protocol.REST_XML).encodeError(ServiceModels.get("s3"), error, requestId);
  }

  private WireResponse upload(Exchange exchange, String bucket, Grant grant, String requestId)
      throws IOException {
    var form =
        MultipartForm.open(String.valueOf(exchange.headers().get("Content-Type")), exchange.body());
    var fields = new LinkedHashMap<String, String>();
    MultipartForm.Part file = fields(form, fields);
    if (file == null) {
      throw S3Errors.invalidArgument(
          "POST requires exactly one file upload per request.", "file", "0");
    }
    String key = fields.get("key");
    if (key == null || key.isEmpty()) {
      throw S3Errors.invalidArgument(
          "Bucket POST must contain a field named 'key'.  If it is specified, please check the"
              + " order of the fields.",
          "key",
          "");
    }
    Caller caller = authenticator.authenticateForm(fields, AuthErrors.of(Protocol.REST_XML));
    if (caller.principal() instanceof Principal.Root
        && !grant.named()
        && WebPages.foreign(exchange)) {
      // Nothing but the form of an owner's signature is checked, so a page could make one up.
      throw new ServiceError("AccessDenied", "Refused: sent by a web page of another site", 403);
    }
    PostPolicy.Lengths lengths = allowed(bucket, fields);
    fields.put("key", key.replace("${filename}", baseName(file.fileName())));
    Call call =
        new Call(
            caller.account(),
            caller.region(),
            caller.principal(),
            requestId,
            clock.instant(),
            "http://" + exchange.host());
    var request = FormFields.request(bucket, fields);
    request.body(new Body(new FormFile(file.body(), lengths), -1));
    PutObjectOutput stored = s3.putObject(call, request);
    return success(exchange, bucket, fields, stored);
  }

  // The plain fields, and the file that ends them: what comes after it is ignored.
  private static MultipartForm.@Nullable Part fields(MultipartForm form, Map<String, String> fields)
      throws IOException {
    int bytes = 0;
    for (MultipartForm.Part part = form.next(); part != null; part = form.next()) {
      String name = part.name().toLowerCase(Locale.ROOT);
      if (name.equals("file")) {
        return part;
      }
      byte[] value = part.body().readNBytes(FIELDS_BYTES_MAX + 1 - bytes);
      bytes += name.length() + value.length;
      if (bytes > FIELDS_BYTES_MAX) {
        throw new ServiceError(
            "MaxPostPreDataLengthExceeded",
            "Your POST request fields preceding the upload file was too large.",
            400);
      }
      fields.put(name, new String(value, StandardCharsets.UTF_8));
    }
    return null;
  }

  // Checked with the field as it was sent: `${filename}` is filled in afterwards.
  private PostPolicy.Lengths allowed(String bucket, Map<String, String> fields) {
    String text = fields.get("policy");
    if (text == null) {
      return PostPolicy.Lengths.ANY;
    }
    PostPolicy policy = PostPolicy.parse(text);
    var said = new LinkedHashMap<>(fields);
    said.put("bucket", bucket);
    policy.check(said, authenticator.now());
    return policy.lengths();
  }

  // Browsers of old sent whole paths.
  private static String baseName(@Nullable String fileName) {
    String name = fileName == null ? "" : fileName;
    return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  }

  private static WireResponse success(
      Exchange exchange, String bucket, Map<String, String> fields, PutObjectOutput stored) {
    String key = fields.getOrDefault("key", "");
    String etag = String.valueOf(stored.eTag());
    boolean virtual = VirtualHost.bucket(exchange.host(), true) != null;
    String location =
        "http://" + exchange.host() + (virtual ? "/" : "/" + bucket + "/") + encoded(key);
    Headers headers = Headers.of("ETag", etag, "Location", location);
    if (stored.versionId() != null) {
      headers.set("x-amz-version-id", stored.versionId());
    }
    if (stored.serverSideEncryption() != null) {
      headers.set("x-amz-server-side-encryption", stored.serverSideEncryption());
    }
    String redirect = fields.getOrDefault("success_action_redirect", fields.get("redirect"));
    if (redirect != null && redirect.matches("https?://[^\\s\\p{Cntrl}]+")) {
      String query =
          "bucket=" + encoded(bucket) + "&key=" + encoded(key) + "&etag=" + encoded(etag);
      headers.set("Location", redirect + (redirect.contains("?") ? "&" : "?") + query);
      return new WireResponse(303, headers, Body.of(""));
    }
    return switch (fields.getOrDefault("success_action_status", "204")) {
      case "200" -> new WireResponse(200, headers, Body.of(""));
      case "201" -> {
        headers.set("Content-Type", "application/xml");
        yield new WireResponse(201, headers, Body.of(document(location, bucket, key, etag)));
      }
      default -> new WireResponse(204, headers, Body.of(""));
    };
  }

  private static String document(String location, String bucket, String key, String etag) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PostResponse>"
        + element("Location", location)
        + element("Bucket", bucket)
        + element("Key", key)
        + element("ETag", etag)
        + "</PostResponse>";
  }

  private static String element(String name, String text) {
    String escaped =
        text.replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("\"", "&quot;");
    return "<" + name + ">" + escaped + "</" + name + ">";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
