package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that waits for one function makes clients of the AWS SDK that the function brings.
class JavaSdkTest {
  private static final String SDK = "software/amazon/awssdk/";
  private static final String PACKAGE = "package software.amazon.awssdk.";
  @TempDir Path folder;

  // As much of the SDK as one client takes.
  private static Map<String, String> sdk() throws IOException {
    var sources = new HashMap<String, String>();
    sources.put("example/Asks.java", JavaCode.source("Asks.java"));
    sources.put(
        SDK + "regions/Region.java",
        PACKAGE + "regions; public class Region { public static final Region US_EAST_1 = null; }");
    sources.put(
        SDK + "auth/credentials/AwsCredentials.java",
        PACKAGE + "auth.credentials; public interface AwsCredentials {}");
    sources.put(
        SDK + "auth/credentials/AwsCredentialsProvider.java",
        PACKAGE + "auth.credentials; public interface AwsCredentialsProvider {}");
    sources.put(
        SDK + "auth/credentials/AwsBasicCredentials.java",
        PACKAGE
            + "auth.credentials; public class AwsBasicCredentials implements AwsCredentials {"
            + " public static AwsBasicCredentials create(String id, String secret) {"
            + " return new AwsBasicCredentials(); } }");
    sources.put(
        SDK + "auth/credentials/StaticCredentialsProvider.java",
        PACKAGE
            + "auth.credentials; public class StaticCredentialsProvider"
            + " implements AwsCredentialsProvider {"
            + " public static StaticCredentialsProvider create(AwsCredentials credentials) {"
            + " return new StaticCredentialsProvider(); } }");
    sources.put(
        SDK + "http/SdkHttpClient.java",
        PACKAGE
            + "http; public interface SdkHttpClient { Object prepareRequest(Object request); }");
    sources.put(
        SDK + "services/fake/ListThingsRequest.java",
        PACKAGE
            + "services.fake; public class ListThingsRequest {"
            + " public interface Builder { ListThingsRequest build(); }"
            + " public static Builder builder() { return ListThingsRequest::new; } }");
    sources.put(SDK + "services/fake/FakeClient.java", JavaCode.source("FakeClient.java"));
    return sources;
  }

  private FunctionSpec add(FunctionsFixture fixture, String name, Map<String, byte[]> more)
      throws IOException, CodeStore.BadCode {
    var entries = new TreeMap<>(new JavaCode(folder, 17).compile(sdk()));
    entries.putAll(more);
    String code = fixture.functions.code().add(JavaCode.jar(entries)).hash();
    return FunctionsFixture.with(
        fixture.spec("java25", "example.Asks", 512, 20), Map.of("name", name, "codeHash", code));
  }

  @Test
  void clientsHaveBeenMadeUnlessThatWouldReachTheFunctionsOwnCode()
      throws IOException, CodeStore.BadCode {
    try (var fixture = new FunctionsFixture(folder)) {
      FunctionSpec plain = add(fixture, "plain", Map.of());
      FunctionSpec logs =
          add(
              fixture,
              "logs",
              Map.of("META-INF/services/org.slf4j.spi.SLF4JServiceProvider", JavaCode.bytes("a")));
      boolean possible =
          !fixture.functions.status().isolation().equals("reduced")
              && Runtime.version().feature() >= 25;
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
      JsonNode seen;
      do {
        fixture.log.clear();
        seen = cold(fixture, plain);
        assertThat(cold(fixture, logs).get("made").asInt()).isZero();
      } while (possible && seen.get("asked").asInt() == 0 && System.nanoTime() < deadline);
      assertThat(seen.get("asked").asInt()).isEqualTo(possible ? 1 : 0);
      assertThat(seen.get("made").asInt()).isEqualTo(possible ? 2 : 0);
      assertThat(seen.get("execution").asText()).isEqualTo("AWS_Lambda_java25");
      assertThat(fixture.log).filteredOn("SDK: initialised"::equals).hasSize(2);
    }
  }

  private static JsonNode cold(FunctionsFixture fixture, FunctionSpec spec) {
    JsonNode seen = FunctionsFixture.json(fixture.invoke(spec, "{}"));
    fixture.functions.retire(spec.account(), spec.region(), spec.name(), spec.version());
    return seen;
  }
}
