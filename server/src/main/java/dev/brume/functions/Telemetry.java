package dev.brume.functions;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// The Telemetry API, and the older Logs API, of one environment: extensions subscribe to what the
/// platform says and to what functions and extensions print, and get it in batches, by HTTP or TCP,
/// inside the environment.
final class Telemetry {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final Set<String> TYPES = Set.of("platform", "function", "extension");
  private static final Set<String> HOSTS = Set.of("sandbox.localdomain", "sandbox", "localhost");
  private final Network network;
  private final List<TelemetrySubscription> subscriptions = new CopyOnWriteArrayList<>();
  private volatile boolean initialised;
  private volatile Consumer<PlatformEvent> announce = event -> {};

  Telemetry(Network network) {
    this.network = network;
  }

  /// The time of an event of now, by the machine's clock as functions see it.
  static String now() {
    return TIME.format(Instant.ofEpochMilli(System.currentTimeMillis()));
  }

  /// Where it says that somebody subscribed.
  void announceTo(Consumer<PlatformEvent> log) {
    announce = log;
  }

  /// Nobody can subscribe any more.
  void initialised() {
    initialised = true;
  }

  void platform(PlatformEvent event) {
    for (TelemetrySubscription one : subscriptions) {
      if (one.to().types().contains("platform")) {
        one.to().forms(event).forEach(form -> one.add(form.json(now())));
      }
    }
  }

  /// What a function or an extension has printed.
  ///
  /// @param type `function` or `extension`
  void printed(String type, String text) {
    if (!subscriptions.isEmpty()) {
      ObjectNode event = Json.object();
      event.put("time", now());
      event.put("type", type);
      event.put("record", text);
      String line = Json.write(event);
      for (TelemetrySubscription one : subscriptions) {
        if (one.to().types().contains(type)) {
          one.add(line);
        }
      }
    }
  }

  /// A subscription of an extension; another one of the same extension replaces it.
  ApiAnswer subscribe(TelemetryApi api, RuntimeWire.Request request, String extension) {
    if (initialised) {
      return api.late();
    }
    JsonNode in;
    try {
      in = Json.parse(new String(request.body(), StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      return api.invalid(List.of("Request body is not valid JSON"));
    }
    var wrong = new ArrayList<String>();
    if (subscriptions.stream()
        .map(TelemetrySubscription::to)
        .anyMatch(to -> to.extension().equals(extension) && to.api() != api)) {
      wrong.add("extension has subscribed by another API already");
    }
    String schema = api.schema(in, wrong);
    var types = new ArrayList<String>();
    in.path("types").forEach(type -> types.add(type.asText()));
    if (types.isEmpty()) {
      wrong.add("types should not be empty");
    } else if (!TYPES.containsAll(types)) {
      wrong.add("types must be platform, function or extension");
    }
    JsonNode destination = in.path("destination");
    String protocol = oneOf(destination, "protocol", "", List.of("HTTP", "TCP"), wrong);
    String method = oneOf(destination, "method", "POST", List.of("POST", "PUT"), wrong);
    oneOf(destination, "encoding", "JSON", List.of("JSON"), wrong);
    URI target = target(destination, protocol, wrong);
    JsonNode buffering = in.path("buffering");
    int items = bounded(buffering, "maxItems", api.items(), 1000, 10_000, wrong);
    int bytes = bounded(buffering, "maxBytes", 262_144, 262_144, 1_048_576, wrong);
    int millis = bounded(buffering, "timeoutMs", 1000, 25, 30_000, wrong);
    if (!wrong.isEmpty() || schema == null) {
      return api.invalid(wrong);
    }
    subscribe(
        new TelemetrySubscription(
            network,
            new TelemetrySubscription.Subscriber(extension, api, schema, Set.copyOf(types)),
            target,
            method,
            new TelemetrySubscription.Buffering(items, bytes, millis)));
    announce.accept(api.subscribed(extension, types));
    return ApiAnswer.ok("\"OK\"", Map.of());
  }

  private void subscribe(TelemetrySubscription subscription) {
    subscriptions.removeIf(
        old -> {
          boolean same = old.to().extension().equals(subscription.to().extension());
          if (same) {
            old.close();
          }
          return same;
        });
    subscriptions.add(subscription);
  }

  private static String oneOf(
      JsonNode in, String name, String otherwise, List<String> known, List<String> wrong) {
    String given = in.path(name).asText(otherwise);
    if (!known.contains(given)) {
      wrong.add(name + " must be " + String.join(" or ", known));
    }
    return given;
  }

  // Events stay in the environment.
  private static URI target(JsonNode destination, String protocol, List<String> wrong) {
    String text = destination.path(protocol.equals("TCP") ? "port" : "URI").asText();
    try {
      URI target = URI.create(protocol.equals("TCP") ? "tcp://sandbox:" + text : text);
      if (target.getPort() <= 0 || target.getPort() > 65_535) {
        wrong.add("URI port is not provided");
      }
      if (target.getHost() == null || !HOSTS.contains(target.getHost())) {
        wrong.add("URI host must be sandbox.localdomain");
      }
      return target;
    } catch (IllegalArgumentException e) {
      wrong.add("URI is not valid");
      return URI.create("http://sandbox");
    }
  }

  private static int bounded(
      JsonNode in, String name, int otherwise, int least, int most, List<String> wrong) {
    if (!in.has(name)) {
      return otherwise;
    }
    int given = in.path(name).asInt();
    if (!in.path(name).isInt() || given < least || given > most) {
      wrong.add(name + " must be between " + least + " and " + most);
    }
    return given;
  }

  /// Delivers what is there, as far as it can be delivered at once.
  void flush() {
    subscriptions.forEach(TelemetrySubscription::flush);
  }

  void close() {
    subscriptions.forEach(TelemetrySubscription::close);
  }
}
