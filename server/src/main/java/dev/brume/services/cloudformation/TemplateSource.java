package dev.brume.services.cloudformation;

import dev.brume.model.Body;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.s3.GetObjectRequest;
import dev.brume.model.s3.S3Client;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where templates come from: the request, or an object in S3. The URL's host may be any name that
/// the client has for this server or for S3; it is never asked over the network.
final class TemplateSource {
  private static final Pattern S3 = Pattern.compile("s3://([^/]+)/(.+)");
  private static final Pattern HTTP = Pattern.compile("https?://([^/]+)/(.+)");
  private static final Pattern BUCKET_HOST =
      Pattern.compile(
          "([a-z0-9][a-z0-9.-]+)\\.(?:s3(?:[.-][a-z0-9-]+)*\\..+|s3|localhost)(?::[0-9]+)?");

  private final S3Client s3;

  /// Where an object is.
  record Place(String bucket, String key) {}

  TemplateSource(Operations operations) {
    this.s3 = new S3Client(operations);
  }

  /// The template's text, exactly as submitted.
  String text(Call call, @Nullable String body, @Nullable String url) {
    if (body != null && url != null) {
      throw CloudFormationErrors.validation(
          "Either Template URL or Template Body must be specified, not both.");
    }
    if (body != null) {
      if (body.getBytes(StandardCharsets.UTF_8).length
          > CloudFormationLimits.TEMPLATE_BODY_BYTES_MAX) {
        throw CloudFormationErrors.validation(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint:"
                + " Member must have length less than or equal to "
                + CloudFormationLimits.TEMPLATE_BODY_BYTES_MAX);
      }
      return body;
    }
    if (url == null) {
      throw CloudFormationErrors.validation(
          "Either Template URL or Template Body must be specified.");
    }
    return fetch(call, place(url));
  }

  static Place place(String url) {
    Matcher s3 = S3.matcher(url);
    if (s3.matches()) {
      return new Place(s3.group(1), s3.group(2));
    }
    Matcher http = HTTP.matcher(url);
    if (!http.matches()) {
      throw CloudFormationErrors.validation("TemplateURL must be a supported URL.");
    }
    String path = http.group(2).split("\\?", 2)[0].replace("+", "%2B");
    String key = URLDecoder.decode(path, StandardCharsets.UTF_8);
    Matcher host = BUCKET_HOST.matcher(http.group(1));
    if (host.matches()) {
      return new Place(host.group(1), key);
    }
    int slash = key.indexOf('/');
    if (slash < 1 || slash == key.length() - 1) {
      throw CloudFormationErrors.validation(
          "TemplateURL must reference a valid S3 object to which" + " you have access.");
    }
    return new Place(key.substring(0, slash), key.substring(slash + 1));
  }

  private String fetch(Call call, Place place) {
    try {
      Body body =
          s3.getObject(call, new GetObjectRequest().bucket(place.bucket()).key(place.key())).body();
      if (body == null) {
        return "";
      }
      try (InputStream in = body.stream()) {
        byte[] bytes = in.readNBytes(CloudFormationLimits.TEMPLATE_URL_BYTES_MAX + 1);
        if (bytes.length > CloudFormationLimits.TEMPLATE_URL_BYTES_MAX) {
          throw CloudFormationErrors.validation(
              "Template may not exceed "
                  + CloudFormationLimits.TEMPLATE_URL_BYTES_MAX
                  + " bytes in size.");
        }
        return new String(bytes, StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ServiceError e) {
      if (e.code().equals("ValidationError")) {
        throw e;
      }
      throw CloudFormationErrors.validation(
          "S3 error: "
              + e.getMessage()
              + "\nFor more information check"
              + " http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html");
    }
  }
}
