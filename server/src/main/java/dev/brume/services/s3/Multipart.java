package dev.brume.services.s3;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.ServiceError;
import dev.brume.model.s3.AbortMultipartUploadOutput;
import dev.brume.model.s3.AbortMultipartUploadRequest;
import dev.brume.model.s3.CompleteMultipartUploadOutput;
import dev.brume.model.s3.CompleteMultipartUploadRequest;
import dev.brume.model.s3.CompletedPart;
import dev.brume.model.s3.CopyPartResult;
import dev.brume.model.s3.CreateMultipartUploadOutput;
import dev.brume.model.s3.CreateMultipartUploadRequest;
import dev.brume.model.s3.UploadPartCopyOutput;
import dev.brume.model.s3.UploadPartCopyRequest;
import dev.brume.model.s3.UploadPartOutput;
import dev.brume.model.s3.UploadPartRequest;
import dev.brume.protocol.ChecksumAlgorithm;
import dev.brume.store.Kv;
import dev.brume.store.Tx;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Multipart uploads. The object that completion makes is its parts in order: no byte is copied.
final class Multipart {
  private final Kv kv;
  private final S3Store store;
  private final Settings settings;
  private final Intake intake;
  private final ObjectReads reads;
  private final ObjectKeys keys;
  private final ObjectWrites writes;
  private final Ids ids;

  Multipart(
      Kv kv,
      S3Store store,
      Settings settings,
      Intake intake,
      ObjectReads reads,
      ObjectKeys keys,
      ObjectWrites writes,
      Ids ids) {
    this.kv = kv;
    this.store = store;
    this.settings = settings;
    this.intake = intake;
    this.reads = reads;
    this.keys = keys;
    this.writes = writes;
    this.ids = ids;
  }

  CreateMultipartUploadOutput create(Call call, CreateMultipartUploadRequest in) {
    String key = Attributes.key(in.key());
    ChecksumAlgorithm algorithm = Checksums.named(in.checksumAlgorithm());
    String type = in.checksumType();
    if (algorithm != null) {
      type = type == null ? Checksums.defaultType(algorithm) : type;
      Checksums.checkType(algorithm, type);
    }
    String uploadId = ids.lower(64);
    String checksumType = type;
    Attributes said =
        kv.read(
            reader -> {
              Bucket bucket = store.require(reader, in.bucket(), in.expectedBucketOwner());
              PublicAccess.checkObject(reader, bucket.name(), in);
              return Attributes.of(in, settings.defaultEncryption(reader, bucket));
            });
    Attributes attributes =
        said.encrypted(keys.seal(call, in.bucket(), key, said.encryption()).encryption());
    Upload upload =
        kv.tx(
            tx -> {
              Bucket bucket = store.require(tx, in.bucket(), in.expectedBucketOwner());
              var created =
                  new Upload(
                      key,
                      uploadId,
                      call.now().toEpochMilli(),
                      attributes.storageClass(),
                      attributes.headers(),
                      attributes.metadata(),
                      attributes.tags(),
                      algorithm == null ? null : algorithm.name(),
                      checksumType,
                      attributes.encryption());
              store.putUpload(tx, bucket.name(), created);
              return created;
            });
    var out = new CreateMultipartUploadOutput().bucket(in.bucket()).key(key).uploadId(uploadId);
    out.checksumAlgorithm(upload.checksumAlgorithm()).checksumType(upload.checksumType());
    Attributes.showEncryption(out, upload.encryption());
    return out;
  }

  UploadPartOutput upload(Call call, UploadPartRequest in) {
    checkNumber(in.partNumber());
    Upload upload = open(in.bucket(), in.key(), in.uploadId(), in.expectedBucketOwner());
    ChecksumAlgorithm named = Checksums.named(in.checksumAlgorithm());
    DataKey key = keys.open(call, in.bucket(), in.key(), upload.encryption());
    Intake.Taken taken =
        intake.take(in.body(), algorithm(upload, named), S3Limits.PUT_BYTES_MAX, key);
    Upload.Part part =
        commit(
            call,
            in.bucket(),
            upload,
            in.partNumber(),
            taken,
            () -> Attributes.checkChecksums(in, taken.checksums()));
    var out = new UploadPartOutput().eTag(part.etag());
    Attributes.showEncryption(out, upload.encryption());
    Attributes.showChecksums(out, part.checksums(), null);
    return out;
  }

  UploadPartCopyOutput copy(Call call, UploadPartCopyRequest in) {
    checkNumber(in.partNumber());
    Upload upload = open(in.bucket(), in.key(), in.uploadId(), in.expectedBucketOwner());
    var conditions =
        new Preconditions(
            in.copySourceIfMatch(),
            in.copySourceIfNoneMatch(),
            in.copySourceIfModifiedSince(),
            in.copySourceIfUnmodifiedSince());
    ObjectReads.Found source =
        reads.source(
            call,
            Attributes.CopySource.parse(in.copySource()),
            conditions,
            in.expectedSourceBucketOwner(),
            in.copySourceRange());
    DataKey key = keys.open(call, in.bucket(), in.key(), upload.encryption());
    Intake.Taken taken =
        intake.take(source.body(), algorithm(upload, null), S3Limits.PUT_BYTES_MAX, key);
    Upload.Part part = commit(call, in.bucket(), upload, in.partNumber(), taken, () -> {});
    var result = new CopyPartResult().eTag(part.etag());
    result.lastModified(Instant.ofEpochMilli(part.modifiedMillis()));
    Attributes.showChecksums(result, part.checksums(), null);
    var out = new UploadPartCopyOutput().copyPartResult(result);
    Attributes.showEncryption(out, upload.encryption());
    return out;
  }

  private Upload open(
      String bucketName, String key, String uploadId, @Nullable String expectedOwner) {
    return kv.read(
        reader -> {
          Bucket bucket = store.require(reader, bucketName, expectedOwner);
          return store.requireUpload(reader, bucket.name(), key, uploadId);
        });
  }

  private static void checkNumber(int number) {
    if (number < 1 || number > S3Limits.PARTS_MAX) {
      throw S3Errors.invalidArgument(
          "Part number must be an integer between 1 and 10000, inclusive",
          "partNumber",
          Integer.toString(number));
    }
  }

  private static @Nullable ChecksumAlgorithm algorithm(
      Upload upload, @Nullable ChecksumAlgorithm named) {
    return named == null ? ChecksumAlgorithm.named(upload.checksumAlgorithm()) : named;
  }

  private Upload.Part commit(
      Call call, String bucket, Upload upload, int number, Intake.Taken taken, Runnable check) {
    var part =
        new Upload.Part(
            number,
            taken.content().sizeBytes(),
            taken.etag(),
            call.now().toEpochMilli(),
            taken.checksums(),
            taken.content());
    try {
      check.run();
      return kv.tx(
          tx -> {
            store.requireUpload(tx, bucket, upload.key(), upload.uploadId());
            byte[] inline = taken.inline();
            if (inline != null) {
              tx.put(S3Store.inlineKey(taken.content().id()), inline);
            }
            store.putPart(tx, bucket, upload.uploadId(), part);
            return part;
          });
    } catch (ServiceError e) {
      if (taken.inline() == null) {
        store.deleteBlob(taken.content().id());
      }
      throw e;
    }
  }

  AbortMultipartUploadOutput abort(AbortMultipartUploadRequest in) {
    return kv.tx(
        tx -> {
          Bucket bucket = store.require(tx, in.bucket(), in.expectedBucketOwner());
          Upload upload = store.requireUpload(tx, bucket.name(), in.key(), in.uploadId());
          for (Upload.Part part : store.parts(tx, bucket.name(), in.uploadId())) {
            store.release(tx, List.of(part.content()));
          }
          store.removeUpload(tx, bucket.name(), upload);
          return new AbortMultipartUploadOutput();
        });
  }

  CompleteMultipartUploadOutput complete(Call call, CompleteMultipartUploadRequest in) {
    List<CompletedPart> wanted =
        in.multipartUpload() == null ? List.of() : in.multipartUpload().parts();
    if (wanted.isEmpty()) {
      throw S3Errors.malformedXml();
    }
    // Checksums of the whole need the bytes; read before the transaction, checked again in it.
    Upload begun = open(in.bucket(), in.key(), in.uploadId(), in.expectedBucketOwner());
    DataKey key =
        Checksums.FULL_OBJECT.equals(begun.checksumType())
            ? keys.open(call, in.bucket(), in.key(), begun.encryption())
            : null;
    Map<String, String> whole = wholeChecksum(in, wanted, key);
    String newVersionId = Version.newId(ids);
    ObjectWrites.Stored stored = kv.tx(tx -> complete(tx, call, in, wanted, whole, newVersionId));
    Version version = stored.version();
    var out = new CompleteMultipartUploadOutput().bucket(in.bucket()).key(in.key());
    out.location(call.endpoint() + "/" + in.bucket() + "/" + Notifications.encodedKey(in.key()));
    out.eTag(version.etag()).versionId(version.shownId(stored.bucket()));
    Attributes.showEncryption(out, version.encryption());
    Attributes.showChecksums(out, version.checksums(), version.checksumType());
    return out;
  }

  private ObjectWrites.Stored complete(
      Tx tx,
      Call call,
      CompleteMultipartUploadRequest in,
      List<CompletedPart> wanted,
      Map<String, String> whole,
      String newVersionId) {
    Bucket bucket = store.require(tx, in.bucket(), in.expectedBucketOwner());
    Upload upload = store.requireUpload(tx, bucket.name(), in.key(), in.uploadId());
    List<Upload.Part> all = store.parts(tx, bucket.name(), in.uploadId());
    List<Upload.Part> parts = chosen(wanted, all);
    Version newest = store.newest(tx, bucket.name(), in.key());
    Preconditions.checkWrite(in.ifMatch(), in.ifNoneMatch(), newest, in.key());
    Map<String, String> checksums = whole.isEmpty() ? composite(upload, parts) : whole;
    Attributes.checkChecksums(in, checksums);
    Version draft = draft(call, upload, parts, checksums);
    Long expectedSize = in.mpuObjectSize();
    if (expectedSize != null && expectedSize != draft.sizeBytes()) {
      throw S3Errors.invalidRequest(
          "The provided 'x-amz-mp-object-size' header value "
              + expectedSize
              + " does not match what was computed: "
              + draft.sizeBytes());
    }
    store.removeUpload(tx, bucket.name(), upload);
    all.removeAll(parts);
    for (Upload.Part unused : all) {
      store.release(tx, List.of(unused.content()));
    }
    return writes.add(
        tx, call, bucket, draft, newVersionId, "ObjectCreated:CompleteMultipartUpload");
  }

  private static List<Upload.Part> chosen(List<CompletedPart> wanted, List<Upload.Part> all) {
    var byNumber = new LinkedHashMap<Integer, Upload.Part>();
    all.forEach(part -> byNumber.put(part.number(), part));
    var chosen = new ArrayList<Upload.Part>();
    int before = 0;
    for (CompletedPart completed : wanted) {
      Integer number = completed.partNumber();
      String etag = completed.eTag();
      if (number == null || etag == null) {
        throw S3Errors.malformedXml();
      }
      if (number <= before) {
        throw S3Errors.invalidPartOrder();
      }
      before = number;
      Upload.Part part = byNumber.get(number);
      if (part == null || !Preconditions.matches(etag, part.etag())) {
        throw S3Errors.invalidPart();
      }
      part.checksums().forEach((name, value) -> checkPart(completed, name, value));
      chosen.add(part);
    }
    for (Upload.Part part : chosen.subList(0, chosen.size() - 1)) {
      if (part.sizeBytes() < S3Limits.PART_BYTES_MIN) {
        throw S3Errors.entityTooSmall(part.sizeBytes(), part.number());
      }
    }
    return chosen;
  }

  private static void checkPart(CompletedPart completed, String algorithm, String computed) {
    String given = Attributes.text(completed, "Checksum" + algorithm);
    if (given != null && !given.equals(computed)) {
      throw S3Errors.invalidPart();
    }
  }

  private static Map<String, String> composite(Upload upload, List<Upload.Part> parts) {
    ChecksumAlgorithm algorithm = ChecksumAlgorithm.named(upload.checksumAlgorithm());
    if (algorithm == null || !Checksums.COMPOSITE.equals(upload.checksumType())) {
      return Map.of();
    }
    var sums = new ArrayList<String>();
    for (Upload.Part part : parts) {
      String sum = part.checksums().get(algorithm.name());
      if (sum == null) {
        throw S3Errors.invalidPart();
      }
      sums.add(sum);
    }
    return Map.of(algorithm.name(), Checksums.composite(algorithm, sums));
  }

  // A full-object checksum of parts: computed over the bytes, as CRCs here are not combined.
  private Map<String, String> wholeChecksum(
      CompleteMultipartUploadRequest in, List<CompletedPart> wanted, @Nullable DataKey key) {
    return kv.read(
        reader -> {
          Bucket bucket = store.require(reader, in.bucket(), in.expectedBucketOwner());
          Upload upload = store.requireUpload(reader, bucket.name(), in.key(), in.uploadId());
          ChecksumAlgorithm named = ChecksumAlgorithm.named(upload.checksumAlgorithm());
          if (named == null || Checksums.COMPOSITE.equals(upload.checksumType())) {
            return Map.of();
          }
          List<Upload.Part> parts =
              chosen(wanted, store.parts(reader, bucket.name(), in.uploadId()));
          var contents = new ArrayList<Content>();
          long size = 0;
          for (Upload.Part part : parts) {
            contents.add(part.content());
            size += part.sizeBytes();
          }
          ChecksumAlgorithm.Sum sum = named.start();
          var range = new ByteRange(0, size - 1);
          try (InputStream body =
              new ContentReader(store.blobs()).open(reader, contents, range, key).stream()) {
            byte[] buffer = new byte[128 << 10];
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
              sum.update(buffer, 0, count);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return Map.of(named.name(), sum.finishBase64());
        });
  }

  private static Version draft(
      Call call, Upload upload, List<Upload.Part> parts, Map<String, String> checksums) {
    long size = 0;
    var contents = new ArrayList<Content>();
    var shown = new ArrayList<Version.Part>();
    var etags = new ArrayList<String>();
    for (Upload.Part part : parts) {
      size += part.sizeBytes();
      contents.add(part.content());
      etags.add(part.etag());
      shown.add(new Version.Part(part.number(), part.sizeBytes(), part.etag(), part.checksums()));
    }
    boolean composite = Checksums.COMPOSITE.equals(upload.checksumType());
    return new Version(
        upload.key(),
        0,
        Version.NULL_ID,
        false,
        size,
        Checksums.etag(etags),
        call.now().toEpochMilli(),
        upload.storageClass(),
        upload.headers(),
        upload.metadata(),
        upload.tags(),
        checksums,
        composite ? Checksums.COMPOSITE : Checksums.FULL_OBJECT,
        upload.encryption(),
        contents,
        shown);
  }
}
