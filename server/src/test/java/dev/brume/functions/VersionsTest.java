package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several versions of one language side by side, as many as this machine has.
class VersionsTest {
  @TempDir static Path folder;
  private static FunctionsFixture fixture;
  private static String code;

  @BeforeAll
  static void start() throws IOException, CodeStore.BadCode {
    fixture = new FunctionsFixture(Files.createDirectory(folder.resolve("data")));
    Map<String, String> sources =
        Map.of(
            "which.py",
            """
            import sys
            try:
                import boto3
                sdk = boto3.client('s3').meta.region_name
            except Exception as e:
                sdk = repr(e)
            def handler(event, context):
                return {'version': '%d.%d.%d' % sys.version_info[:3], 'sdk': sdk}
            """,
            "which.rb",
            "def handler(event:, context:) = { version: RUBY_VERSION }\n",
            "which.js",
            "exports.handler = async () => ({version: process.versions.node, sdk:"
                + " process.env.AWS_REGION})");
    code = fixture.functions.code().add(FunctionsFixture.zip(sources)).hash();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static JsonNode which(String runtime) {
    var spec =
        FunctionsFixture.with(
            fixture.spec(runtime, "which.handler", 512, 60),
            Map.of("name", runtime.replace('.', '-'), "codeHash", code));
    Outcome outcome = fixture.invoke(spec, "{}");
    return Json.parseOwn(new String(outcome.payload(), StandardCharsets.UTF_8));
  }

  @Test
  void eachRuntimeIsServedByWhatTheTableSaysWithTheSdk() {
    List<RuntimeEntry> table = Runtimes.table(FunctionsSettings.of(folder.resolve("data")));
    assertThat(table)
        .extracting(RuntimeEntry::runtime)
        .contains("nodejs22.x", "python3.12", "java21");
    var sdk = new java.util.TreeMap<String, String>();
    for (RuntimeEntry entry : table) {
      if (entry.program() == null || !entry.runtime().matches("(nodejs|python|ruby).*")) {
        continue;
      }
      JsonNode answer = which(entry.runtime());
      assertThat(answer.path("version").asText())
          .as(entry.runtime() + " " + answer)
          .isEqualTo(entry.version());
      if (entry.runtime().startsWith("python")) {
        sdk.put(entry.runtime(), answer.path("sdk").asText());
      }
    }
    // Today's boto3 is for Python 3.10 and later; one that has it gives it to the others.
    sdk.remove("python3.9");
    if (sdk.containsValue("us-east-1")) {
      assertThat(sdk).allSatisfy((runtime, region) -> assertThat(region).isEqualTo("us-east-1"));
    }
  }

  @Test
  void exactVersionsAreToldFromOthers() {
    List<RuntimeEntry> table = Runtimes.table(FunctionsSettings.of(folder.resolve("data")));
    assumeThat(table).anyMatch(RuntimeEntry::exact);
    assertThat(
            table.stream()
                .filter(entry -> entry.exact() && entry.runtime().matches("(nodejs|python).*")))
        .allMatch(
            entry ->
                entry.version().startsWith(entry.runtime().replaceAll("nodejs|python|x$", "")));
  }
}
