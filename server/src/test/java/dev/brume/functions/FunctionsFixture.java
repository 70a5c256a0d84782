package dev.brume.functions;

import dev.brume.ids.Ids;
import dev.brume.json.Json;
import dev.brume.time.Clock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Real environments for tests, with the handlers in `handlers/`.
final class FunctionsFixture implements AutoCloseable {
  static final Clock CLOCK =
      new Clock() {
        @Override
        public Instant instant() {
          return Instant.now();
        }

        @Override
        public long nanoTime() {
          return System.nanoTime();
        }
      };
  private static final long PATIENCE_NANOS = 60_000_000_000L;
  final Ids ids = new Ids(new Random(ProcessHandle.current().pid()));
  final Functions functions;
  final String code;
  int endpointPort = 4649;
  int storageMegabytes = 512;
  final List<String> log = Collections.synchronizedList(new ArrayList<>());

  FunctionsFixture(Path folder) throws IOException, CodeStore.BadCode {
    this(folder, FunctionsSettings.Isolation.BEST);
  }

  FunctionsFixture(Path folder, FunctionsSettings.Isolation isolation)
      throws IOException, CodeStore.BadCode {
    this(folder, isolation, SandboxSettings.DEFAULT, Debugging.NONE);
  }

  FunctionsFixture(Path folder, FunctionsSettings.Isolation isolation, SandboxSettings sandbox)
      throws IOException, CodeStore.BadCode {
    this(folder, isolation, sandbox, Debugging.NONE);
  }

  FunctionsFixture(
      Path folder,
      FunctionsSettings.Isolation isolation,
      SandboxSettings sandbox,
      Debugging debugging)
      throws IOException, CodeStore.BadCode {
    var usual = FunctionsSettings.of(folder);
    functions =
        new Functions(
            new FunctionsSettings(
                usual.folder(),
                folder.resolve("brume-" + ProcessHandle.current().pid()),
                usual.cacheFolder(),
                isolation,
                8,
                Duration.ofMinutes(10),
                1,
                sandbox,
                null),
            debugging,
            CLOCK,
            CLOCK,
            ids);
    code = functions.code().add(handlers()).hash();
  }

  static byte[] handlers() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (String name :
          List.of(
              "kinds.js",
              "esm.mjs",
              "syntax.js",
              "missing.js",
              "exits.js",
              "kinds.py",
              "streams.js",
              "hostile.js",
              "hostile.py",
              "threads.py")) {
        zip.putNextEntry(new ZipEntry(name));
        try (var in = FunctionsFixture.class.getResourceAsStream("handlers/" + name)) {
          in.transferTo(zip);
        }
      }
    }
    return bytes.toByteArray();
  }

  FunctionSpec spec(String runtime, String handler) {
    return spec(runtime, handler, 512, 10);
  }

  FunctionSpec spec(String runtime, String handler, int memory, int timeout) {
    return new FunctionSpec(
        "000000000000",
        "us-east-1",
        handler.replace('.', '-') + (runtime.startsWith("python") ? "-py" : ""),
        "$LATEST",
        "1",
        runtime,
        handler,
        Map.of("CUSTOMER", "yes"),
        memory,
        timeout,
        storageMegabytes,
        code,
        null,
        "/aws/lambda/f",
        false,
        null,
        null,
        false,
        "http://127.0.0.1:" + endpointPort,
        () -> new Credentials("ASIATEST", "secret", "token", Instant.now().plusSeconds(3600)));
  }

  /// The same function with other components, by name.
  static FunctionSpec with(FunctionSpec spec, Map<String, Object> others) {
    try {
      RecordComponent[] components = FunctionSpec.class.getRecordComponents();
      var values = new Object[components.length];
      var types = new Class<?>[components.length];
      var left = new HashMap<>(others);
      for (int i = 0; i < components.length; i++) {
        Object other = left.remove(components[i].getName());
        Object same = components[i].getAccessor().invoke(spec);
        values[i] =
            other instanceof Optional<?> maybe ? maybe.orElse(null) : other == null ? same : other;
        types[i] = components[i].getType();
      }
      if (!left.isEmpty()) {
        throw new AssertionError("no component " + left.keySet());
      }
      return FunctionSpec.class.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /// The same function with other code, layers and variables.
  ///
  /// @param layers text files by name, none for no layer
  FunctionSpec with(
      FunctionSpec spec,
      Map<String, String> files,
      Map<String, String> layers,
      Map<String, String> variables)
      throws IOException, CodeStore.BadCode {
    return with(spec, zip(files), layers.isEmpty() ? null : zip(layers), variables);
  }

  /// The same with zips.
  FunctionSpec with(
      FunctionSpec spec,
      byte[] code,
      byte @org.jspecify.annotations.Nullable [] layer,
      Map<String, String> variables)
      throws IOException, CodeStore.BadCode {
    String hash = functions.code().add(code).hash();
    String layersHash = layer == null ? null : functions.code().add(layer).hash();
    return with(
        spec,
        Map.of(
            "name",
            spec.name() + (hash + variables + layersHash).hashCode(),
            "environment",
            variables,
            "codeHash",
            hash,
            "layersHash",
            Optional.ofNullable(layersHash)));
  }

  /// A zip of text files; scripts can be executed.
  /// The same as a version with SnapStart.
  static FunctionSpec snapStart(FunctionSpec spec, String hash) {
    return with(
        spec,
        Map.of("name", spec.name() + "-snap", "version", "1", "codeHash", hash, "snapStart", true));
  }

  static byte[] zip(Map<String, String> files) throws IOException {
    var scripts = new HashMap<String, Integer>();
    files.forEach((name, text) -> scripts.put(name, text.startsWith("#!") ? 0100755 : 0100644));
    return zip(files, scripts);
  }

  /// A zip of text files, some with modes.
  static byte[] zip(Map<String, String> files, Map<String, Integer> modes) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return ZipModes.with(bytes.toByteArray(), modes);
  }

  Outcome invoke(FunctionSpec spec, String event) {
    return functions.invoke(spec, invocation(spec, event), sink());
  }

  /// What a streaming invocation came to.
  static final class Streamed implements ResponseSink {
    final List<String> types = new ArrayList<>();
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final List<Long> nanos = new ArrayList<>();
    @org.jspecify.annotations.Nullable Outcome outcome;

    @Override
    public void begin(String contentType) {
      types.add(contentType);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      nanos.add(System.nanoTime());
      bytes.write(from, offset, length);
    }

    String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }

  Streamed stream(FunctionSpec spec, String event) {
    var streamed = new Streamed();
    streamed.outcome = functions.invokeStreaming(spec, invocation(spec, event), sink(), streamed);
    return streamed;
  }

  Invocation invocation(FunctionSpec spec, String event) {
    return invocation(spec, event, null);
  }

  /// @param trace the header of an active trace, null for none
  Invocation invocation(
      FunctionSpec spec, String event, @org.jspecify.annotations.Nullable String trace) {
    return new Invocation(
        ids.uuid(),
        event.getBytes(StandardCharsets.UTF_8),
        "arn:aws:lambda:us-east-1:000000000000:function:" + spec.name(),
        trace,
        trace != null,
        null,
        true);
  }

  LogSink sink() {
    return (stream, message) -> log.add(message);
  }

  /// Invokes and gives the payload as text.
  String text(String runtime, String handler, String event) {
    return new String(invoke(spec(runtime, handler), event).payload(), StandardCharsets.UTF_8);
  }

  String node(String handler, String event) {
    return text(nodeRuntime(), handler, event);
  }

  static String nodeRuntime() {
    return "nodejs20.x";
  }

  /// Waits until something is so. Fails when that takes very long.
  static void await(String what, BooleanSupplier condition) {
    long began = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - began > PATIENCE_NANOS) {
        throw new AssertionError("never came: " + what);
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  static boolean hasExited(long pid) {
    return !Files.exists(Path.of("/proc", Long.toString(pid)));
  }

  static com.fasterxml.jackson.databind.JsonNode json(Outcome outcome) {
    return Json.parseOwn(new String(outcome.payload(), StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    functions.close();
  }
}
