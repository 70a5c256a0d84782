package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Handlers in Ruby, where this machine has one.
class RubyFunctionsTest {
  private static final String RUNTIME = "ruby3.3";
  @TempDir static Path folder;
  private static FunctionsFixture fixture;
  private static String code;

  @BeforeAll
  static void start() throws IOException, CodeStore.BadCode {
    fixture = new FunctionsFixture(Files.createDirectory(folder.resolve("data")));
    assumeTrue(fixture.functions.unavailable(RUNTIME) == null, "no Ruby on this machine");
    code = add(Map.of("kinds.rb", source("kinds.rb")));
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void forget() {
    fixture.log.clear();
  }

  private static String source(String name) throws IOException {
    try (var in = RubyFunctionsTest.class.getResourceAsStream("handlers/ruby/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String add(Map<String, String> sources) throws IOException, CodeStore.BadCode {
    return fixture.functions.code().add(FunctionsFixture.zip(sources)).hash();
  }

  private static FunctionSpec spec(String handler) {
    return spec(handler, code, 512, 20);
  }

  private static FunctionSpec spec(String handler, String hash, int memory, int timeout) {
    return FunctionsFixture.with(
        fixture.spec(RUNTIME, handler, memory, timeout),
        Map.of(
            "name", handler.replaceAll("[.:]", "-") + "-rb" + hash.hashCode(), "codeHash", hash));
  }

  private static FunctionSpec jsonLogs(FunctionSpec spec, String level) {
    return FunctionsFixture.with(
        spec,
        Map.of("name", spec.name() + level, "jsonLogs", true, "logLevel", Optional.of(level)));
  }

  private static String invoke(FunctionSpec spec, String event) {
    return new String(fixture.invoke(spec, event).payload(), StandardCharsets.UTF_8);
  }

  private static String invoke(String handler) {
    return invoke(spec(handler), "{}");
  }

  private static JsonNode json(String handler) {
    return Json.parseOwn(invoke(handler));
  }

  @Test
  void methodsOfFilesClassesAndModulesAnswer() {
    assertThat(invoke(spec("kinds.echo"), "{\"a\":[1,\"ü\"]}")).isEqualTo("{\"a\":[1,\"ü\"]}");
    assertThat(invoke(spec("kinds.echo"), "\"text\"")).isEqualTo("\"text\"");
    assertThat(invoke(spec("kinds.Shop::Orders.echo"), "7")).isEqualTo("{\"order\":7}");
    assertThat(invoke("kinds.nothing")).isEqualTo("null");
    for (int i = 1; i < 4; i++) {
      assertThat(invoke("kinds.counts")).isEqualTo(Integer.toString(i));
    }
  }

  @Test
  void contextAndVariablesAreThoseOfLambda() {
    JsonNode seen = json("kinds.context");
    assertThat(seen.get("name").asText()).startsWith("kinds-context-rb");
    assertThat(seen.get("version").asText()).isEqualTo("$LATEST");
    assertThat(seen.get("memory").isTextual()).isTrue();
    assertThat(seen.get("group").asText()).isEqualTo("/aws/lambda/f");
    assertThat(seen.get("stream").asText()).contains("/[$LATEST]");
    assertThat(seen.get("remaining").asLong()).isBetween(5_000L, 20_000L);
    assertThat(seen.get("deadline").isIntegralNumber()).isTrue();
    assertThat(seen.get("type").asText()).isEqualTo("LambdaContext");
    assertThat(seen.get("id")).isEqualTo(seen.get("global"));
    assertThat(seen.get("identity").isNull()).isTrue();
    assertThat(seen.get("zone").asText()).isEqualTo("UTC");
    assertThat(seen.get("encodings").toString()).isEqualTo("[\"UTF-8\",\"UTF-8\",\"UTF-8\"]");
    JsonNode env = seen.get("env");
    String task = env.get("LAMBDA_TASK_ROOT").asText();
    assertThat(seen.get("cwd").asText()).isEqualTo(task);
    assertThat(env.get("GEM_PATH").asText())
        .startsWith(task + "/vendor/bundle/ruby/3.3.0:")
        .contains("/ruby/gems/3.3.0");
    assertThat(env.get("RUBYLIB").asText()).startsWith(task + ":").endsWith("/ruby/lib");
    assertThat(seen.get("load_path").get(0).asText()).isEqualTo(task);
    assertThat(seen.get("gems").toString()).contains("/vendor/bundle/ruby/3.3.0");
    assertThat(env.get("AWS_EXECUTION_ENV").asText()).isEqualTo("AWS_Lambda_ruby3.3");
    assertThat(env.get("CUSTOMER").asText()).isEqualTo("yes");
    assertThat(env.fieldNames()).toIterable().noneMatch(name -> name.startsWith("BRUME_"));
    assertThat(env.has("LC_CTYPE")).isFalse();
  }

  @Test
  void traceAndClientContextReachTheHandler() {
    var spec = spec("kinds.context");
    var given =
        new Invocation(
            fixture.ids.uuid(),
            "{}".getBytes(StandardCharsets.UTF_8),
            "arn:aws:lambda:us-east-1:000000000000:function:f:live",
            "Root=1-a;Sampled=1",
            true,
            "{\"custom\":{\"a\":\"1\"},\"client\":{\"app_title\":\"t\"}}",
            true);
    JsonNode seen = FunctionsFixture.json(fixture.functions.invoke(spec, given, fixture.sink()));
    assertThat(seen.get("trace").asText()).isEqualTo("Root=1-a;Sampled=1");
    assertThat(seen.get("arn").asText()).endsWith(":f:live");
    assertThat(seen.get("client").get("custom").get("a").asText()).isEqualTo("1");
    assertThat(json("kinds.context").get("client").isNull()).isTrue();
  }

  @Test
  void errorsAreReportedAsLambdaDoes() {
    var outcome = fixture.invoke(spec("kinds.throws"), "{}");
    JsonNode thrown = FunctionsFixture.json(outcome);
    assertThat(thrown.get("errorType").asText()).isEqualTo("Function<OrderError>");
    assertThat(thrown.get("errorMessage").asText()).isEqualTo("no such order");
    assertThat(thrown.get("stackTrace").get(1).asText()).contains("/bootstrap.rb:");
    assertThat(thrown.get("stackTrace").get(0).asText()).matches(".*/kinds\\.rb:\\d+:in .*throws'");
    assertThat(fixture.log).contains("Error raised from handler method\n");
    assertThat(fixture.log)
        .anyMatch(line -> line.startsWith("{\n  \"errorMessage\": \"no such order\",\n  \"error"));
    assertThat(fixture.invoke(spec("kinds.throws"), "{}").report().cold()).isFalse();
    assertThat(json("kinds.throws_plain").get("errorType").asText())
        .isEqualTo("Function<RuntimeError>");
    assertThat(invoke("kinds.infinite")).contains("Function<JSON::GeneratorError>");
  }

  @Test
  void codeThatIsNotWhatItShouldBeEndsTheProcess() {
    for (int i = 0; i < 2; i++) {
      var outcome = fixture.invoke(spec("kinds.misses"), "{}");
      assertThat(outcome.report().cold()).isTrue();
      JsonNode missing = FunctionsFixture.json(outcome);
      assertThat(missing.get("errorType").asText()).isEqualTo("Function<NoMethodError>");
      assertThat(missing.get("errorMessage").asText())
          .startsWith("undefined method")
          .doesNotContain("\n");
      assertThat(fixture.log).contains("Critical exception from handler\n");
    }
    assertThat(json("kinds.absent").get("errorType").asText()).isEqualTo("Function<NoMethodError>");
    assertThat(json("kinds.Absent.echo").get("errorType").asText())
        .isEqualTo("Function<NameError>");
    assertThat(json("kinds.overflows").get("errorType").asText())
        .isEqualTo("Function<SystemStackError>");
    assertThat(json("kinds.exits").get("errorType").asText()).isEqualTo("Function<SystemExit>");
    assertThat(invoke("kinds.exits_hard"))
        .contains("Runtime.ExitError", "Runtime exited with error: exit status 5");
  }

  @Test
  void handlersThatCannotBeLoadedSayWhy() throws Exception {
    JsonNode missing = json("nofile.handler");
    assertThat(missing.get("errorType").asText()).isEqualTo("Init<LoadError>");
    assertThat(missing.get("errorMessage").asText()).isEqualTo("cannot load such file -- nofile");
    assertThat(fixture.log).contains("Init error when loading handler \n");
    assertThat(json("kinds").get("errorType").asText()).isEqualTo("Init<ArgumentError>");
    assertThat(json("a.b.c.d").get("errorMessage").asText())
        .startsWith(
            "Invalid handler [\"a\", \"b\", \"c\", \"d\"], must be of form FILENAME.METHOD");
    var broken = add(Map.of("broken.rb", "def (", "raises.rb", "raise 'at once'"));
    assertThat(invoke(spec("broken.handler", broken, 512, 20), "{}"))
        .contains("\"errorType\":\"Init<SyntaxError>\"");
    JsonNode raised = Json.parseOwn(invoke(spec("raises.handler", broken, 512, 20), "{}"));
    assertThat(raised.get("errorType").asText()).isEqualTo("Init<RuntimeError>");
    assertThat(raised.get("stackTrace").get(0).asText()).contains("/raises.rb:1:in ");
  }

  @Test
  void timeoutsAndTooMuchMemoryEndTheEnvironment() {
    assertThat(invoke(spec("kinds.hangs", code, 512, 1), "{}"))
        .contains("Sandbox.Timedout", "Task timed out after 1.00 seconds");
    assertThat(invoke(spec("kinds.hog", code, 128, 60), "{}"))
        .contains("Runtime.ExitError", "signal: killed");
  }

  @Test
  void answersOfBytesAndLargeOnes() {
    assertThat(fixture.invoke(spec("kinds.streams"), "{}").payload())
        .isEqualTo(new byte[] {1, 2, 'r', 'a', 'w'});
    assertThat(fixture.invoke(spec("kinds.returns"), "{\"bytes\":6000000}").payload())
        .hasSize(6_000_002);
    assertThat(invoke(spec("kinds.returns"), "{\"bytes\":7340032}"))
        .contains("Function.ResponseSizeTooLarge");
    assertThat(fixture.invoke(spec("kinds.returns"), "{\"bytes\":1}").report().cold()).isFalse();
  }

  @Test
  void logsHaveLambdasForm() {
    fixture.invoke(spec("kinds.echo"), "{}");
    fixture.functions.retire("000000000000", "us-east-1", spec("kinds.logs").name());
    fixture.log.clear();
    invoke("kinds.logs");
    List<String> log =
        fixture.log.stream().filter(line -> !line.contains("Brume runs the runtime")).toList();
    assertThat(log.get(0)).matches("INIT_START Runtime Version: ruby:[0-9.]+\n");
    assertThat(log.get(1)).startsWith("START RequestId: ");
    assertThat(log.get(2)).isEqualTo("put\ntwo\nlines\n");
    assertThat(log.get(3)).isEqualTo("raw line");
    assertThat(log.get(4)).isEqualTo("no newline");
    assertThat(log.get(5)).isEqualTo("to stderr");
    String at = ", \\[\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6} #\\d+\\] ";
    assertThat(log.get(6)).matches("D" + at + "DEBUG [0-9a-f-]{36} -- : in detail\n");
    assertThat(log.get(7)).matches("W" + at + " WARN [0-9a-f-]{36} -- : careful\nnow\n");
    assertThat(log.get(8)).matches("E" + at + "ERROR [0-9a-f-]{36} -- orders: by name\n");
    assertThat(log.get(9)).contains("FATAL ", " -- : logged (OrderError)\n", "kinds.rb:");
    assertThat(log.get(10)).isEqualTo("in its own form\n");
    assertThat(log.get(12)).startsWith("END RequestId: ");
  }

  @Test
  void jsonLogsAreFilteredByLevel() {
    invoke(jsonLogs(spec("kinds.logs"), "WARN"), "{}");
    assertThat(fixture.log).noneMatch(line -> line.contains("in detail") || line.contains("put"));
    assertThat(fixture.log).noneMatch(line -> line.contains("\"m\":1") || line.equals("raw line"));
    JsonNode warning = line("careful");
    assertThat(warning.get("timestamp").asText()).matches(".*T\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
    assertThat(warning.get("level").asText()).isEqualTo("WARN");
    assertThat(warning.get("message").asText()).isEqualTo("careful\nnow");
    assertThat(warning.get("requestId").asText()).hasSize(36);
    assertThat(line("by name").get("logger").asText()).isEqualTo("orders");
    JsonNode fatal = line("OrderError");
    assertThat(fatal.get("errorType").asText()).isEqualTo("OrderError");
    assertThat(fatal.get("errorMessage").asText()).isEqualTo("logged");
    assertThat(fatal.get("stackTrace").get(0).asText()).contains("kinds.rb:");
    assertThat(fatal.get("location").asText()).matches(".*kinds\\.rb:.*logs.*:\\d+");
    fixture.log.clear();
    invoke(jsonLogs(spec("kinds.logs"), "DEBUG"), "{}");
    assertThat(fixture.log).contains("put\ntwo\nlines\n", "raw line");
    assertThat(line("in detail").get("level").asText()).isEqualTo("DEBUG");
  }

  private static JsonNode line(String containing) {
    return fixture.log.stream()
        .filter(line -> line.startsWith("{") && line.contains(containing))
        .findFirst()
        .map(Json::parseOwn)
        .orElseThrow();
  }

  @Test
  void gemsOfTheCodeAndOfLayersAreFound() throws Exception {
    String gem =
        "Gem::Specification.new { |s| s.name = 'NAME'; s.version = '1.2.3'; s.summary = 'x';"
            + " s.authors = ['x']; s.files = ['lib/NAME.rb'] }";
    var sources = new HashMap<String, String>();
    put(sources, "vendor/bundle/ruby/3.3.0", "orders", gem);
    sources.put(
        "index.rb",
        "require 'orders'; require 'stock'; require 'plain'\n"
            + "def handler(event:, context:) = [Orders, Stock, PLAIN].map(&:to_s)\n");
    var layer = new HashMap<String, String>();
    put(layer, "ruby/gems/3.3.0", "stock", gem);
    layer.put("ruby/lib/plain.rb", "PLAIN = 'in a layer'\n");
    var spec = fixture.with(spec("index.handler"), sources, layer, Map.of());
    assertThat(invoke(spec, "{}")).isEqualTo("[\"Orders\",\"Stock\",\"in a layer\"]");
  }

  private static void put(Map<String, String> files, String home, String name, String gem) {
    String module = name.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + name.substring(1);
    files.put(
        home + "/gems/" + name + "-1.2.3/lib/" + name + ".rb", "module " + module + "; end\n");
    files.put(home + "/specifications/" + name + "-1.2.3.gemspec", gem.replace("NAME", name));
  }

  @Test
  void bundlerChoosesGemsAsTheGemfileSays() throws Exception {
    var files =
        Map.of(
            "Gemfile", "gem 'orders', path: 'orders'\n",
            "Gemfile.lock",
                "PATH\n"
                    + "  remote: orders\n"
                    + "  specs:\n"
                    + "    orders (0.1.0)\n\n"
                    + "GEM\n"
                    + "  specs:\n\n"
                    + "PLATFORMS\n"
                    + "  ruby\n\n"
                    + "DEPENDENCIES\n"
                    + "  orders!\n",
            "orders/orders.gemspec",
                "Gem::Specification.new { |s| s.name = 'orders'; s.version = '0.1.0'; s.summary ="
                    + " 'x'; s.authors = ['x'] }",
            "orders/lib/orders.rb", "module Orders; end\n",
            "index.rb",
                "require 'bundler/setup'\nrequire 'orders'\n"
                    + "def handler(event:, context:) = Gem.loaded_specs['orders'].version.to_s\n");
    var spec =
        fixture.with(spec("index.handler"), files, Map.of(), Map.of("BUNDLE_FROZEN", "true"));
    String answer = invoke(spec, "{}");
    assumeTrue(!answer.contains("such file -- bundler"), "no Bundler");
    assertThat(answer).isEqualTo("\"0.1.0\"");
  }

  @Test
  void variablesThatRubyReadsAtItsStartAreHonoured() throws Exception {
    var files =
        Map.of(
            "index.rb", "def handler(event:, context:) = [$VERBOSE, $early, ENV['RUBYOPT']]\n",
            "early.rb", "$early = true\n");
    var options = Map.of("RUBYOPT", "-W:no-deprecated -w -r./early");
    var spec = fixture.with(spec("index.handler"), files, Map.of(), options);
    assertThat(invoke(spec, "{}")).isEqualTo("[true,true,\"-W:no-deprecated -w -r./early\"]");
    var own = fixture.with(spec("index.handler"), files, Map.of(), Map.of("RUBYLIB", "/var/task"));
    assertThat(invoke(own, "{}")).isEqualTo("[false,null,null]");
  }

  @Test
  void aFunctionGetsTheSdkThatItBrings() throws Exception {
    String sdk = "begin\n  require 'aws-sdk-s3'\nrescue LoadError => e\n  e\nend\n";
    String which =
        "def handler(event:, context:) = [Aws::S3::GEM_VERSION, Aws.const_defined?(:Sigv4)]\n";
    var plain = spec("index.handler", add(Map.of("index.rb", sdk + which)), 512, 60);
    // The first makes later processes wait with the SDK loaded, if there is one.
    String first = invoke(plain, "{}");
    var gem = "Gem::Specification.new { |s| s.name = 'aws-sdk-s3'; s.version = '99.0.0' }";
    String home = "vendor/bundle/ruby/3.3.0";
    var files =
        Map.of(
            "index.rb",
            "gem 'aws-sdk-s3'\n" + sdk + which,
            home + "/specifications/aws-sdk-s3-99.0.0.gemspec",
            gem,
            home + "/gems/aws-sdk-s3-99.0.0/lib/aws-sdk-s3.rb",
            "module Aws; module S3; GEM_VERSION = 'mine'; end; end\n");
    for (int i = 0; i < 3; i++) {
      var own = fixture.with(spec("index.handler"), files, Map.of(), Map.of("N", "" + i));
      assertThat(invoke(own, "{}")).isEqualTo("[\"mine\",false]");
      var again = FunctionsFixture.with(plain, Map.of("name", "plain" + i));
      assertThat(invoke(again, "{}")).isEqualTo(first);
    }
  }

  @Test
  void environmentsAreFrozenBetweenInvocationsAndGoOn() throws Exception {
    var files =
        Map.of(
            "index.rb",
            "$ticks = 0\nThread.new { loop { sleep 0.01; $ticks += 1 } }\n"
                + "def handler(event:, context:)\n  before = $ticks\n  sleep 0.01 until $ticks >"
                + " before\n  'ticks'\nend\n");
    var spec = fixture.with(spec("index.handler"), files, Map.of(), Map.of());
    for (int i = 0; i < 3; i++) {
      assertThat(invoke(spec, "{}")).isEqualTo("\"ticks\"");
    }
  }

  @Test
  void withoutASandboxItIsTheSame() throws Exception {
    var files =
        Map.of(
            "Gemfile",
            "",
            "index.rb",
            "begin\n  require 'aws-sdk-s3'\nrescue LoadError\nend\nputs 'at start'\n"
                + "def handler(event:, context:) = [event, Dir.pwd ==\n"
                + "  ENV['LAMBDA_TASK_ROOT'], ENV['CUSTOMER'], ENV.keys.grep(/BRUME/)]\n");
    var settings = FunctionsSettings.Isolation.NONE;
    try (var plain =
        new FunctionsFixture(Files.createDirectory(folder.resolve("bare")), settings)) {
      for (int i = 0; i < 3; i++) {
        var spec = plain.spec(RUNTIME, "index.handler", 512, 30);
        var mine = plain.with(spec, files, Map.of(), Map.of("CUSTOMER", "no " + i));
        var answer = new String(plain.invoke(mine, "{\"a\":1}").payload(), StandardCharsets.UTF_8);
        assertThat(answer).isEqualTo("[{\"a\":1},true,\"no " + i + "\",[]]");
      }
      assertThat(plain.log).contains("at start\n");
    }
  }

  @Test
  void aFunctionsOwnMarshallerMakesItsAnswers() throws Exception {
    var files =
        Map.of(
            "index.rb",
            "class AwsLambda::Marshaller\n  def self.marshall_response(answer) = ['<' + answer +"
                + " '>', 'text/html']\nend\ndef handler(event:, context:) = 'p'\n");
    assertThat(invoke(fixture.with(spec("index.handler"), files, Map.of(), Map.of()), "{}"))
        .isEqualTo("<p>");
  }
}
