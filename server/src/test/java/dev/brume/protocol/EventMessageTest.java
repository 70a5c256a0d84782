package dev.brume.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The vectors that AWS's own codecs are tested with.
class EventMessageTest {
  private static final byte[] PAYLOAD = "{'foo':'bar'}".getBytes(StandardCharsets.UTF_8);

  private static String encoded(Map<String, Object> headers, byte[] payload) {
    return HexFormat.of().formatHex(new EventMessage(headers, payload).encode());
  }

  @Test
  void messagesAreFramedAsAwsDoes() {
    assertThat(encoded(Map.of(), new byte[0])).isEqualTo("000000100000000005c248eb7d98c8ff");
    assertThat(encoded(Map.of(), PAYLOAD))
        .isEqualTo("0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936");
    assertThat(encoded(Map.of("event-type", 40_972), PAYLOAD))
        .isEqualTo(
            "0000002d0000001041c424b80a6576656e742d74797065040000a00c"
                + "7b27666f6f273a27626172277d36f480a0");
    assertThat(encoded(Map.of("content-type", "application/json"), PAYLOAD))
        .isEqualTo(
            "0000003d0000002007fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e"
                + "7b27666f6f273a27626172277d8d9c08b1");
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> encoded(Map.of("h", "x".repeat(40_000)), PAYLOAD))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> encoded(Map.of("n".repeat(256), "x"), PAYLOAD))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> encoded(Map.of(), new byte[(24 << 20) + 1]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
