package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Handlers of every kind that Lambda takes in Java, on the real JVMs of this machine.
class JavaFunctionsTest {
  @TempDir static Path folder;
  private static FunctionsFixture fixture;
  private static String code;

  @BeforeAll
  static void start() throws IOException, CodeStore.BadCode {
    fixture = new FunctionsFixture(Files.createDirectory(folder.resolve("data")));
    code = fixture.functions.code().add(kinds()).hash();
  }

  // As the shade plugin and the CDK make them: class files at the root, other jars in lib/.
  private static byte[] kinds() throws IOException {
    var java = new JavaCode(folder, 17);
    Path which = Files.createDirectories(folder.resolve("which"));
    for (String name : new String[] {"b", "a"}) {
      Map<String, byte[]> library =
          new TreeMap<>(
              java.compile(
                  Map.of(
                      "library/Which.java",
                      "package library; public class Which { public static String name() {"
                          + " return \""
                          + name
                          + "\"; } }")));
      library.put("note.txt", JavaCode.bytes("not this one"));
      Files.write(which.resolve(name + ".jar"), JavaCode.jar(library));
    }
    var entries =
        new TreeMap<>(
            java.compile(
                Map.of("example/Kinds.java", JavaCode.source("Kinds.java")),
                which.resolve("a.jar")));
    entries.put("note.txt", JavaCode.bytes("a note"));
    entries.put("lib/b.jar", Files.readAllBytes(which.resolve("b.jar")));
    entries.put("lib/a.jar", Files.readAllBytes(which.resolve("a.jar")));
    return JavaCode.jar(entries);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void forget() {
    fixture.log.clear();
  }

  private static FunctionSpec spec(String runtime, String handler, int memory, boolean json) {
    var spec =
        FunctionsFixture.with(
            fixture.spec(runtime, handler, memory, 20),
            Map.of(
                "name",
                handler.replaceAll("[^A-Za-z0-9]+", "-") + (json ? "-json" : ""),
                "codeHash",
                code));
    return json
        ? FunctionsFixture.with(
            spec, Map.of("jsonLogs", true, "logLevel", "INFO", "systemLogLevel", "INFO"))
        : spec;
  }

  private static Outcome invoke(String handler, String event) {
    return fixture.invoke(spec("java25", handler, 512, false), event);
  }

  private static String text(String handler, String event) {
    return new String(invoke(handler, event).payload(), StandardCharsets.UTF_8);
  }

  private static JsonNode failure(String handler) {
    Outcome outcome = invoke(handler, "{}");
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return FunctionsFixture.json(outcome);
  }

  @Test
  void handlersOfEveryKindAnswer() {
    assertThat(text("example.Kinds$Maps", "{\"a\":[1,\"ü\",null]}"))
        .isEqualTo("{\"a\":[1,\"ü\",null]}");
    assertThat(
            text("example.Kinds$Orders", "{\"id\":\"o\",\"count\":1,\"parts\":[{\"id\":\"p\"}]}"))
        .isEqualTo(
            "{\"id\":\"o\",\"count\":2,\"parts\":[{\"id\":\"p\",\"count\":0,\"parts\":[]}]}");
    assertThat(text("example.Kinds$Streams", "{\"x\":1}")).isEqualTo("\"7 bytes\"");
    assertThat(text("example.Kinds$Maps::handleRequest", "{}")).isEqualTo("{}");
    assertThat(text("example.Kinds::shout", "\"a\"")).isEqualTo("\"A19\"");
    assertThat(text("example.Kinds::nothing", "{}")).isEqualTo("null");
    assertThat(text("example.Kinds::copy", "[1, 2]")).isEqualTo("[1, 2]");
    assertThat(text("example.Kinds::overloaded", "\"a\"")).isEqualTo("\"the longer one\"");
  }

  @Test
  void anInstanceLivesOn() {
    assertThat(text("example.Kinds::count", "2")).isEqualTo("2");
    assertThat(text("example.Kinds::count", "3")).isEqualTo("5");
  }

  @Test
  void contextAndSurroundingsAreThoseOfLambda() {
    JsonNode seen = FunctionsFixture.json(invoke("example.Kinds::context", "{}"));
    assertThat(seen.get("name").asText()).isEqualTo("example-Kinds-context");
    assertThat(seen.get("version").asText()).isEqualTo("$LATEST");
    assertThat(seen.get("arn").asText()).endsWith(":function:example-Kinds-context");
    assertThat(seen.get("memory").asInt()).isEqualTo(512);
    assertThat(seen.get("group").asText()).isEqualTo("/aws/lambda/f");
    assertThat(seen.get("stream").asText()).contains("[$LATEST]");
    assertThat(seen.get("remaining").asInt()).isBetween(10_000, 20_000);
    assertThat(seen.has("client")).isFalse();
    assertThat(seen.get("heap").asInt()).isBetween(420, 436);
    assertThat(seen.get("folder").asText()).isEqualTo(seen.at("/env/LAMBDA_TASK_ROOT").asText());
    assertThat(seen.at("/env/CUSTOMER").asText()).isEqualTo("yes");
    assertThat(seen.at("/env/AWS_EXECUTION_ENV").asText()).isEqualTo("AWS_Lambda_java25");
    assertThat(seen.at("/env/AWS_ACCESS_KEY_ID").asText()).isEqualTo("ASIATEST");
    assertThat(seen.get("env").has("BRUME_SOCKET")).isFalse();
    assertThat(seen.get("child").asText()).isEqualTo("yes");
    assertThat(seen.get("resource").asText()).isEqualTo("a note");
    assertThat(seen.get("file").asText()).isEqualTo("a note");
    assertThat(text("example.Kinds::openByName", "{}")).isEqualTo("\"a note\"");
  }

  @Test
  void jarsInLibAreFoundInAlphabeticalOrder() {
    assertThat(text("example.Kinds::library", "{}")).isEqualTo("\"a\"");
  }

  @Test
  void whatIsThrownIsToldAsOnLambda() {
    JsonNode error = failure("example.Kinds::throwing");
    assertThat(error.get("errorMessage").asText()).isEqualTo("bad ü");
    assertThat(error.get("errorType").asText()).isEqualTo("java.lang.IllegalArgumentException");
    assertThat(error.at("/stackTrace/0").asText()).startsWith("example.Kinds.throwing(Kinds.java:");
    assertThat(error.get("stackTrace").toString()).doesNotContain("dev.brume");
    assertThat(fixture.log)
        .anyMatch(
            line ->
                line.startsWith("bad ü: java.lang.IllegalArgumentException")
                    && line.contains("Caused by: java.io.IOException: the cause"));
    assertThat(failure("example.Kinds::error").get("errorType").asText())
        .isEqualTo("java.lang.StackOverflowError");
    assertThat(failure("example.Kinds::unwritable").get("errorMessage").asText())
        .isEqualTo("An error occurred during JSON serialization of response");
    Outcome json = invoke("example.Kinds::count", "{\"not\":\"a number\"}");
    assertThat(FunctionsFixture.json(json).get("errorMessage").asText())
        .isEqualTo("An error occurred during JSON parsing");
  }

  @Test
  void handlersThatAreNotThereAreTold() {
    JsonNode noClass = failure("example.Missing::handleRequest");
    assertThat(noClass.get("errorMessage").asText()).isEqualTo("Class not found: example.Missing");
    assertThat(noClass.get("errorType").asText()).isEqualTo("java.lang.ClassNotFoundException");
    assertThat(failure("example.Kinds::missing").get("errorMessage").asText())
        .isEqualTo(
            "No public method named missing with appropriate method signature found on class"
                + " example.Kinds");
    assertThat(failure("example.Kinds$NoHandler").get("errorMessage").asText())
        .isEqualTo(
            "Class does not implement an appropriate handler interface: example.Kinds$NoHandler");
    assertThat(failure("::handleRequest").get("errorMessage").asText())
        .isEqualTo("Invalid handler: `::handleRequest'");
  }

  @Test
  void aConstructorThatThrowsFailsTheInitialisation() {
    JsonNode error = failure("example.Kinds$FailsToStart");
    assertThat(error.get("errorMessage").asText()).isEqualTo("cannot start");
    assertThat(error.get("errorType").asText()).isEqualTo("java.lang.IllegalStateException");
    assertThat(fixture.log).anyMatch(line -> line.startsWith("INIT_REPORT"));
  }

  @Test
  void endsOfTheJvmAreTold() {
    assertThat(failure("example.Kinds::exits").get("errorMessage").asText())
        .endsWith("Runtime exited with error: exit status 3");
    Outcome heap = fixture.invoke(spec("java25", "example.Kinds::outOfHeap", 128, false), "{}");
    assertThat(FunctionsFixture.json(heap).get("errorType").asText())
        .isEqualTo("java.lang.OutOfMemoryError");
    Outcome large = invoke("example.Kinds::large", "{}");
    assertThat(FunctionsFixture.json(large).get("errorType").asText())
        .isEqualTo("Function.ResponseSizeTooLarge");
  }

  @Test
  void theFunctionsOwnOptionsForTheJvmAreHonoured() {
    var options =
        Map.of(
            "CUSTOMER",
            "yes",
            "JAVA_TOOL_OPTIONS",
            "-Xmx200m -XX:+UseParallelGC -Dmine=from-task -XX:TieredStopAtLevel=4");
    var spec =
        FunctionsFixture.with(
            spec("java25", "example.Kinds::options", 512, false),
            Map.of("name", "options", "environment", options));
    JsonNode seen = FunctionsFixture.json(fixture.invoke(spec, "{}"));
    assertThat(seen.get("heap").asInt()).isBetween(150, 200);
    assertThat(seen.get("mine").asText()).isEqualTo("from-task");
    assertThat(seen.get("collectors").asText()).contains("PS");
    assertThat(fixture.log).anyMatch(line -> line.startsWith("Picked up JAVA_TOOL_OPTIONS: -Xmx"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "$LATEST"})
  void whatStartsSlowlyHasItsClassesInACacheSoon(String number) {
    var version =
        FunctionsFixture.with(
            spec("java25", "example.Kinds$Slow", 512, false),
            Map.of("name", "slow" + number.length(), "version", number));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
    JsonNode seen;
    do {
      seen = FunctionsFixture.json(fixture.invoke(version, "{}"));
      assertThat(seen.get("resource").asText()).startsWith("file:").endsWith("/note.txt");
      assertThat(seen.get("library").asText()).isEqualTo("a");
      assertThat(seen.get("context").asBoolean()).isTrue();
      assertThat(seen.get("memory").asInt()).isEqualTo(512);
      fixture.functions.retire(version.account(), version.region(), version.name(), number);
    } while (!seen.get("loader").asText().equals("AppClassLoader") && System.nanoTime() < deadline);
    // Without own root and before JDK 25 there is no such cache.
    boolean possible =
        !fixture.functions.status().isolation().equals("reduced")
            && Runtime.version().feature() >= 25;
    assertThat(seen.get("loader").asText())
        .isEqualTo(possible ? "AppClassLoader" : "CustomerClassLoader");
  }

  @Test
  void logsAreThoseOfLambda() {
    assertThat(text("example.Kinds::logs", "{}")).isEqualTo("\"logged\"");
    assertThat(fixture.log).contains("one", "two", "three", "first\nsecond\n", "[WARN] a warning");
  }

  @Test
  void jsonLogsAreThoseOfLambda() {
    fixture.invoke(spec("java25", "example.Kinds::logs", 512, true), "{}");
    JsonNode warning =
        fixture.log.stream()
            .filter(line -> line.contains("a warning"))
            .map(dev.brume.json.Json::parseOwn)
            .findFirst()
            .orElseThrow();
    assertThat(warning.get("level").asText()).isEqualTo("WARN");
    assertThat(warning.get("message").asText()).isEqualTo("a warning");
    assertThat(warning.get("AWSRequestId").asText()).hasSize(36);
    assertThat(fixture.log).noneMatch(line -> line.contains("a detail"));
  }

  @Test
  void otherVersionsRunOnTheNearestJvmThatCan() {
    for (String runtime : new String[] {"java8.al2", "java11", "java17", "java21"}) {
      JsonNode seen =
          FunctionsFixture.json(
              fixture.invoke(spec(runtime, "example.Kinds::context", 256, false), "{}"));
      assertThat(seen.get("java").asInt())
          .isGreaterThanOrEqualTo(Integer.parseInt(runtime.replaceAll("java|\\.al2", "")));
      fixture.functions.retire("000000000000", "us-east-1", "example-Kinds-context");
    }
  }
}
