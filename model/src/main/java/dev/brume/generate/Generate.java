package dev.brume.generate;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The build step: `Generate SERVICES_DIR JAVA_OUT RESOURCES_OUT`. Does nothing when its output is
/// newer than every input.
public final class Generate {
  private Generate() {}

  public static void main(String[] args) throws IOException {
    Path services = Path.of(args[0]);
    Path java = Path.of(args[1]);
    Path resources = Path.of(args[2]);
    Path stamp = java.resolve(".generated");
    if (upToDate(services, Path.of(args[3]), stamp)) {
      return;
    }
    var mapper = new ObjectMapper();
    var models = new ArrayList<Model>();
    for (Path file : jsonFiles(services)) {
      models.add(Model.of(mapper.readTree(file.toFile())));
    }
    for (Model model : models) {
      Path folder = java.resolve("dev/brume/model/" + model.packageName());
      Files.createDirectories(folder);
      new JavaWriter(model, folder).write();
      Path schema = resources.resolve("dev/brume/model/" + model.name() + ".schema");
      Files.createDirectories(schema.getParent());
      Files.write(schema, new SchemaWriter(model).bytes());
    }
    RegistryWriter.write(models, java.resolve("dev/brume/model"));
    Files.writeString(stamp, "");
  }

  private static List<Path> jsonFiles(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static boolean upToDate(Path services, Path generator, Path stamp) throws IOException {
    if (!Files.exists(stamp)) {
      return false;
    }
    var made = Files.getLastModifiedTime(stamp);
    var inputs = new ArrayList<>(jsonFiles(services));
    try (var sources = Files.walk(generator)) {
      sources.filter(Files::isRegularFile).forEach(inputs::add);
    }
    for (Path input : inputs) {
      if (Files.getLastModifiedTime(input).compareTo(made) > 0) {
        return false;
      }
    }
    return true;
  }
}
