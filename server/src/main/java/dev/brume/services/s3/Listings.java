package dev.brume.services.s3;

import dev.brume.model.Call;
import dev.brume.model.s3.*;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lists of objects, versions, uploads and parts.
final class Listings {
  // What tells a continuation token from any other text.
  private static final String TOKEN = "after:";

  private final Kv kv;
  private final S3Store store;

  Listings(Kv kv, S3Store store) {
    this.kv = kv;
    this.store = store;
  }

  ListObjectsV2Output listV2(ListObjectsV2Request in) {
    int max = max(in.maxKeys(), "max-keys");
    String token = in.continuationToken();
    String after = token == null ? in.startAfter() : decoded(token);
    boolean owners = Boolean.TRUE.equals(in.fetchOwner());
    return kv.read(
        reader -> {
          Bucket bucket = store.require(reader, in.bucket(), in.expectedBucketOwner());
          var listing = new Listing(in.prefix(), in.delimiter(), after, max);
          Listing.Page<Version> page = listing.page(current(reader, bucket));
          String encoding = encoding(in.encodingType());
          var objects = new ArrayList<Object_>();
          page.entries().forEach(each -> objects.add(object(each, bucket, owners, encoding)));
          return new ListObjectsV2Output()
              .name(bucket.name())
              .prefix(encoded(in.prefix() == null ? "" : in.prefix(), encoding))
              .delimiter(encoded(in.delimiter(), encoding))
              .maxKeys(max)
              .encodingType(in.encodingType())
              .keyCount(page.entries().size() + page.commonPrefixes().size())
              .continuationToken(token)
              .startAfter(encoded(in.startAfter(), encoding))
              .isTruncated(page.truncated())
              .nextContinuationToken(page.truncated() ? token(page.last()) : null)
              .contents(objects.isEmpty() ? null : objects)
              .commonPrefixes(prefixes(page.commonPrefixes(), encoding));
        });
  }

  ListObjectsOutput list(ListObjectsRequest in) {
    int max = max(in.maxKeys(), "max-keys");
    return kv.read(
        reader -> {
          Bucket bucket = store.require(reader, in.bucket(), in.expectedBucketOwner());
          var listing = new Listing(in.prefix(), in.delimiter(), in.marker(), max);
          Listing.Page<Version> page = listing.page(current(reader, bucket));
          String encoding = encoding(in.encodingType());
          var objects = new ArrayList<Object_>();
          page.entries().forEach(each -> objects.add(object(each, bucket, true, encoding)));
          boolean delimited = in.delimiter() != null && !in.delimiter().isEmpty();
          return new ListObjectsOutput()
              .name(bucket.name())
              .prefix(encoded(in.prefix() == null ? "" : in.prefix(), encoding))
              .marker(encoded(in.marker() == null ? "" : in.marker(), encoding))
              .delimiter(encoded(in.delimiter(), encoding))
              .maxKeys(max)
              .encodingType(in.encodingType())
              .isTruncated(page.truncated())
              .nextMarker(page.truncated() && delimited ? encoded(page.last(), encoding) : null)
              .contents(objects.isEmpty() ? null : objects)
              .commonPrefixes(prefixes(page.commonPrefixes(), encoding));
        });
  }

  // The newest version of each key, unless it is a delete marker.
  private Listing.Source<Version> current(Reader reader, Bucket bucket) {
    return (from, visitor) -> {
      String[] last = new String[1];
      store.scan(
          reader,
          bucket.name(),
          from,
          version -> {
            if (version.key().equals(last[0])) {
              return true;
            }
            last[0] = version.key();
            return version.deleteMarker() || visitor.visit(version.key(), version);
          });
    };
  }

  private static Object_ object(
      Version version, Bucket bucket, boolean owners, @Nullable String encoding) {
    return new Object_()
        .key(encoded(version.key(), encoding))
        .lastModified(Instant.ofEpochMilli(version.modifiedMillis()))
        .eTag(version.etag())
        .checksumAlgorithm(List.copyOf(version.checksums().keySet()))
        .checksumType(version.checksums().isEmpty() ? null : version.checksumType())
        .size(version.sizeBytes())
        .storageClass(version.storageClass())
        .owner(owners ? owner(bucket) : null);
  }

  static Owner owner(Bucket bucket) {
    return new Owner().id(bucket.account());
  }

  ListObjectVersionsOutput listVersions(ListObjectVersionsRequest in) {
    int max = max(in.maxKeys(), "max-keys");
    String keyMarker = in.keyMarker();
    String idMarker = in.versionIdMarker();
    if (idMarker != null && (keyMarker == null || keyMarker.isEmpty())) {
      throw S3Errors.invalidArgument(
          "A version-id marker cannot be specified without a key marker.",
          "version-id-marker",
          idMarker);
    }
    return kv.read(
        reader -> {
          Bucket bucket = store.require(reader, in.bucket(), in.expectedBucketOwner());
          var versions = new VersionPage(in.prefix(), in.delimiter(), max);
          versions.fill(store, reader, bucket.name(), keyMarker, idMarker);
          String encoding = encoding(in.encodingType());
          var out = new ListObjectVersionsOutput().name(bucket.name());
          out.prefix(encoded(in.prefix() == null ? "" : in.prefix(), encoding));
          out.keyMarker(encoded(keyMarker == null ? "" : keyMarker, encoding));
          out.versionIdMarker(idMarker == null ? "" : idMarker);
          out.delimiter(encoded(in.delimiter(), encoding)).maxKeys(max);
          out.encodingType(in.encodingType()).isTruncated(versions.truncated());
          if (versions.truncated()) {
            out.nextKeyMarker(encoded(versions.lastKey(), encoding));
            out.nextVersionIdMarker(versions.lastId());
          }
          show(out, versions, bucket, encoding);
          return out.commonPrefixes(prefixes(versions.commonPrefixes(), encoding));
        });
  }

  private static void show(
      ListObjectVersionsOutput out, VersionPage page, Bucket bucket, @Nullable String encoding) {
    var versions = new ArrayList<ObjectVersion>();
    var markers = new ArrayList<DeleteMarkerEntry>();
    for (VersionPage.Entry entry : page.entries()) {
      Version version = entry.version();
      Instant modified = Instant.ofEpochMilli(version.modifiedMillis());
      String key = encoded(version.key(), encoding);
      if (version.deleteMarker()) {
        markers.add(
            new DeleteMarkerEntry()
                .key(key)
                .versionId(version.versionId())
                .isLatest(entry.latest())
                .lastModified(modified)
                .owner(owner(bucket)));
      } else {
        versions.add(
            new ObjectVersion()
                .key(key)
                .versionId(version.versionId())
                .isLatest(entry.latest())
                .lastModified(modified)
                .eTag(version.etag())
                .checksumAlgorithm(List.copyOf(version.checksums().keySet()))
                .checksumType(version.checksums().isEmpty() ? null : version.checksumType())
                .size(version.sizeBytes())
                .storageClass(version.storageClass())
                .owner(owner(bucket)));
      }
    }
    out.versions(versions.isEmpty() ? null : versions);
    out.deleteMarkers(markers.isEmpty() ? null : markers);
  }

  ListMultipartUploadsOutput listUploads(ListMultipartUploadsRequest in) {
    int max = max(in.maxUploads(), "max-uploads");
    return kv.read(
        reader -> {
          Bucket bucket = store.require(reader, in.bucket(), in.expectedBucketOwner());
          String marker = in.keyMarker() == null ? "" : in.keyMarker();
          String idMarker = in.uploadIdMarker() == null ? "" : in.uploadIdMarker();
          var listing = new Listing(in.prefix(), in.delimiter(), "", max);
          Listing.Page<Upload> page =
              listing.page(
                  (from, visitor) -> {
                    for (Upload upload : store.uploads(reader, bucket.name())) {
                      boolean after =
                          upload.key().compareTo(marker) > 0
                              || upload.key().equals(marker)
                                  && !idMarker.isEmpty()
                                  && upload.uploadId().compareTo(idMarker) > 0;
                      if (after
                          && upload.key().compareTo(from) >= 0
                          && !visitor.visit(upload.key(), upload)) {
                        return;
                      }
                    }
                  });
          String encoding = encoding(in.encodingType());
          var uploads = new ArrayList<MultipartUpload>();
          page.entries().forEach(each -> uploads.add(shown(each, bucket, encoding)));
          var out = new ListMultipartUploadsOutput().bucket(bucket.name()).maxUploads(max);
          out.keyMarker(encoded(marker, encoding)).uploadIdMarker(idMarker);
          out.prefix(encoded(in.prefix() == null ? "" : in.prefix(), encoding));
          out.delimiter(encoded(in.delimiter(), encoding)).encodingType(in.encodingType());
          out.isTruncated(page.truncated()).uploads(uploads.isEmpty() ? null : uploads);
          if (page.truncated() && !page.entries().isEmpty()) {
            Upload last = page.entries().getLast();
            out.nextKeyMarker(encoded(page.last(), encoding)).nextUploadIdMarker(last.uploadId());
          }
          return out.commonPrefixes(prefixes(page.commonPrefixes(), encoding));
        });
  }

  private static MultipartUpload shown(Upload upload, Bucket bucket, @Nullable String encoding) {
    return new MultipartUpload()
        .key(encoded(upload.key(), encoding))
        .uploadId(upload.uploadId())
        .initiated(Instant.ofEpochMilli(upload.createdMillis()))
        .storageClass(upload.storageClass())
        .owner(owner(bucket))
        .initiator(new Initiator().id(bucket.account()))
        .checksumAlgorithm(upload.checksumAlgorithm())
        .checksumType(upload.checksumType());
  }

  ListPartsOutput listParts(Call call, ListPartsRequest in) {
    int max = max(in.maxParts(), "max-parts");
    int after = in.partNumberMarker() == null ? 0 : in.partNumberMarker();
    return kv.read(
        reader -> {
          Bucket bucket = store.require(reader, in.bucket(), in.expectedBucketOwner());
          Upload upload = store.requireUpload(reader, bucket.name(), in.key(), in.uploadId());
          var parts = new ArrayList<Part>();
          boolean truncated = false;
          for (Upload.Part each : store.parts(reader, bucket.name(), in.uploadId())) {
            if (each.number() > after) {
              if (parts.size() == max) {
                truncated = true;
                break;
              }
              parts.add(shown(each));
            }
          }
          var out = new ListPartsOutput().bucket(bucket.name()).key(in.key());
          out.uploadId(in.uploadId()).partNumberMarker(after).maxParts(max);
          out.isTruncated(truncated).parts(parts.isEmpty() ? null : parts);
          out.nextPartNumberMarker(parts.isEmpty() ? 0 : parts.getLast().partNumber());
          out.storageClass(upload.storageClass()).owner(owner(bucket));
          out.initiator(new Initiator().id(call.account()));
          return out.checksumAlgorithm(upload.checksumAlgorithm())
              .checksumType(upload.checksumType());
        });
  }

  private static Part shown(Upload.Part part) {
    var shown = new Part().partNumber(part.number()).eTag(part.etag()).size(part.sizeBytes());
    shown.lastModified(Instant.ofEpochMilli(part.modifiedMillis()));
    Attributes.showChecksums(shown, part.checksums(), null);
    return shown;
  }

  private static int max(@Nullable Integer asked, String name) {
    if (asked == null) {
      return S3Limits.LIST_KEYS_MAX;
    }
    if (asked < 0) {
      throw S3Errors.invalidArgument(
          "Argument " + name + " must be an integer between 0 and 2147483647",
          name,
          asked.toString());
    }
    return Math.min(asked, S3Limits.LIST_KEYS_MAX);
  }

  private static @Nullable List<CommonPrefix> prefixes(
      List<String> prefixes, @Nullable String encoding) {
    var list = new ArrayList<CommonPrefix>();
    prefixes.forEach(prefix -> list.add(new CommonPrefix().prefix(encoded(prefix, encoding))));
    return list.isEmpty() ? null : list;
  }

  private static @Nullable String encoding(@Nullable String type) {
    if (type != null && !type.equals("url")) {
      throw S3Errors.invalidArgument(
          "Invalid Encoding Method specified in Request", "encoding-type", type);
    }
    return type;
  }

  private static @Nullable String encoded(@Nullable String text, @Nullable String encoding) {
    return text == null || encoding == null
        ? text
        : URLEncoder.encode(text, StandardCharsets.UTF_8).replace("%2F", "/");
  }

  private static String token(String last) {
    return Base64.getUrlEncoder().encodeToString((TOKEN + last).getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String token) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      if (text.startsWith(TOKEN)) {
        return text.substring(TOKEN.length());
      }
    } catch (IllegalArgumentException e) {
      throw wrongToken(token);
    }
    throw wrongToken(token);
  }

  private static dev.brume.model.ServiceError wrongToken(String token) {
    return S3Errors.invalidArgument(
        "The continuation token provided is incorrect", "continuation-token", token);
  }
}
