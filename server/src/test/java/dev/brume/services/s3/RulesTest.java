package dev.brume.services.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.services.s3.Notifications.Rule;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RulesTest {
  @Test
  void ranges() {
    assertThat(ByteRange.parse(null, 10)).isNull();
    assertThat(ByteRange.parse("bytes=0-4", 10)).isEqualTo(new ByteRange(0, 4));
    assertThat(ByteRange.parse("bytes=5-", 10)).isEqualTo(new ByteRange(5, 9));
    assertThat(ByteRange.parse("bytes=-3", 10)).isEqualTo(new ByteRange(7, 9));
    assertThat(ByteRange.parse("bytes=-30", 10)).isEqualTo(new ByteRange(0, 9));
    assertThat(ByteRange.parse("bytes=5-100", 10)).isEqualTo(new ByteRange(5, 9));
    assertThat(ByteRange.parse("bytes=4-2", 10)).isNull();
    assertThat(ByteRange.parse("bytes=0-1,3-4", 10)).isNull();
    assertThat(ByteRange.parse("lines=1-2", 10)).isNull();
    assertThat(ByteRange.parse("bytes=0-4", 10).shown(10)).isEqualTo("bytes 0-4/10");
    assertThatThrownBy(() -> ByteRange.parse("bytes=10-", 10))
        .hasMessage("The requested range is not satisfiable");
    assertThatThrownBy(() -> ByteRange.parse("bytes=0-", 0))
        .hasMessage("The requested range is not satisfiable");
    assertThatThrownBy(() -> ByteRange.parse("bytes=-0", 10))
        .hasMessage("The requested range is not satisfiable");
  }

  @Test
  void conditionsInOrder() {
    String etag = "\"abc\"";
    Instant then = Instant.ofEpochSecond(1000);
    long modified = 1_000_000;
    new Preconditions("\"abc\"", null, null, then.minusSeconds(1)).checkRead(etag, modified);
    assertThatThrownBy(() -> new Preconditions("\"x\"", null, null, null).checkRead(etag, modified))
        .hasMessageContaining("pre-conditions");
    assertThatThrownBy(() -> new Preconditions(null, "*", null, null).checkRead(etag, modified))
        .hasMessage("Not Modified");
    assertThatThrownBy(() -> new Preconditions(null, null, then, null).checkRead(etag, modified))
        .hasMessage("Not Modified");
    new Preconditions(null, "\"x\"", then, null).checkRead(etag, modified);
    assertThatThrownBy(
            () ->
                new Preconditions(null, null, null, then.minusSeconds(1)).checkRead(etag, modified))
        .hasMessageContaining("pre-conditions");
  }

  @Test
  void bucketNames() {
    for (String good : new String[] {"abc", "a.b-c", "1bucket", "a".repeat(63)}) {
      assertThat(Bucket.isValidName(good)).as(good).isTrue();
    }
    for (String bad :
        new String[] {
          "ab", "A-b", "a_b", "-ab", "ab-", "a..b", "192.168.0.1", "xn--a", "a".repeat(64), "a b"
        }) {
      assertThat(Bucket.isValidName(bad)).as(bad).isFalse();
    }
  }

  private static Rule rule(String event, String prefix, String suffix) {
    return new Rule("id", "arn:aws:sqs:us-east-1:0:q", List.of(event), prefix, suffix);
  }

  @Test
  void notificationsByEventPrefixAndSuffix() {
    Rule rule = rule("s3:ObjectCreated:*", "up/", ".jpg");
    assertThat(rule.matches("s3:ObjectCreated:Put", "up/a.jpg")).isTrue();
    assertThat(rule.matches("s3:ObjectRemoved:Delete", "up/a.jpg")).isFalse();
    assertThat(rule.matches("s3:ObjectCreated:Put", "a.jpg")).isFalse();
    assertThat(rule.matches("s3:ObjectCreated:Put", "up/a.png")).isFalse();
    assertThat(rule("s3:ObjectCreated:Put", "", "").matches("s3:ObjectCreated:Copy", "a"))
        .isFalse();
  }

  @Test
  void overlapsOfNotifications() {
    Rule images = rule("s3:ObjectCreated:*", "images/", ".jpg");
    assertThat(images.overlaps(rule("s3:ObjectCreated:Put", "images/2026/", ".jpg"))).isTrue();
    assertThat(images.overlaps(rule("s3:ObjectCreated:Put", "images/", ".png"))).isFalse();
    assertThat(images.overlaps(rule("s3:ObjectRemoved:*", "images/", ".jpg"))).isFalse();
    assertThat(images.overlaps(rule("s3:ObjectCreated:*", "", ""))).isTrue();
  }

  @Test
  void keysInEventsAreFormEncoded() {
    assertThat(Notifications.encodedKey("year=2026/a b+c é.jpg"))
        .isEqualTo("year%3D2026/a+b%2Bc+%C3%A9.jpg");
  }

  @Test
  void checksumsOfParts() {
    String part = "\"5d41402abc4b2a76b9719d911017c592\"";
    assertThat(Checksums.etag(List.of(part, part)))
        .isEqualTo("\"616b22817b80eed9f65c3aa38cd29054-2\"");
    assertThatThrownBy(() -> Checksums.named("MD4")).hasMessageContaining("unsupported");
  }

  @Test
  void copySources() {
    assertThat(Attributes.CopySource.parse("/b/a%2Fb%20c+d?versionId=v"))
        .isEqualTo(new Attributes.CopySource("b", "a/b c+d", "v"));
    assertThatThrownBy(() -> Attributes.CopySource.parse("nokey"))
        .hasMessage("Invalid copy source object key");
  }
}
