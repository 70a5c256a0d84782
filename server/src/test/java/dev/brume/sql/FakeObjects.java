package dev.brume.sql;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/// Objects in memory; remembers which were opened.
final class FakeObjects implements ObjectSource {
  final TreeMap<String, byte[]> objects = new TreeMap<>();
  final List<String> opened = new ArrayList<>();

  FakeObjects put(String uri, String text) {
    objects.put(uri, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  FakeObjects gzip(String uri, String text) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    objects.put(uri, out.toByteArray());
    return this;
  }

  @Override
  public void list(String uri, Consumer<Item> visitor) {
    objects
        .tailMap(uri)
        .forEach(
            (key, bytes) -> {
              if (key.startsWith(uri)) {
                visitor.accept(new Item(key, bytes.length));
              }
            });
  }

  @Override
  public InputStream open(Item item) {
    opened.add(item.uri());
    return new ByteArrayInputStream(objects.get(item.uri()));
  }

  @Override
  public void write(String uri, Path file) throws IOException {
    objects.put(uri, Files.readAllBytes(file));
  }
}
