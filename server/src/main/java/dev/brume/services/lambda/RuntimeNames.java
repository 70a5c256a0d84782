package dev.brume.services.lambda;

import dev.brume.functions.Functions;
import java.util.List;
import java.util.regex.Pattern;

/// Lambda's names for runtimes, and which of them functions can be made with here.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>
final class RuntimeNames {
  private static final List<String> ALL =
      List.of(
          "nodejs",
          "nodejs4.3",
          "nodejs6.10",
          "nodejs8.10",
          "nodejs10.x",
          "nodejs12.x",
          "nodejs14.x",
          "nodejs16.x",
          "java8",
          "java8.al2",
          "java11",
          "python2.7",
          "python3.6",
          "python3.7",
          "python3.8",
          "python3.9",
          "dotnetcore1.0",
          "dotnetcore2.0",
          "dotnetcore2.1",
          "dotnetcore3.1",
          "dotnet6",
          "dotnet8",
          "nodejs4.3-edge",
          "go1.x",
          "ruby2.5",
          "ruby2.7",
          "provided",
          "provided.al2",
          "nodejs18.x",
          "python3.10",
          "java17",
          "ruby3.2",
          "ruby3.3",
          "ruby3.4",
          "python3.11",
          "nodejs20.x",
          "provided.al2023",
          "python3.12",
          "java21",
          "python3.13",
          "nodejs22.x",
          "nodejs24.x",
          "python3.14",
          "java25",
          "dotnet10",
          "ruby4.0");

  private static final Pattern COMPILED = Pattern.compile("dotnet.*|go1\\.x");
  private static final Pattern INLINE = Pattern.compile("(?:nodejs|python).*");
  private static final String OWN_EXECUTABLE =
      " (published as an executable of its own, named bootstrap, such code runs on"
          + " provided.al2023)";

  private RuntimeNames() {}

  /// Throws when no function can be made with a runtime here.
  static void check(Functions functions, String runtime) {
    if (!ALL.contains(runtime)) {
      throw LambdaErrors.invalid(
          "Value "
              + runtime
              + " at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
              + ALL
              + " or be a valid ARN");
    }
    if (!functions.knows(runtime)) {
      throw LambdaErrors.invalid(
          "Brume does not run the runtime "
              + runtime
              + (COMPILED.matcher(runtime).matches() ? OWN_EXECUTABLE : "")
              + "; ./brume runtimes says what it runs.");
    }
    String reason = functions.unavailable(runtime);
    if (reason != null) {
      throw LambdaErrors.invalid(reason + "; ./brume runtimes says what this machine has.");
    }
  }

  /// Those whose source can be in a template.
  static List<String> inline() {
    return ALL.stream().filter(INLINE.asMatchPredicate()).toList();
  }
}
