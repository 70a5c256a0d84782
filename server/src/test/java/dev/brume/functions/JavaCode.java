package dev.brume.functions;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/// Code of functions in Java, compiled against what Lambda's runtime has.
final class JavaCode {
  private final Path folder;
  private final int release;

  JavaCode(Path folder, int release) {
    this.folder = folder;
    this.release = release;
  }

  /// Compiles sources, by file name, to class files by their path in a jar.
  Map<String, byte[]> compile(Map<String, String> sources, Path... more) throws IOException {
    Path work = Files.createTempDirectory(folder, "javac");
    var files = new ArrayList<String>();
    for (var source : sources.entrySet()) {
      Path file = work.resolve(source.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, source.getValue());
      files.add(file.toString());
    }
    var path = new ArrayList<String>();
    for (String name : JavaLibraries.NAMES) {
      Path jar = work.resolve(name);
      try (var in = JavaLibraries.class.getResourceAsStream("java/" + name)) {
        if (in == null) {
          throw new IOException(name + " is not among the resources: Maven puts it there");
        }
        Files.write(jar, in.readAllBytes());
      }
      path.add(jar.toString());
    }
    for (Path each : more) {
      path.add(each.toString());
    }
    Path out = Files.createDirectory(work.resolve("classes"));
    var arguments = new ArrayList<String>();
    arguments.addAll(List.of("--release", Integer.toString(release), "-nowarn", "-proc:none"));
    arguments.addAll(List.of("-cp", String.join(":", path), "-d", out.toString()));
    arguments.addAll(files);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var said = new ByteArrayOutputStream();
    if (compiler.run(null, said, said, arguments.toArray(String[]::new)) != 0) {
      throw new IOException(said.toString(StandardCharsets.UTF_8));
    }
    var classes = new TreeMap<String, byte[]>();
    try (var found = Files.walk(out)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        classes.put(out.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return classes;
  }

  static byte[] jar(Map<String, byte[]> entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var entry : entries.entrySet()) {
        var file = new ZipEntry(entry.getKey());
        file.setTime(0);
        zip.putNextEntry(file);
        zip.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String source(String name) throws IOException {
    try (var in = JavaCode.class.getResourceAsStream("handlers/java/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
