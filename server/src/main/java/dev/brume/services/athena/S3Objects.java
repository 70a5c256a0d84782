package dev.brume.services.athena;

import dev.brume.model.Body;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.s3.*;
import dev.brume.sql.ObjectSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// S3 as the caller of a query may use it.
final class S3Objects implements ObjectSource {
  private final S3Client s3;
  private final Call call;

  S3Objects(Operations operations, Call call) {
    this.s3 = new S3Client(operations);
    this.call = call;
  }

  /// Bucket and key of `s3://bucket/key`.
  record Address(String bucket, String key) {
    static Address of(String uri) {
      String rest = uri.substring(uri.indexOf("://") + 3);
      int slash = rest.indexOf('/');
      return slash < 0
          ? new Address(rest, "")
          : new Address(rest.substring(0, slash), rest.substring(slash + 1));
    }
  }

  @Override
  public void list(String uri, Consumer<Item> visitor) {
    Address address = Address.of(uri);
    String token = null;
    do {
      ListObjectsV2Output page =
          s3.listObjectsV2(
              call,
              new ListObjectsV2Request()
                  .bucket(address.bucket())
                  .prefix(address.key())
                  .continuationToken(token));
      for (Object_ object : page.contents()) {
        long size = object.size() == null ? 0 : object.size();
        visitor.accept(new Item("s3://" + address.bucket() + "/" + object.key(), size));
      }
      token = page.nextContinuationToken();
    } while (token != null);
  }

  @Override
  public InputStream open(Item item) {
    return open(item.uri(), null);
  }

  /// @param range e.g. `bytes=100-`, null for all
  InputStream open(String uri, @Nullable String range) {
    Address address = Address.of(uri);
    Body body =
        s3.getObject(
                call,
                new GetObjectRequest().bucket(address.bucket()).key(address.key()).range(range))
            .body();
    return Objects.requireNonNull(body, "an object without a body").stream();
  }

  @Override
  public void write(String uri, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      put(uri, new Body(in, Files.size(file)));
    }
  }

  void put(String uri, Body body) {
    Address address = Address.of(uri);
    s3.putObject(
        call,
        new PutObjectRequest()
            .bucket(address.bucket())
            .key(address.key())
            .contentLength(body.lengthBytes())
            .contentType("application/octet-stream")
            .body(body));
  }
}
