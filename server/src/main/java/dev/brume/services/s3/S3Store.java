package dev.brume.services.s3;

import dev.brume.model.Call;
import dev.brume.store.Blobs;
import dev.brume.store.Key;
import dev.brume.store.Reader;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// S3's rows: buckets, settings, versions (newest first per key), inline bodies, uploads and parts.
final class S3Store {
  private static final System.Logger LOG = System.getLogger("brume.s3");
  private static final Row<Bucket> BUCKET = Row.of(Bucket.class);
  private static final Row<Version> VERSION = Row.of(Version.class);
  private static final Row<Upload> UPLOAD = Row.of(Upload.class);
  private static final Row<Upload.Part> PART = Row.of(Upload.Part.class);

  private final Blobs blobs;

  S3Store(Blobs blobs) {
    this.blobs = blobs;
  }

  Blobs blobs() {
    return blobs;
  }

  static Key bucketKey(String bucket) {
    return Key.of("s3", "bucket", bucket);
  }

  static Key settingKey(String bucket, String kind) {
    return Key.of("s3", "setting", bucket, kind);
  }

  private static Key versionKey(String bucket, Version version) {
    return Key.of("s3", "object", bucket, version.key(), Long.MAX_VALUE - version.sequence());
  }

  static Key inlineKey(String id) {
    return Key.of("s3", "inline", id);
  }

  private static Key uploadKey(String bucket, String key, String uploadId) {
    return Key.of("s3", "upload", bucket, key, uploadId);
  }

  private static Key partKey(String bucket, String uploadId, int number) {
    return Key.of("s3", "part", bucket, uploadId, (long) number);
  }

  @Nullable Bucket bucket(Reader reader, String name) {
    byte[] row = reader.get(bucketKey(name));
    return row == null ? null : BUCKET.read(row);
  }

  /// The bucket; throws NoSuchBucket, or AccessDenied when its owner is not the expected one.
  Bucket require(Reader reader, String name, @Nullable String expectedOwner) {
    Bucket bucket = bucket(reader, name);
    if (bucket == null) {
      throw S3Errors.noSuchBucket(name);
    }
    if (expectedOwner != null && !expectedOwner.equals(bucket.account())) {
      throw S3Errors.accessDenied();
    }
    return bucket;
  }

  void putBucket(Tx tx, Bucket bucket) {
    tx.put(bucketKey(bucket.name()), BUCKET.write(bucket));
  }

  void deleteBucket(Tx tx, String bucket) {
    tx.delete(bucketKey(bucket));
    var settings = new ArrayList<Key>();
    tx.scan(
        Key.of("s3", "setting", bucket),
        (key, value) -> {
          settings.add(key);
          return true;
        });
    settings.forEach(tx::delete);
  }

  /// The buckets of the caller's account, by name.
  List<Bucket> buckets(Reader reader, Call call) {
    var buckets = new ArrayList<Bucket>();
    reader.scan(
        Key.of("s3", "bucket"),
        (key, value) -> {
          Bucket bucket = BUCKET.read(value);
          if (bucket.account().equals(call.account())) {
            buckets.add(bucket);
          }
          return true;
        });
    return buckets;
  }

  interface VersionVisitor {
    boolean visit(Version version);
  }

  /// Visits versions by key, newest first, from this key on.
  void scan(Reader reader, String bucket, String fromKey, VersionVisitor visitor) {
    Key all = Key.of("s3", "object", bucket);
    Key from = fromKey.isEmpty() ? all : all.then(fromKey);
    reader.scan(from, all.end(), (key, value) -> visitor.visit(VERSION.read(value)));
  }

  /// The newest version of a key, be it a delete marker; null if there is none.
  @Nullable Version newest(Reader reader, String bucket, String key) {
    var found = new ArrayList<Version>(1);
    reader.scan(
        Key.of("s3", "object", bucket, key),
        (at, value) -> {
          found.add(VERSION.read(value));
          return false;
        });
    return found.isEmpty() ? null : found.getFirst();
  }

  /// The newest version of a key, or the one with this id; never a delete marker.
  Version requireVersion(Reader reader, Bucket bucket, String key, @Nullable String versionId) {
    if (versionId == null) {
      Version newest = newest(reader, bucket.name(), key);
      if (newest == null || newest.deleteMarker()) {
        throw S3Errors.noSuchKey(key);
      }
      return newest;
    }
    Version version = version(reader, bucket.name(), key, versionId);
    if (version == null) {
      throw S3Errors.noSuchVersion(key, versionId);
    }
    if (version.deleteMarker()) {
      throw S3Errors.methodNotAllowed("GET");
    }
    return version;
  }

  /// All versions of a key, newest first.
  List<Version> versions(Reader reader, String bucket, String key) {
    var found = new ArrayList<Version>();
    reader.scan(
        Key.of("s3", "object", bucket, key),
        (at, value) -> {
          found.add(VERSION.read(value));
          return true;
        });
    return found;
  }

  @Nullable Version version(Reader reader, String bucket, String key, String versionId) {
    for (Version version : versions(reader, bucket, key)) {
      if (version.versionId().equals(versionId)) {
        return version;
      }
    }
    return null;
  }

  /// Adds or replaces the row of this very version.
  void putVersion(Tx tx, String bucket, Version version) {
    tx.put(versionKey(bucket, version), VERSION.write(version));
  }

  /// Removes a version and what it keeps.
  void removeVersion(Tx tx, String bucket, Version version) {
    tx.delete(versionKey(bucket, version));
    release(tx, version.contents());
  }

  /// Makes a new version the newest. Without versioning, and while it is suspended, it takes the
  /// place of the version named `null`.
  ///
  /// @return the version as stored, with its sequence
  Version add(Tx tx, Bucket bucket, Version version) {
    Version newest = newest(tx, bucket.name(), version.key());
    if (version.isNull()) {
      Version replaced =
          newest == null || newest.isNull()
              ? newest
              : version(tx, bucket.name(), version.key(), Version.NULL_ID);
      if (replaced != null) {
        removeVersion(tx, bucket.name(), replaced);
      }
    }
    Version added = version.withSequence(newest == null ? 1 : newest.sequence() + 1);
    putVersion(tx, bucket.name(), added);
    return added;
  }

  /// Frees bodies: inline ones with the transaction, blobs after it.
  void release(Tx tx, List<Content> contents) {
    for (Content content : contents) {
      if (content.inline()) {
        tx.delete(inlineKey(content.id()));
      } else {
        tx.afterCommit(() -> deleteBlob(content.id()));
      }
    }
  }

  /// Deletes a blob that no row names. One that stays behind is swept at the next start.
  void deleteBlob(String id) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                blobs.delete(id);
              } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "blob " + id + " stays until restart", e);
              }
            });
  }

  boolean isEmpty(Reader reader, String bucket) {
    var rows = new ArrayList<Key>(1);
    Reader.Visitor first =
        (key, value) -> {
          rows.add(key);
          return false;
        };
    reader.scan(Key.of("s3", "object", bucket), first);
    return rows.isEmpty();
  }

  @Nullable Upload upload(Reader reader, String bucket, String key, String uploadId) {
    byte[] row = reader.get(uploadKey(bucket, key, uploadId));
    return row == null ? null : UPLOAD.read(row);
  }

  Upload requireUpload(Reader reader, String bucket, String key, String uploadId) {
    Upload upload = upload(reader, bucket, key, uploadId);
    if (upload == null) {
      throw S3Errors.noSuchUpload(uploadId);
    }
    return upload;
  }

  void putUpload(Tx tx, String bucket, Upload upload) {
    tx.put(uploadKey(bucket, upload.key(), upload.uploadId()), UPLOAD.write(upload));
  }

  /// Removes an upload and the rows of its parts, not what the parts keep.
  void removeUpload(Tx tx, String bucket, Upload upload) {
    tx.delete(uploadKey(bucket, upload.key(), upload.uploadId()));
    for (Upload.Part part : parts(tx, bucket, upload.uploadId())) {
      tx.delete(partKey(bucket, upload.uploadId(), part.number()));
    }
  }

  /// The uploads of a bucket, by key and id.
  List<Upload> uploads(Reader reader, String bucket) {
    var uploads = new ArrayList<Upload>();
    reader.scan(
        Key.of("s3", "upload", bucket),
        (key, value) -> {
          uploads.add(UPLOAD.read(value));
          return true;
        });
    return uploads;
  }

  Upload.@Nullable Part part(Reader reader, String bucket, String uploadId, int number) {
    byte[] row = reader.get(partKey(bucket, uploadId, number));
    return row == null ? null : PART.read(row);
  }

  /// The parts of an upload, by number.
  List<Upload.Part> parts(Reader reader, String bucket, String uploadId) {
    var parts = new ArrayList<Upload.Part>();
    reader.scan(
        Key.of("s3", "part", bucket, uploadId),
        (key, value) -> {
          parts.add(PART.read(value));
          return true;
        });
    return parts;
  }

  void putPart(Tx tx, String bucket, String uploadId, Upload.Part part) {
    Upload.Part before = part(tx, bucket, uploadId, part.number());
    if (before != null) {
      release(tx, List.of(before.content()));
    }
    tx.put(partKey(bucket, uploadId, part.number()), PART.write(part));
  }

  /// Deletes the blobs that a crash left without a row. Only at start.
  void sweep(Reader reader) throws IOException {
    Set<String> known = new HashSet<>();
    reader.scan(
        Key.of("s3", "object"),
        (key, value) -> {
          VERSION.read(value).contents().forEach(content -> known.add(content.id()));
          return true;
        });
    reader.scan(
        Key.of("s3", "part"),
        (key, value) -> {
          known.add(PART.read(value).content().id());
          return true;
        });
    blobs.sweep(known::contains);
  }
}
