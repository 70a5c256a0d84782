package dev.brume.protocol;

import dev.brume.model.Member;
import dev.brume.model.Shape;
import dev.brume.model.Shape.TimestampFormat;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

/// Timestamps as text and numbers.
final class Timestamps {
  private static final DateTimeFormatter HTTP_OUT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter HTTP_IN =
      new DateTimeFormatterBuilder()
          .appendPattern("EEE, dd MMM yyyy HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral(" GMT")
          .toFormatter(Locale.US)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DATE_TIME_IN = DateTimeFormatter.ISO_OFFSET_DATE_TIME;
  private static final DateTimeFormatter MILLIS_OUT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.US)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter SECONDS_OUT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'", Locale.US).withZone(ZoneOffset.UTC);
  private static final long EPOCH_SECONDS_MAX = 253_402_300_799L;
  private static final long EPOCH_SECONDS_MIN = -62_167_219_200L;

  private Timestamps() {}

  /// The format of a member: its own, else its shape's, else the protocol's.
  static TimestampFormat format(Member member, TimestampFormat protocolDefault) {
    if (member.timestampFormat() != TimestampFormat.DEFAULT) {
      return member.timestampFormat();
    }
    Shape target = member.target();
    return target.timestampFormat() != TimestampFormat.DEFAULT
        ? target.timestampFormat()
        : protocolDefault;
  }

  static String write(Instant instant, TimestampFormat format) {
    return switch (format) {
      case HTTP_DATE -> HTTP_OUT.format(instant);
      case EPOCH_SECONDS -> epochSeconds(instant).toPlainString();
      case DATE_TIME, DEFAULT ->
          instant.getNano() / 1_000_000 == 0
              ? SECONDS_OUT.format(instant)
              : MILLIS_OUT.format(instant);
    };
  }

  /// Seconds with at most three decimals, none if they are zero.
  static BigDecimal epochSeconds(Instant instant) {
    BigDecimal seconds = BigDecimal.valueOf(instant.toEpochMilli(), 3).stripTrailingZeros();
    return seconds.scale() < 0 ? seconds.setScale(0, RoundingMode.UNNECESSARY) : seconds;
  }

  static Instant read(String text, TimestampFormat format) {
    try {
      return switch (format) {
        case HTTP_DATE -> HTTP_IN.parse(text, Instant::from);
        case EPOCH_SECONDS -> ofEpochSeconds(Numbers.decimal(text));
        case DATE_TIME, DEFAULT -> DATE_TIME_IN.parse(text, Instant::from);
      };
    } catch (DateTimeException e) {
      throw new Malformed("Invalid timestamp " + text);
    }
  }

  static Instant ofEpochSeconds(BigDecimal seconds) {
    if (seconds.compareTo(BigDecimal.valueOf(EPOCH_SECONDS_MAX)) > 0
        || seconds.compareTo(BigDecimal.valueOf(EPOCH_SECONDS_MIN)) < 0) {
      throw new Malformed("Timestamp out of range");
    }
    BigDecimal millis = seconds.movePointRight(3).setScale(0, RoundingMode.FLOOR);
    return Instant.ofEpochMilli(millis.longValue());
  }
}
