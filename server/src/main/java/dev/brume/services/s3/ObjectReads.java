package dev.brume.services.s3;

import dev.brume.model.Body;
import dev.brume.model.Call;
import dev.brume.model.ServiceError;
import dev.brume.model.s3.GetObjectOutput;
import dev.brume.model.s3.GetObjectRequest;
import dev.brume.model.s3.HeadObjectOutput;
import dev.brume.model.s3.HeadObjectRequest;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads of objects: get, head, and the source of a copy.
final class ObjectReads {
  private static final int READ_ATTEMPTS = 3;
  private static final Set<String> ARCHIVES = Set.of("GLACIER", "DEEP_ARCHIVE");

  private final Kv kv;
  private final S3Store store;
  private final ObjectKeys keys;
  private final ContentReader contents;

  ObjectReads(Kv kv, S3Store store, ObjectKeys keys) {
    this.kv = kv;
    this.store = store;
    this.keys = keys;
    this.contents = new ContentReader(store.blobs());
  }

  /// A version that was found, with its body open if it was asked for.
  record Found(Bucket bucket, Version version, @Nullable ByteRange range, @Nullable Body body) {}

  GetObjectOutput get(Call call, GetObjectRequest in) {
    var conditions =
        new Preconditions(
            in.ifMatch(), in.ifNoneMatch(), in.ifModifiedSince(), in.ifUnmodifiedSince());
    Found found =
        find(
            call,
            new Wanted(
                in.bucket(),
                in.key(),
                in.versionId(),
                in.expectedBucketOwner(),
                in.range(),
                in.partNumber()),
            conditions,
            true);
    Version version = found.version();
    var out = new GetObjectOutput().body(found.body());
    Attributes.show(out, found.bucket(), version);
    ByteRange range = found.range();
    out.contentLength(range == null ? version.sizeBytes() : range.sizeBytes());
    if (range != null) {
      out.contentRange(range.shown(version.sizeBytes()));
    }
    if (in.partNumber() != null && !version.parts().isEmpty()) {
      out.partsCount(version.parts().size());
    }
    // A checksum is the whole object's; of a part of it the client could make nothing.
    if ("ENABLED".equals(in.checksumMode()) && range == null) {
      Attributes.showChecksums(out, version.checksums(), version.checksumType());
    }
    override(out, in);
    return out;
  }

  private static void override(GetObjectOutput out, GetObjectRequest in) {
    Instant expires = in.responseExpires();
    out.cacheControl(or(in.responseCacheControl(), out.cacheControl()));
    out.contentDisposition(or(in.responseContentDisposition(), out.contentDisposition()));
    out.contentEncoding(or(in.responseContentEncoding(), out.contentEncoding()));
    out.contentLanguage(or(in.responseContentLanguage(), out.contentLanguage()));
    out.contentType(or(in.responseContentType(), out.contentType()));
    if (expires != null) {
      out.expires(DateTimeFormatter.RFC_1123_DATE_TIME.format(expires.atOffset(ZoneOffset.UTC)));
    }
  }

  private static @Nullable String or(@Nullable String first, @Nullable String second) {
    return first == null ? second : first;
  }

  HeadObjectOutput head(Call call, HeadObjectRequest in) {
    var conditions =
        new Preconditions(
            in.ifMatch(), in.ifNoneMatch(), in.ifModifiedSince(), in.ifUnmodifiedSince());
    Found found =
        find(
            call,
            new Wanted(
                in.bucket(),
                in.key(),
                in.versionId(),
                in.expectedBucketOwner(),
                in.range(),
                in.partNumber()),
            conditions,
            false);
    Version version = found.version();
    var out = new HeadObjectOutput();
    Attributes.show(out, found.bucket(), version);
    ByteRange range = found.range();
    out.contentLength(range == null ? version.sizeBytes() : range.sizeBytes());
    if (range != null) {
      out.contentRange(range.shown(version.sizeBytes()));
    }
    if (in.partNumber() != null && !version.parts().isEmpty()) {
      out.partsCount(version.parts().size());
    }
    if ("ENABLED".equals(in.checksumMode()) && range == null) {
      Attributes.showChecksums(out, version.checksums(), version.checksumType());
    }
    return out;
  }

  private record Wanted(
      String bucket,
      String key,
      @Nullable String versionId,
      @Nullable String expectedOwner,
      @Nullable String range,
      @Nullable Integer partNumber) {}

  // The body of a version may be deleted between finding the row and opening the file; then the
  // object is another one, or gone.
  private Found find(Call call, Wanted wanted, Preconditions conditions, boolean open) {
    Unlocked unlocked = null;
    for (int attempt = 1; ; attempt++) {
      try {
        Found found = find(wanted, conditions, open, unlocked);
        Version.Encryption encryption = found.version().encryption();
        String locked = encryption.dataKey();
        if (!open || locked == null || found.body() != null) {
          return found;
        }
        // Asked for outside the read, and the version may be another one afterwards.
        DataKey key = keys.open(call, wanted.bucket(), wanted.key(), encryption);
        unlocked = new Unlocked(locked, Objects.requireNonNull(key));
      } catch (UncheckedIOException | NoSuchElementException e) {
        if (attempt == READ_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /// The key of a version, in the clear.
  private record Unlocked(String dataKey, DataKey key) {
    static @Nullable DataKey of(@Nullable Unlocked unlocked, Version version) {
      return unlocked != null && unlocked.dataKey().equals(version.encryption().dataKey())
          ? unlocked.key()
          : null;
    }
  }

  // Without a body where its key is missing.
  private Found find(
      Wanted wanted, Preconditions conditions, boolean open, @Nullable Unlocked unlocked) {
    return kv.read(
        reader -> {
          Bucket bucket = store.require(reader, wanted.bucket(), wanted.expectedOwner());
          Version version = store.requireVersion(reader, bucket, wanted.key(), wanted.versionId());
          conditions.checkRead(version.etag(), version.modifiedMillis());
          if (open && ARCHIVES.contains(version.storageClass())) {
            throw S3Errors.archived(version.storageClass());
          }
          ByteRange range = range(wanted, version);
          ByteRange all = range == null ? new ByteRange(0, version.sizeBytes() - 1) : range;
          DataKey key = Unlocked.of(unlocked, version);
          boolean locked = version.encryption().dataKey() != null && key == null;
          Body body = open && !locked ? open(reader, version, all, key) : null;
          return new Found(bucket, version, range, body);
        });
  }

  private static @Nullable ByteRange range(Wanted wanted, Version version) {
    Integer number = wanted.partNumber();
    if (number == null) {
      return ByteRange.parse(wanted.range(), version.sizeBytes());
    }
    if (wanted.range() != null) {
      throw S3Errors.invalidRequest(
          "Cannot specify both Range header and partNumber query parameter");
    }
    if (version.parts().isEmpty()) {
      if (number != 1) {
        throw invalidPartNumber();
      }
      return version.sizeBytes() == 0 ? null : new ByteRange(0, version.sizeBytes() - 1);
    }
    long start = 0;
    int position = 1;
    for (Version.Part part : version.parts()) {
      if (position++ == number) {
        return new ByteRange(start, start + part.sizeBytes() - 1);
      }
      start += part.sizeBytes();
    }
    throw invalidPartNumber();
  }

  private static ServiceError invalidPartNumber() {
    return new ServiceError(
        "InvalidPartNumber", "The requested partnumber is not satisfiable", 416);
  }

  private Body open(Reader reader, Version version, ByteRange range, @Nullable DataKey key) {
    try {
      return contents.open(reader, version.contents(), range, key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A copy's source, open.
  Found source(
      Call call,
      Attributes.CopySource source,
      Preconditions conditions,
      @Nullable String expectedOwner,
      @Nullable String range) {
    Found head =
        find(
            call,
            new Wanted(
                source.bucket(), source.key(), source.versionId(), expectedOwner, null, null),
            new Preconditions(null, null, null, null),
            false);
    conditions.checkCopySource(head.version().etag(), head.version().modifiedMillis());
    return find(
        call,
        new Wanted(source.bucket(), source.key(), source.versionId(), expectedOwner, range, null),
        new Preconditions(null, null, null, null),
        true);
  }
}
