package dev.brume.services.s3;

import dev.brume.ids.Ids;
import dev.brume.model.Body;
import dev.brume.model.Call;
import dev.brume.model.ServiceError;
import dev.brume.model.s3.*;
import dev.brume.protocol.ChecksumAlgorithm;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import dev.brume.store.Tx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// Objects: put, get, head, delete, copy.
final class Objects {
  private static final int READ_ATTEMPTS = 3;

  private final Kv kv;
  private final S3Store store;
  private final Settings settings;
  private final Intake intake;
  private final ContentReader contents;
  private final Notifications notifications;
  private final Ids ids;

  Objects(
      Kv kv,
      S3Store store,
      Settings settings,
      Intake intake,
      Notifications notifications,
      Ids ids) {
    this.kv = kv;
    this.store = store;
    this.settings = settings;
    this.intake = intake;
    this.contents = new ContentReader(store.blobs());
    this.notifications = notifications;
    this.ids = ids;
  }

  PutObjectOutput put(Call call, PutObjectRequest in) {
    String key = Attributes.key(in.key());
    Version.Encryption fallback =
        kv.read(
            reader -> {
              Bucket bucket = store.require(reader, in.bucket(), in.expectedBucketOwner());
              Version newest =
                  in.ifMatch() == null && in.ifNoneMatch() == null
                      ? null
                      : store.newest(reader, bucket.name(), key);
              Preconditions.checkWrite(in.ifMatch(), in.ifNoneMatch(), newest, key);
              return settings.defaultEncryption(reader, bucket);
            });
    Attributes attributes = Attributes.of(in, fallback);
    ChecksumAlgorithm algorithm = Checksums.named(in.checksumAlgorithm());
    Intake.Taken taken = intake.take(in.body(), algorithm, S3Limits.PUT_BYTES_MAX);
    Write write =
        write(call, in.bucket(), key, attributes, taken, in.ifMatch(), in.ifNoneMatch())
            .check(() -> Attributes.checkChecksums(in, taken.checksums()));
    Stored stored = commit(call, write, "ObjectCreated:Put");
    var out = new PutObjectOutput().eTag(stored.version().etag());
    out.versionId(stored.version().shownId(stored.bucket()));
    Attributes.showEncryption(out, stored.version().encryption());
    Attributes.showChecksums(out, taken.checksums(), Checksums.FULL_OBJECT);
    return out;
  }

  /// An object about to be written, with its body taken in.
  record Write(
      String bucket,
      Version draft,
      String newVersionId,
      Intake.Taken taken,
      @Nullable String ifMatch,
      @Nullable String ifNoneMatch,
      List<Runnable> checks) {
    Write check(Runnable check) {
      checks.add(check);
      return this;
    }
  }

  record Stored(Bucket bucket, Version version) {}

  private Write write(
      Call call,
      String bucket,
      String key,
      Attributes attributes,
      Intake.Taken taken,
      @Nullable String ifMatch,
      @Nullable String ifNoneMatch) {
    Version draft =
        new Version(
            key,
            0,
            Version.NULL_ID,
            false,
            taken.content().sizeBytes(),
            taken.etag(),
            call.now().toEpochMilli(),
            attributes.storageClass(),
            attributes.headers(),
            attributes.metadata(),
            attributes.tags(),
            taken.checksums(),
            Checksums.FULL_OBJECT,
            attributes.encryption(),
            List.of(taken.content()),
            List.of());
    return new Write(bucket, draft, newVersionId(), taken, ifMatch, ifNoneMatch, new ArrayList<>());
  }

  String newVersionId() {
    return ids.lower(32);
  }

  private Stored commit(Call call, Write write, String event) {
    Intake.Taken taken = write.taken();
    try {
      write.checks().forEach(Runnable::run);
      return kv.tx(
          tx -> {
            byte[] inline = taken.inline();
            if (inline != null) {
              tx.put(S3Store.inlineKey(taken.content().id()), inline);
            }
            return add(tx, call, write, event);
          });
    } catch (ServiceError e) {
      // Refused: nothing was committed, so the bytes belong to nobody.
      if (taken.inline() == null) {
        store.deleteBlob(taken.content().id());
      }
      throw e;
    }
  }

  private Stored add(Tx tx, Call call, Write write, String event) {
    Bucket bucket = store.require(tx, write.bucket(), null);
    Version draft = write.draft();
    Version newest = store.newest(tx, bucket.name(), draft.key());
    Preconditions.checkWrite(write.ifMatch(), write.ifNoneMatch(), newest, draft.key());
    return add(tx, call, bucket, draft, write.newVersionId(), event);
  }

  /// Adds a version with its id and tells who wants to know.
  Stored add(Tx tx, Call call, Bucket bucket, Version draft, String newVersionId, String event) {
    Version version = draft.withId(bucket.versioned() ? newVersionId : Version.NULL_ID);
    Version added = store.add(tx, bucket, version);
    notifications.send(tx, call, bucket, Notifications.Change.created(event, bucket, added));
    return new Stored(bucket, added);
  }

  /// A version that was found, with its body open if it was asked for.
  private record Found(
      Bucket bucket, Version version, @Nullable ByteRange range, @Nullable Body body) {}

  GetObjectOutput get(GetObjectRequest in) {
    var conditions =
        new Preconditions(
            in.ifMatch(), in.ifNoneMatch(), in.ifModifiedSince(), in.ifUnmodifiedSince());
    Found found =
        find(
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
      out.expires(
          java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME.format(
              expires.atOffset(java.time.ZoneOffset.UTC)));
    }
  }

  private static @Nullable String or(@Nullable String first, @Nullable String second) {
    return first == null ? second : first;
  }

  HeadObjectOutput head(HeadObjectRequest in) {
    var conditions =
        new Preconditions(
            in.ifMatch(), in.ifNoneMatch(), in.ifModifiedSince(), in.ifUnmodifiedSince());
    Found found =
        find(
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
  private Found find(Wanted wanted, Preconditions conditions, boolean open) {
    for (int attempt = 1; ; attempt++) {
      try {
        return kv.read(
            reader -> {
              Bucket bucket = store.require(reader, wanted.bucket(), wanted.expectedOwner());
              Version version = require(reader, bucket, wanted.key(), wanted.versionId());
              conditions.checkRead(version.etag(), version.modifiedMillis());
              ByteRange range = range(wanted, version);
              ByteRange all = range == null ? new ByteRange(0, version.sizeBytes() - 1) : range;
              Body body = open ? open(reader, version, all) : null;
              return new Found(bucket, version, range, body);
            });
      } catch (UncheckedIOException | NoSuchElementException e) {
        if (attempt == READ_ATTEMPTS) {
          throw e;
        }
      }
    }
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

  private Body open(Reader reader, Version version, ByteRange range) {
    try {
      return contents.open(reader, version.contents(), range);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The newest version of a key, or the one with this id; never a delete marker.
  Version require(Reader reader, Bucket bucket, String key, @Nullable String versionId) {
    if (versionId == null) {
      Version newest = store.newest(reader, bucket.name(), key);
      if (newest == null || newest.deleteMarker()) {
        throw S3Errors.noSuchKey(key);
      }
      return newest;
    }
    Version version = store.version(reader, bucket.name(), key, versionId);
    if (version == null) {
      throw S3Errors.noSuchVersion(key, versionId);
    }
    if (version.deleteMarker()) {
      throw S3Errors.methodNotAllowed("GET");
    }
    return version;
  }

  DeleteObjectOutput delete(Call call, DeleteObjectRequest in) {
    String markerId = newVersionId();
    return kv.tx(
        tx -> {
          Bucket bucket = store.require(tx, in.bucket(), in.expectedBucketOwner());
          if (in.ifMatch() != null) {
            Version newest = store.newest(tx, bucket.name(), in.key());
            Preconditions.checkWrite(in.ifMatch(), null, newest, in.key());
          }
          Deleted deleted = delete(tx, call, bucket, in.key(), in.versionId(), markerId);
          return new DeleteObjectOutput()
              .versionId(deleted.versionId())
              .deleteMarker(deleted.marker() ? true : null);
        });
  }

  /// @param versionId of what was deleted, or of the marker that was made; null without versions
  /// @param marker a delete marker was made or deleted
  /// @param made the marker was made
  private record Deleted(@Nullable String versionId, boolean marker, boolean made) {}

  private Deleted delete(
      Tx tx, Call call, Bucket bucket, String key, @Nullable String versionId, String markerId) {
    if (versionId != null) {
      Version version = store.version(tx, bucket.name(), key, versionId);
      if (version == null) {
        return new Deleted(versionId, false, false);
      }
      store.removeVersion(tx, bucket.name(), version);
      notify(tx, call, bucket, "ObjectRemoved:Delete", version);
      return new Deleted(versionId, version.deleteMarker(), false);
    }
    if (!bucket.everVersioned()) {
      Version version = store.newest(tx, bucket.name(), key);
      if (version != null) {
        store.removeVersion(tx, bucket.name(), version);
        notify(tx, call, bucket, "ObjectRemoved:Delete", version);
      }
      return new Deleted(null, false, false);
    }
    String id = bucket.versioned() ? markerId : Version.NULL_ID;
    Version marker = store.add(tx, bucket, Version.marker(key, 0, id, call.now().toEpochMilli()));
    notify(tx, call, bucket, "ObjectRemoved:DeleteMarkerCreated", marker);
    return new Deleted(id, true, true);
  }

  private void notify(Tx tx, Call call, Bucket bucket, String name, Version version) {
    notifications.send(tx, call, bucket, Notifications.Change.removed(name, bucket, version));
  }

  DeleteObjectsOutput deleteAll(Call call, DeleteObjectsRequest in) {
    List<ObjectIdentifier> objects = in.delete() == null ? List.of() : in.delete().objects();
    if (objects.isEmpty() || objects.size() > S3Limits.DELETE_KEYS_MAX) {
      throw S3Errors.malformedXml();
    }
    boolean quiet = Boolean.TRUE.equals(in.delete().quiet());
    var markerIds = new ArrayList<String>();
    objects.forEach(object -> markerIds.add(newVersionId()));
    return kv.tx(
        tx -> {
          Bucket bucket = store.require(tx, in.bucket(), in.expectedBucketOwner());
          var done = new ArrayList<DeletedObject>();
          for (int i = 0; i < objects.size(); i++) {
            ObjectIdentifier object = objects.get(i);
            if (object.key() == null || object.key().isEmpty()) {
              throw S3Errors.malformedXml();
            }
            Deleted deleted =
                delete(tx, call, bucket, object.key(), object.versionId(), markerIds.get(i));
            done.add(shown(object, deleted));
          }
          return new DeleteObjectsOutput().deleted(quiet ? null : done);
        });
  }

  private static DeletedObject shown(ObjectIdentifier object, Deleted deleted) {
    return new DeletedObject()
        .key(object.key())
        .versionId(object.versionId())
        .deleteMarker(deleted.marker() ? true : null)
        .deleteMarkerVersionId(deleted.marker() ? deleted.versionId() : null);
  }

  CopyObjectOutput copy(Call call, CopyObjectRequest in) {
    String key = Attributes.key(in.key());
    Attributes.CopySource source = Attributes.CopySource.parse(in.copySource());
    var conditions =
        new Preconditions(
            in.copySourceIfMatch(),
            in.copySourceIfNoneMatch(),
            in.copySourceIfModifiedSince(),
            in.copySourceIfUnmodifiedSince());
    Version.Encryption fallback =
        kv.read(
            reader -> {
              Bucket bucket = store.require(reader, in.bucket(), in.expectedBucketOwner());
              return settings.defaultEncryption(reader, bucket);
            });
    Found found = openSource(source, conditions, in.expectedSourceBucketOwner(), null);
    Attributes attributes = copied(in, found.version(), fallback);
    boolean replaces = "REPLACE".equals(in.metadataDirective());
    if (source.bucket().equals(in.bucket())
        && source.key().equals(key)
        && source.versionId() == null
        && !replaces
        && in.storageClass() == null
        && in.serverSideEncryption() == null) {
      throw S3Errors.invalidRequest(
          "This copy request is illegal because it is trying to copy an object to itself without"
              + " changing the object's metadata, storage class, website redirect location or"
              + " encryption attributes.");
    }
    Intake.Taken taken =
        intake.take(found.body(), copyAlgorithm(in, found), S3Limits.PUT_BYTES_MAX);
    Write write = write(call, in.bucket(), key, attributes, taken, in.ifMatch(), in.ifNoneMatch());
    Stored stored = commit(call, write, "ObjectCreated:Copy");
    var result = new CopyObjectResult().eTag(stored.version().etag());
    result.lastModified(Instant.ofEpochMilli(stored.version().modifiedMillis()));
    Attributes.showChecksums(result, taken.checksums(), Checksums.FULL_OBJECT);
    var out = new CopyObjectOutput().copyObjectResult(result);
    out.copySourceVersionId(found.version().shownId(found.bucket()));
    out.versionId(stored.version().shownId(stored.bucket()));
    Attributes.showEncryption(out, stored.version().encryption());
    return out;
  }

  private static @Nullable ChecksumAlgorithm copyAlgorithm(CopyObjectRequest in, Found found) {
    ChecksumAlgorithm named = Checksums.named(in.checksumAlgorithm());
    Map<String, String> checksums = found.version().checksums();
    return named != null || checksums.isEmpty()
        ? named
        : ChecksumAlgorithm.named(checksums.keySet().iterator().next());
  }

  private static Attributes copied(
      CopyObjectRequest in, Version source, Version.Encryption fallback) {
    Attributes own = Attributes.of(in, fallback);
    boolean replaces = "REPLACE".equals(in.metadataDirective());
    boolean retags = "REPLACE".equals(in.taggingDirective());
    return new Attributes(
        replaces ? own.headers() : source.headers(),
        replaces ? own.metadata() : source.metadata(),
        retags ? own.tags() : source.tags(),
        own.storageClass(),
        own.encryption());
  }

  /// The body of a copy's source.
  Body source(
      Attributes.CopySource source,
      Preconditions conditions,
      @Nullable String expectedOwner,
      @Nullable String range) {
    Body body = openSource(source, conditions, expectedOwner, range).body();
    return body == null ? Body.of("") : body;
  }

  private Found openSource(
      Attributes.CopySource source,
      Preconditions conditions,
      @Nullable String expectedOwner,
      @Nullable String range) {
    Found head =
        find(
            new Wanted(
                source.bucket(), source.key(), source.versionId(), expectedOwner, null, null),
            new Preconditions(null, null, null, null),
            false);
    conditions.checkCopySource(head.version().etag(), head.version().modifiedMillis());
    return find(
        new Wanted(source.bucket(), source.key(), source.versionId(), expectedOwner, range, null),
        new Preconditions(null, null, null, null),
        true);
  }
}
