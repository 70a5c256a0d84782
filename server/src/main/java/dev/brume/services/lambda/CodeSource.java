package dev.brume.services.lambda;

import dev.brume.functions.CodeStore;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.s3.GetObjectRequest;
import dev.brume.model.s3.S3Client;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the code of functions and layers comes from: requests, buckets, folders that are watched.
final class CodeSource {
  private final CodeStore store;
  private final S3Client s3;
  private final WatchedFolders watched;

  CodeSource(CodeStore store, Operations operations, WatchedFolders watched) {
    this.store = store;
    this.s3 = new S3Client(operations);
    this.watched = watched;
  }

  static String architecture(List<String> given) {
    return given.isEmpty() ? "x86_64" : given.getFirst();
  }

  /// The zip that a request brings along or points to.
  Configuration.Code code(
      Call call,
      String operation,
      byte @Nullable [] zip,
      @Nullable String bucket,
      @Nullable String key,
      @Nullable String version,
      String architecture) {
    byte[] bytes = zip;
    if (bytes == null) {
      if (bucket == null || key == null) {
        throw LambdaErrors.invalid("Please provide a source for function code.");
      }
      bytes = watched.has(bucket) ? watched.zip(key) : object(call, bucket, key, version);
    } else {
      checkLength(bytes, operation);
    }
    String folder = zip == null && watched.has(bucket) ? key : null;
    return Configuration.Code.of(store(bytes), architecture, folder);
  }

  /// Throws when a zip is too large to come with a request.
  static void checkLength(byte[] zip, String operation) {
    if (zip.length > LambdaLimits.ZIP_BYTES_MAX) {
      throw LambdaErrors.zipTooLarge(operation);
    }
  }

  /// Takes a zip in. Throws Lambda's error for one that is not usable.
  CodeStore.Package store(byte[] zip) {
    try {
      return store.add(zip);
    } catch (CodeStore.BadCode e) {
      throw LambdaErrors.invalid(String.valueOf(e.getMessage()));
    }
  }

  /// A zip from S3, with the caller's permissions.
  byte[] object(Call call, String bucket, String key, @Nullable String version) {
    try {
      var body =
          s3.getObject(call, new GetObjectRequest().bucket(bucket).key(key).versionId(version))
              .body();
      if (body == null) {
        return new byte[0];
      }
      try (InputStream in = body.stream()) {
        return in.readNBytes((int) LambdaLimits.UNPACKED_BYTES_MAX);
      }
    } catch (ServiceError e) {
      throw LambdaErrors.invalid(
          "Error occurred while GetObject. S3 Error Code: "
              + e.code()
              + ". S3 Error Message: "
              + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
