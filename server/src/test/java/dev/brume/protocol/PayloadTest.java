package dev.brume.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.http.Headers;
import dev.brume.model.Body;
import dev.brume.model.BodyError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PayloadTest {
  private static final byte[] CHECK = "123456789".getBytes(StandardCharsets.US_ASCII);

  @Test
  void checksumsOfThePublishedCheckValue() {
    assertThat(hex(ChecksumAlgorithm.CRC32)).isEqualTo("cbf43926");
    assertThat(hex(ChecksumAlgorithm.CRC32C)).isEqualTo("e3069283");
    assertThat(hex(ChecksumAlgorithm.CRC64NVME)).isEqualTo("ae8b14860a799888");
  }

  private static String hex(ChecksumAlgorithm algorithm) {
    ChecksumAlgorithm.Sum sum = algorithm.start();
    sum.update(CHECK, 0, CHECK.length);
    return HexFormat.of().formatHex(sum.finish());
  }

  @Test
  void crc64IsTheSameInAnyPortions() {
    byte[] bytes = new byte[1000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    var whole = new Crc64Nvme();
    whole.update(bytes, 0, bytes.length);
    var parts = new Crc64Nvme();
    parts.update(bytes, 0, 13);
    parts.update(bytes, 13, 900);
    parts.update(bytes, 913, 87);
    assertThat(parts.getValue()).isEqualTo(whole.getValue());
  }

  private static Headers unsigned(int length) {
    return Headers.of(
        "x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-trailer", "x-amz-checksum-crc32",
        "x-amz-decoded-content-length", Integer.toString(length));
  }

  private static Body open(Headers headers, String wire, ChunkSignatures signatures) {
    var head = new RequestHead("PUT", "localhost", "/b/k", null, headers, "s3");
    byte[] bytes = wire.getBytes(StandardCharsets.US_ASCII);
    return Payload.open(head, new ByteArrayInputStream(bytes), bytes.length, signatures);
  }

  @Test
  void chunksWithTrailingChecksum() throws IOException {
    String wire = "4\r\n1234\r\n5\r\n56789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n";
    Body body = open(unsigned(9), wire, null);
    assertThat(body.lengthBytes()).isEqualTo(9);
    assertThat(body.stream().readAllBytes()).isEqualTo(CHECK);
    assertThat(((CheckedStream) body.stream()).checksums())
        .containsEntry(ChecksumAlgorithm.CRC32, "y/Q5Jg==");
  }

  @Test
  void wrongTrailingChecksum() {
    String wire = "9\r\n123456788\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n";
    assertCode(open(unsigned(9), wire, null), "BadDigest");
  }

  @Test
  void missingTrailer() {
    assertCode(open(unsigned(9), "9\r\n123456789\r\n0\r\n\r\n", null), "MalformedTrailerError");
  }

  @Test
  void wrongDecodedLength() {
    String wire = "9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n";
    assertCode(open(unsigned(8), wire, null), "IncompleteBody");
  }

  @Test
  void brokenChunks() {
    for (String wire :
        new String[] {
          "",
          "9",
          "9\r\n1234",
          "x\r\n",
          "-1\r\n",
          "9\r\n123456789X\r\n0\r\n\r\n",
          "fffffffffffffffff\r\n",
          "9\r\n123456789\r\n0\r\nno colon\r\n\r\n",
          "9\r\n123456789\r\n"
        }) {
      assertCode(open(unsigned(9), wire, null), "IncompleteBody");
    }
  }

  @Test
  void signaturesOfEveryChunkAndTheTrailerAreAsked() throws IOException {
    var asked = new ArrayList<String>();
    var signatures =
        new ChunkSignatures() {
          @Override
          public void chunk(String sha256Hex, String signature) {
            asked.add(sha256Hex.substring(0, 8) + " " + signature);
          }

          @Override
          public void trailer(String sha256Hex, String signature) {
            asked.add("trailer " + signature);
          }
        };
    Headers headers =
        unsigned(9).set("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER");
    String wire =
        "9;chunk-signature=aa\r\n123456789\r\n0;chunk-signature=bb\r\n"
            + "x-amz-checksum-crc32:y/Q5Jg==\r\nx-amz-trailer-signature:cc\r\n\r\n";
    assertThat(open(headers, wire, signatures).stream().readAllBytes()).isEqualTo(CHECK);
    assertThat(asked).containsExactly("15e2b0d3 aa", "e3b0c442 bb", "trailer cc");
  }

  @Test
  void declaredDigests() {
    assertCode(
        open(Headers.of("x-amz-content-sha256", "0".repeat(64)), "x", null),
        "XAmzContentSHA256Mismatch");
    assertCode(open(Headers.of("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="), "x", null), "BadDigest");
    assertCode(open(Headers.of("x-amz-checksum-crc32", "AAAAAA=="), "x", null), "BadDigest");
    assertThatThrownBy(() -> open(Headers.of("Content-MD5", "short"), "x", null))
        .hasMessage("The Content-MD5 you specified was invalid.");
    assertThatThrownBy(() -> open(Headers.of("x-amz-checksum-sha1", "AAAAAA=="), "x", null))
        .hasMessage("Value for x-amz-checksum-sha1 header is invalid.");
  }

  private static void assertCode(Body body, String code) {
    assertThatThrownBy(() -> body.stream().readAllBytes())
        .isInstanceOfSatisfying(
            BodyError.class, error -> assertThat(error.error().code()).isEqualTo(code));
  }
}
