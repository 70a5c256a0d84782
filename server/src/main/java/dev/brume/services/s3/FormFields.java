package dev.brume.services.s3;

import dev.brume.http.Headers;
import dev.brume.model.Body;
import dev.brume.model.Operation;
import dev.brume.model.ServiceModel;
import dev.brume.model.ServiceModel.Protocol;
import dev.brume.model.ServiceModels;
import dev.brume.model.s3.PutObjectRequest;
import dev.brume.model.s3.PutObjectTaggingRequest;
import dev.brume.protocol.Codecs;
import dev.brume.protocol.WireRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// The fields of an upload form as a PutObject has them. Fields that S3 does not know are the
/// form's own business.
final class FormFields {
  private static final String METADATA = "x-amz-meta-";

  // By field name.
  private static final Map<String, String> MEMBERS =
      Map.ofEntries(
          Map.entry("acl", "ACL"),
          Map.entry("cache-control", "CacheControl"),
          Map.entry("content-disposition", "ContentDisposition"),
          Map.entry("content-encoding", "ContentEncoding"),
          Map.entry("content-type", "ContentType"),
          Map.entry("expires", "Expires"),
          Map.entry("x-amz-storage-class", "StorageClass"),
          Map.entry("x-amz-website-redirect-location", "WebsiteRedirectLocation"),
          Map.entry("x-amz-server-side-encryption", "ServerSideEncryption"),
          Map.entry("x-amz-server-side-encryption-aws-kms-key-id", "SSEKMSKeyId"),
          Map.entry("x-amz-server-side-encryption-customer-algorithm", "SSECustomerAlgorithm"),
          Map.entry("x-amz-checksum-algorithm", "ChecksumAlgorithm"),
          Map.entry("x-amz-checksum-crc32", "ChecksumCRC32"),
          Map.entry("x-amz-checksum-crc32c", "ChecksumCRC32C"),
          Map.entry("x-amz-checksum-crc64nvme", "ChecksumCRC64NVME"),
          Map.entry("x-amz-checksum-sha1", "ChecksumSHA1"),
          Map.entry("x-amz-checksum-sha256", "ChecksumSHA256"));

  private FormFields() {}

  /// @param fields names in lower case
  static PutObjectRequest request(String bucket, Map<String, String> fields) {
    var request = new PutObjectRequest().bucket(bucket).key(fields.get("key"));
    var metadata = new LinkedHashMap<String, String>();
    fields.forEach(
        (name, value) -> {
          String member = MEMBERS.get(name);
          if (member != null) {
            Attributes.set(request, member, value);
          } else if (name.startsWith(METADATA)) {
            metadata.put(name.substring(METADATA.length()), value);
          } else if (name.equals("tagging")) {
            request.tagging(tagging(value));
          }
        });
    return request.metadata(metadata);
  }

  // From a document, which is read as that of PutObjectTagging, to a header's text.
  private static String tagging(String document) {
    ServiceModel model = ServiceModels.get("s3");
    Operation operation = model.operation("PutObjectTagging");
    var wire = new WireRequest("PUT", "/b/k", "tagging", new Headers(), Body.of(document));
    var read =
        (PutObjectTaggingRequest)
            Codecs.of(Protocol.REST_XML).decode(model, Objects.requireNonNull(operation), wire);
    return read.tagging().tagSet().stream()
        .map(tag -> encoded(tag.key()) + "=" + encoded(tag.value()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
