package dev.brume.services.lambda;

import dev.brume.functions.Functions;
import java.util.List;

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

  private RuntimeNames() {}

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
          "Brume does not run the runtime " + runtime + "; ./brume runtimes says what it runs.");
    }
  }
}
