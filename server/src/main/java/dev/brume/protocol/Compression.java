package dev.brume.protocol;

import dev.brume.http.Headers;
import dev.brume.model.Body;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.ServiceModel.Protocol;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/// [Request compression](https://docs.aws.amazon.com/sdkref/latest/guide/feature-compression.html):
/// SDKs pack large messages of some operations with gzip, the only coding there is. What is signed
/// and hashed is the packed message. S3's bodies are never unpacked: there `Content-Encoding` is a
/// property of the object.
public final class Compression {
  private Compression() {}

  /// Whether a message to a service of this protocol is packed. Codings other than gzip are left
  /// alone: old clients write things like `amz-1.0` or `utf-8` there.
  public static boolean isPacked(Headers headers, Protocol protocol) {
    if (protocol == Protocol.REST_XML) {
      return false;
    }
    String last = "";
    for (String field : headers.all("Content-Encoding")) {
      last = field.substring(field.lastIndexOf(',') + 1).strip();
    }
    return last.equalsIgnoreCase("gzip") || last.equalsIgnoreCase("x-gzip");
  }

  /// The body as the codecs read it. Throws [ServiceError] as [#unpack].
  public static Body open(
      Body body, Headers headers, ServiceModel.Identity identity, Protocol protocol) {
    if (body.lengthBytes() == 0 || !isPacked(headers, protocol)) {
      return body;
    }
    int bytesMax = Dialect.of(identity).bodyBytesMax();
    // Read to its end first: only then is it known to be what its sender signed.
    return Body.of(unpack(Bodies.read(body, bytesMax), bytesMax, protocol));
  }

  /// Unpacks a whole message. Throws [ServiceError] 413 when more than `bytesMax` bytes would come
  /// out, 400 when it is not gzip or ends too early.
  public static byte[] unpack(byte[] packed, int bytesMax, Protocol protocol) {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return Bodies.bounded(in, bytesMax);
    } catch (IOException e) {
      throw new ServiceError(
          protocol == Protocol.AWS_QUERY ? "MalformedInput" : "SerializationException",
          "The request body is not the gzip that its Content-Encoding says it is",
          400);
    }
  }
}
