package dev.brume.services.s3;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.events.Event;
import dev.brume.events.Targets;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a bucket tells others about its objects, in the transaction of the change itself
///
// ([AWS](https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html)).
final class Notifications {
  private static final Row<Rules> RULES = Row.of(Rules.class);
  static final String SETTING = "notification";
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Targets targets;

  Notifications(Targets targets) {
    this.targets = targets;
  }

  /// A bucket's configuration.
  ///
  /// @param eventBridge everything goes to the default bus too
  record Rules(List<Rule> rules, boolean eventBridge) {
    static final Rules NONE = new Rules(List.of(), false);

    boolean isEmpty() {
      return rules.isEmpty() && !eventBridge;
    }
  }

  /// One destination.
  ///
  /// @param events e.g. `s3:ObjectCreated:*`
  /// @param prefix of the keys, "" for all
  /// @param suffix of the keys, "" for all
  record Rule(String id, String targetArn, List<String> events, String prefix, String suffix) {

    boolean matches(String event, String key) {
      return key.startsWith(prefix)
          && key.endsWith(suffix)
          && events.stream().anyMatch(pattern -> covers(pattern, event));
    }

    /// Whether one object change could match both.
    boolean overlaps(Rule other) {
      boolean sameEvent =
          events.stream()
              .anyMatch(
                  mine ->
                      other.events.stream()
                          .anyMatch(theirs -> covers(mine, theirs) || covers(theirs, mine)));
      return sameEvent
          && (prefix.startsWith(other.prefix) || other.prefix.startsWith(prefix))
          && (suffix.endsWith(other.suffix) || other.suffix.endsWith(suffix));
    }

    private static boolean covers(String pattern, String event) {
      return pattern.equals(event)
          || pattern.endsWith("*") && event.startsWith(pattern.substring(0, pattern.length() - 1));
    }
  }

  /// What happened to an object.
  ///
  /// @param name e.g. `ObjectCreated:Put`
  /// @param sizeBytes −1 when it is gone
  /// @param etag without quotes, null when it is gone
  /// @param versionId null in a bucket that was never versioned
  /// @param sequence the version's, which grows with every change of the key
  record Change(
      String name,
      String key,
      long sizeBytes,
      @Nullable String etag,
      @Nullable String versionId,
      long sequence) {

    static Change created(String name, Bucket bucket, Version version) {
      String tag = version.etag().replace("\"", "");
      return new Change(
          name,
          version.key(),
          version.sizeBytes(),
          tag,
          version.shownId(bucket),
          version.sequence());
    }

    static Change removed(String name, Bucket bucket, Version version) {
      return new Change(name, version.key(), -1, null, version.shownId(bucket), version.sequence());
    }
  }

  Rules rules(dev.brume.store.Reader reader, String bucket) {
    byte[] row = reader.get(S3Store.settingKey(bucket, SETTING));
    return row == null ? Rules.NONE : RULES.read(row);
  }

  void put(Tx tx, String bucket, Rules rules) {
    if (rules.isEmpty()) {
      tx.delete(S3Store.settingKey(bucket, SETTING));
    } else {
      tx.put(S3Store.settingKey(bucket, SETTING), RULES.write(rules));
    }
  }

  /// Sends what the bucket's configuration asks for.
  void send(Tx tx, Call call, Bucket bucket, Change change) {
    if (!bucket.notifying()) {
      return;
    }
    Rules rules = rules(tx, bucket.name());
    String event = "s3:" + change.name();
    for (Rule rule : rules.rules()) {
      if (rule.matches(event, change.key())) {
        ObjectNode message = message(call, bucket, rule, change);
        targets.send(tx, event(call, bucket, rule.targetArn(), rule.id(), change, message));
      }
    }
    if (rules.eventBridge()) {
      ObjectNode message = busEvent(call, bucket, change);
      if (message != null) {
        String bus =
            "arn:aws:events:" + bucket.region() + ":" + bucket.account() + ":event-bus/default";
        targets.send(tx, event(call, bucket, bus, "eventbridge", change, message));
      }
    }
  }

  /// Tells a new destination that it is one, as S3 does. Throws InvalidArgument when it is not
  /// there
  /// or does not let the bucket in.
  void probe(Call call, Bucket bucket, Rule rule) {
    ObjectNode message = Json.object();
    message.put("Service", "Amazon S3").put("Event", "s3:TestEvent");
    message.put("Time", MILLIS.format(call.now())).put("Bucket", bucket.name());
    message.put("RequestId", call.requestId()).put("HostId", call.requestId());
    var change = new Change("TestEvent", "", -1, null, null, 0);
    try {
      targets.probe(event(call, bucket, rule.targetArn(), rule.id(), change, message));
    } catch (Targets.DeliveryFailed e) {
      throw S3Errors.invalidDestination(rule.targetArn(), String.valueOf(e.getMessage()));
    }
  }

  // The id is made of the cause, so that a transaction that is run again sends the same.
  private static Event event(
      Call call,
      Bucket bucket,
      String targetArn,
      String ruleId,
      Change change,
      ObjectNode message) {
    String cause = call.requestId() + "/" + change.key() + "/" + change.sequence();
    String versionId = change.versionId();
    String id = cause + "/" + change.name() + "/" + (versionId == null ? "" : versionId);
    return new Event(
        id + "/" + ruleId,
        targetArn,
        "s3.amazonaws.com",
        bucket.arn(),
        bucket.account(),
        Json.write(message).getBytes(StandardCharsets.UTF_8),
        "Amazon S3 Notification",
        Map.of(),
        call.trace() == null ? Map.of() : Map.of("AWSTraceHeader", call.trace()),
        Event.Retry.PATIENT,
        null,
        call.now().toEpochMilli());
  }

  static ObjectNode message(Call call, Bucket bucket, Rule rule, Change change) {
    ObjectNode message = Json.object();
    ObjectNode entry = message.putArray("Records").addObject();
    entry.put("eventVersion", "2.1").put("eventSource", "aws:s3");
    entry.put("awsRegion", bucket.region()).put("eventTime", MILLIS.format(call.now()));
    entry.put("eventName", change.name());
    entry.putObject("userIdentity").put("principalId", "AWS:" + call.principal().arn());
    entry.putObject("requestParameters").put("sourceIPAddress", "127.0.0.1");
    ObjectNode response = entry.putObject("responseElements");
    response.put("x-amz-request-id", call.requestId()).put("x-amz-id-2", call.requestId());
    ObjectNode s3 = entry.putObject("s3");
    s3.put("s3SchemaVersion", "1.0").put("configurationId", rule.id());
    ObjectNode of = s3.putObject("bucket").put("name", bucket.name());
    of.putObject("ownerIdentity").put("principalId", bucket.account());
    of.put("arn", bucket.arn());
    ObjectNode object = s3.putObject("object").put("key", encodedKey(change.key()));
    if (change.etag() != null) {
      object.put("size", change.sizeBytes()).put("eTag", change.etag());
    }
    if (change.versionId() != null) {
      object.put("versionId", change.versionId());
    }
    object.put("sequencer", sequencer(call.now(), change.sequence()));
    return message;
  }

  /// The event for EventBridge, null for changes that it is not told.
  static @Nullable ObjectNode busEvent(Call call, Bucket bucket, Change change) {
    String type = detailType(change.name());
    if (type == null) {
      return null;
    }
    ObjectNode event = Json.object();
    event.put("version", "0").put("id", call.requestId()).put("detail-type", type);
    event.put("source", "aws.s3").put("account", bucket.account());
    event.put("time", MILLIS.format(call.now()).substring(0, 19) + "Z");
    event.put("region", bucket.region()).putArray("resources").add(bucket.arn());
    ObjectNode detail = event.putObject("detail").put("version", "0");
    detail.putObject("bucket").put("name", bucket.name());
    ObjectNode object = detail.putObject("object").put("key", change.key());
    if (change.etag() != null) {
      object.put("size", change.sizeBytes()).put("etag", change.etag());
    }
    if (change.versionId() != null) {
      object.put("version-id", change.versionId());
    }
    object.put("sequencer", sequencer(call.now(), change.sequence()));
    detail.put("request-id", call.requestId()).put("requester", call.account());
    detail.put("source-ip-address", "127.0.0.1");
    int colon = change.name().indexOf(':');
    String how = change.name().substring(colon + 1);
    if (type.equals("Object Created")) {
      detail.put("reason", reason(how));
    } else if (type.equals("Object Deleted")) {
      detail.put("reason", "DeleteObject");
      detail.put(
          "deletion-type",
          how.equals("DeleteMarkerCreated") ? "Delete Marker Created" : "Permanently Deleted");
    }
    return event;
  }

  private static @Nullable String detailType(String name) {
    if (name.startsWith("ObjectCreated:")) {
      return "Object Created";
    } else if (name.startsWith("ObjectRemoved:")) {
      return "Object Deleted";
    }
    return switch (name) {
      case "ObjectTagging:Put" -> "Object Tags Added";
      case "ObjectTagging:Delete" -> "Object Tags Deleted";
      default -> null;
    };
  }

  private static String reason(String how) {
    return switch (how) {
      case "Copy" -> "CopyObject";
      case "CompleteMultipartUpload" -> "CompleteMultipartUpload";
      default -> "PutObject";
    };
  }

  /// The key as events carry it: form-encoded but for the slashes.
  static String encodedKey(String key) {
    return URLEncoder.encode(key, StandardCharsets.UTF_8).replace("%2F", "/");
  }

  // Grows with time and, for one key, with every change.
  private static String sequencer(Instant now, long sequence) {
    return "%010X%08X".formatted(now.toEpochMilli(), sequence);
  }
}
