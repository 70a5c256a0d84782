package dev.brume.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/// How records become values in the store: CBOR with field names, so that a record may gain
/// components (absent ones read as null, 0, false) and never change or reuse one.
///
/// Components: records, strings, numbers, booleans, byte arrays, lists, maps with string keys,
/// enums. An instant is stored as a `long` named `…Millis`.
public final class Row<T> {
  private static final ObjectMapper MAPPER =
      CBORMapper.builder()
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
          .configure(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, false)
          // Dozens of records are known before the first is read; each is looked into when it is.
          .configure(DeserializationFeature.EAGER_DESERIALIZER_FETCH, false)
          .configure(SerializationFeature.EAGER_SERIALIZER_FETCH, false)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  private final ObjectReader reader;
  private final ObjectWriter writer;

  private Row(Class<T> type) {
    reader = MAPPER.readerFor(type);
    writer = MAPPER.writerFor(type);
  }

  public static <T> Row<T> of(Class<T> type) {
    return new Row<>(type);
  }

  public byte[] write(T value) {
    try {
      return writer.writeValueAsBytes(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public T read(byte[] bytes) {
    try {
      return reader.readValue(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
