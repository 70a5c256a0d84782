package dev.brume.functions;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `provided*`: the function brings its runtime along, an executable called `bootstrap`.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html>
final class ProvidedFamily implements RuntimeFamily {
  private static final List<String> NAMES = List.of("provided", "provided.al2", "provided.al2023");

  @Override
  public boolean runs(String runtime) {
    return NAMES.contains(runtime);
  }

  @Override
  public List<String> names() {
    return List.of("provided.al2", "provided.al2023");
  }

  @Override
  public String needs() {
    return "nothing";
  }

  @Override
  public @Nullable Interpreter find(String runtime) {
    return new Interpreter(this, Path.of("bootstrap"), runtime, List.of());
  }

  @Override
  public String runtimeName(String version) {
    return version;
  }

  @Override
  public boolean isForeign() {
    return true;
  }

  @Override
  public List<String> resources() {
    return List.of();
  }

  @Override
  public List<String> command(Interpreter interpreter, String folder) {
    return List.of();
  }
}
