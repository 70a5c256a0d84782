package dev.brume.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.zip.CRC32;

/// One message of the [event stream
/// encoding](https://smithy.io/2.0/aws/amazon-eventstream.html): prelude (both lengths and their
/// checksum), headers, payload, checksum of all before.
///
/// @param headers in order; values are `Boolean`, `Integer`, `Long`, `byte[]`, `String` or
///   `Instant`; names of at most 255 bytes, values of at most 32,767
/// @param payload at most 24 MB
record EventMessage(Map<String, Object> headers, byte[] payload) {
  private static final int PRELUDE_BYTES = 12;
  private static final int CHECKSUM_BYTES = 4;
  private static final int NAME_BYTES_MAX = 255;
  private static final int VALUE_BYTES_MAX = 32_767;
  private static final int HEADERS_BYTES_MAX = 128 << 10;
  private static final int PAYLOAD_BYTES_MAX = 24 << 20;

  byte[] encode() {
    ByteBuffer fields = fields();
    if (payload.length > PAYLOAD_BYTES_MAX) {
      throw new IllegalArgumentException("an event of " + payload.length + " bytes");
    }
    int headerBytes = fields.remaining();
    int total = PRELUDE_BYTES + headerBytes + payload.length + CHECKSUM_BYTES;
    ByteBuffer message = ByteBuffer.allocate(total);
    message.putInt(total).putInt(headerBytes).putInt(checksum(message));
    message.put(fields).put(payload).putInt(checksum(message));
    return message.array();
  }

  private static int checksum(ByteBuffer soFar) {
    var crc = new CRC32();
    crc.update(soFar.array(), 0, soFar.position());
    return (int) crc.getValue();
  }

  private ByteBuffer fields() {
    ByteBuffer out = ByteBuffer.allocate(HEADERS_BYTES_MAX);
    headers.forEach(
        (name, value) -> {
          byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
          if (bytes.length > NAME_BYTES_MAX) {
            throw new IllegalArgumentException("the name of an event's header is too long");
          }
          out.put((byte) bytes.length).put(bytes);
          value(out, value);
        });
    return out.flip();
  }

  private static void value(ByteBuffer out, Object value) {
    switch (value) {
      case Boolean flag -> out.put((byte) (flag ? 0 : 1));
      case Integer number -> out.put((byte) 4).putInt(number);
      case Long number -> out.put((byte) 5).putLong(number);
      case byte[] bytes -> sized(out.put((byte) 6), bytes);
      case String text -> sized(out.put((byte) 7), text.getBytes(StandardCharsets.UTF_8));
      case Instant time -> out.put((byte) 8).putLong(time.toEpochMilli());
      default -> throw new IllegalArgumentException("an event's header of " + value.getClass());
    }
  }

  private static void sized(ByteBuffer out, byte[] bytes) {
    if (bytes.length > VALUE_BYTES_MAX) {
      throw new IllegalArgumentException("an event's header of " + bytes.length + " bytes");
    }
    out.putShort((short) bytes.length).put(bytes);
  }
}
