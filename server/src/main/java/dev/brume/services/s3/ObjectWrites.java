package dev.brume.services.s3;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.ServiceError;
import dev.brume.model.s3.CopyObjectOutput;
import dev.brume.model.s3.CopyObjectRequest;
import dev.brume.model.s3.CopyObjectResult;
import dev.brume.model.s3.PutObjectOutput;
import dev.brume.model.s3.PutObjectRequest;
import dev.brume.protocol.ChecksumAlgorithm;
import dev.brume.store.Kv;
import dev.brume.store.Tx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes of whole objects: put, copy, and the version that any write adds.
final class ObjectWrites {
  private final Kv kv;
  private final S3Store store;
  private final Settings settings;
  private final Intake intake;
  private final ObjectReads reads;
  private final ObjectKeys keys;
  private final Notifications notifications;
  private final Ids ids;

  ObjectWrites(
      Kv kv,
      S3Store store,
      Settings settings,
      Intake intake,
      ObjectReads reads,
      ObjectKeys keys,
      Notifications notifications,
      Ids ids) {
    this.kv = kv;
    this.store = store;
    this.settings = settings;
    this.intake = intake;
    this.reads = reads;
    this.keys = keys;
    this.notifications = notifications;
    this.ids = ids;
  }

  PutObjectOutput put(Call call, PutObjectRequest in) {
    String key = Attributes.key(in.key());
    Version.Encryption fallback =
        kv.read(
            reader -> {
              Bucket bucket = store.require(reader, in.bucket(), in.expectedBucketOwner());
              PublicAccess.checkObject(reader, bucket.name(), in);
              Version newest =
                  in.ifMatch() == null && in.ifNoneMatch() == null
                      ? null
                      : store.newest(reader, bucket.name(), key);
              Preconditions.checkWrite(in.ifMatch(), in.ifNoneMatch(), newest, key);
              return settings.defaultEncryption(reader, bucket);
            });
    Attributes said = Attributes.of(in, fallback);
    ChecksumAlgorithm algorithm = Checksums.named(in.checksumAlgorithm());
    ObjectKeys.Sealed sealed = keys.seal(call, in.bucket(), key, said.encryption());
    Attributes attributes = said.encrypted(sealed.encryption());
    Intake.Taken taken = intake.take(in.body(), algorithm, S3Limits.PUT_BYTES_MAX, sealed.key());
    Write write =
        write(call, in.bucket(), key, attributes, taken, in.ifMatch(), in.ifNoneMatch())
            .check(() -> Attributes.checkChecksums(in, taken.checksums()));
    boolean form = in.body() != null && in.body().stream() instanceof FormFile;
    Stored stored = commit(call, write, form ? "ObjectCreated:Post" : "ObjectCreated:Put");
    var out = new PutObjectOutput().eTag(stored.version().etag());
    out.versionId(stored.version().shownId(stored.bucket()));
    Attributes.showEncryption(out, stored.version().encryption());
    Attributes.showChecksums(out, taken.checksums(), Checksums.FULL_OBJECT);
    return out;
  }

  /// An object about to be written, with its body taken in.
  private record Write(
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
    return new Write(
        bucket, draft, Version.newId(ids), taken, ifMatch, ifNoneMatch, new ArrayList<>());
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
              PublicAccess.checkObject(reader, bucket.name(), in);
              return settings.defaultEncryption(reader, bucket);
            });
    ObjectReads.Found found =
        reads.source(call, source, conditions, in.expectedSourceBucketOwner(), null);
    Attributes said = copied(in, found.version(), fallback);
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
    ObjectKeys.Sealed sealed = keys.seal(call, in.bucket(), key, said.encryption());
    Attributes attributes = said.encrypted(sealed.encryption());
    Intake.Taken taken =
        intake.take(found.body(), copyAlgorithm(in, found), S3Limits.PUT_BYTES_MAX, sealed.key());
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

  private static @Nullable ChecksumAlgorithm copyAlgorithm(
      CopyObjectRequest in, ObjectReads.Found found) {
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
}
