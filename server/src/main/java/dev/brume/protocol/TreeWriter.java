package dev.brume.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import dev.brume.model.Body;
import dev.brume.model.Member;
import dev.brume.model.Shape;
import dev.brume.model.Shape.TimestampFormat;
import dev.brume.model.Struct;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes values of shapes as JSON or CBOR. Absent members are left out.
final class TreeWriter {
  private final TreeFormat format;
  private final JsonGenerator out;

  private TreeWriter(TreeFormat format, JsonGenerator out) {
    this.format = format;
    this.out = out;
  }

  /// A document that is one structure: the members that belong into the document.
  static byte[] structure(TreeFormat format, Struct struct) {
    return write(format, writer -> writer.fields(struct, true));
  }

  /// A document that is one value of the member's shape.
  static byte[] value(TreeFormat format, Member member, Object value) {
    return write(format, writer -> writer.value(member, value));
  }

  /// An error document: `__type` first where there is one, then the members, then the message
  /// unless a member already gave it.
  static byte[] error(
      TreeFormat format, @Nullable String type, @Nullable Struct struct, @Nullable String message) {
    return write(
        format,
        writer -> {
          writer.out.writeStartObject();
          if (type != null) {
            writer.out.writeStringField("__type", type);
          }
          String messageName = "message";
          if (struct != null) {
            for (Member member : struct.shape().members()) {
              Object value = struct.get(member.index());
              if (value == null && member.name().equalsIgnoreCase("message")) {
                messageName = format.wireName(member);
              } else if (value != null && format.inOutputDocument(member)) {
                messageName = member.name().equalsIgnoreCase("message") ? "" : messageName;
                writer.out.writeFieldName(format.wireName(member));
                writer.value(member, value);
              }
            }
          }
          if (message != null && !messageName.isEmpty()) {
            writer.out.writeStringField(messageName, message);
          }
          writer.out.writeEndObject();
        });
  }

  private interface Writing {
    void to(TreeWriter writer) throws IOException;
  }

  private static byte[] write(TreeFormat format, Writing writing) {
    var bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator generator = format.factory().createGenerator(bytes)) {
      writing.to(new TreeWriter(format, generator));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void fields(Struct struct, boolean top) throws IOException {
    out.writeStartObject();
    for (Member member : struct.shape().members()) {
      Object value = struct.get(member.index());
      if (value != null && (!top || format.inOutputDocument(member))) {
        out.writeFieldName(format.wireName(member));
        value(member, value);
      }
    }
    out.writeEndObject();
  }

  private void value(Member member, Object value) throws IOException {
    Shape target = member.target();
    switch (target.kind()) {
      case STRUCTURE, UNION -> fields((Struct) value, false);
      case LIST -> {
        out.writeStartArray();
        for (Object element : (List<?>) value) {
          valueOrNull(target.element(), element);
        }
        out.writeEndArray();
      }
      case MAP -> {
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          out.writeFieldName((String) entry.getKey());
          valueOrNull(target.value(), entry.getValue());
        }
        out.writeEndObject();
      }
      case STRING -> out.writeString((String) value);
      case INTEGER -> out.writeNumber((Integer) value);
      case LONG -> out.writeNumber((Long) value);
      case BOOLEAN -> out.writeBoolean((Boolean) value);
      case FLOAT -> floating((Float) value, true);
      case DOUBLE -> floating((Double) value, false);
      case TIMESTAMP -> timestamp(member, (Instant) value);
      case BLOB ->
          out.writeBinary(value instanceof Body body ? Bodies.readOwn(body) : (byte[]) value);
      case DOCUMENT -> document(value);
    }
  }

  private void valueOrNull(Member member, @Nullable Object value) throws IOException {
    if (value == null) {
      out.writeNull();
    } else {
      value(member, value);
    }
  }

  private void floating(double value, boolean single) throws IOException {
    if (format != TreeFormat.CBOR && !Double.isFinite(value)) {
      out.writeString(Numbers.write(value));
    } else if (single) {
      out.writeNumber((float) value);
    } else {
      out.writeNumber(value);
    }
  }

  private void timestamp(Member member, Instant instant) throws IOException {
    if (format == TreeFormat.CBOR) {
      ((CBORGenerator) out).writeTag(1);
      seconds(instant);
      return;
    }
    TimestampFormat timestampFormat = Timestamps.format(member, TimestampFormat.EPOCH_SECONDS);
    if (timestampFormat == TimestampFormat.EPOCH_SECONDS) {
      seconds(instant);
    } else {
      out.writeString(Timestamps.write(instant, timestampFormat));
    }
  }

  private void seconds(Instant instant) throws IOException {
    BigDecimal seconds = Timestamps.epochSeconds(instant);
    if (seconds.scale() == 0) {
      out.writeNumber(seconds.longValue());
    } else if (format == TreeFormat.CBOR) {
      out.writeNumber(seconds.doubleValue());
    } else {
      out.writeNumber(seconds.toPlainString());
    }
  }

  private void document(@Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case Boolean bool -> out.writeBoolean(bool);
      case String text -> out.writeString(text);
      case Integer number -> out.writeNumber(number);
      case Long number -> out.writeNumber(number);
      case BigInteger number -> out.writeNumber(number);
      case BigDecimal number -> out.writeNumber(number);
      case Number number -> out.writeNumber(number.doubleValue());
      case List<?> list -> {
        out.writeStartArray();
        for (Object element : list) {
          document(element);
        }
        out.writeEndArray();
      }
      case Map<?, ?> map -> {
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.writeFieldName(String.valueOf(entry.getKey()));
          document(entry.getValue());
        }
        out.writeEndObject();
      }
      default -> throw new IllegalArgumentException("not a document: " + value.getClass());
    }
  }
}
