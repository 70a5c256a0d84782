package dev.brume.services.s3;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.s3.EventBridgeConfiguration;
import dev.brume.model.s3.FilterRule;
import dev.brume.model.s3.LambdaFunctionConfiguration;
import dev.brume.model.s3.NotificationConfiguration;
import dev.brume.model.s3.NotificationConfigurationFilter;
import dev.brume.model.s3.PutBucketNotificationConfigurationRequest;
import dev.brume.model.s3.QueueConfiguration;
import dev.brume.model.s3.S3KeyFilter;
import dev.brume.model.s3.TopicConfiguration;
import dev.brume.services.s3.Notifications.Rule;
import dev.brume.services.s3.Notifications.Rules;
import dev.brume.store.Kv;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The notification configuration of a bucket, in and out
/// ([AWS](https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html)).
final class NotificationSettings {
  private static final String INVALID_ARN = "The ARN could not be parsed";
  private static final Set<String> EVENTS =
      Set.of(
          "s3:ObjectCreated:*",
          "s3:ObjectCreated:Put",
          "s3:ObjectCreated:Post",
          "s3:ObjectCreated:Copy",
          "s3:ObjectCreated:CompleteMultipartUpload",
          "s3:ObjectRemoved:*",
          "s3:ObjectRemoved:Delete",
          "s3:ObjectRemoved:DeleteMarkerCreated",
          "s3:ObjectTagging:*",
          "s3:ObjectTagging:Put",
          "s3:ObjectTagging:Delete",
          "s3:ObjectAcl:Put",
          "s3:ObjectRestore:*",
          "s3:ObjectRestore:Post",
          "s3:ObjectRestore:Completed",
          "s3:ObjectRestore:Delete",
          "s3:ReducedRedundancyLostObject",
          "s3:Replication:*",
          "s3:LifecycleExpiration:*",
          "s3:LifecycleExpiration:Delete",
          "s3:LifecycleExpiration:DeleteMarkerCreated",
          "s3:LifecycleTransition",
          "s3:IntelligentTiering");

  private final Kv kv;
  private final S3Store store;
  private final Notifications notifications;
  private final Ids ids;

  NotificationSettings(Kv kv, S3Store store, Notifications notifications, Ids ids) {
    this.kv = kv;
    this.store = store;
    this.notifications = notifications;
    this.ids = ids;
  }

  void put(Call call, PutBucketNotificationConfigurationRequest in) {
    if (in.notificationConfiguration() == null) {
      throw S3Errors.malformedXml();
    }
    Rules rules = rules(in.notificationConfiguration());
    boolean tests = !Boolean.TRUE.equals(in.skipDestinationValidation());
    if (tests) {
      probe(call, in, rules);
    }
    kv.tx(
        tx -> {
          Bucket bucket = store.require(tx, in.bucket(), in.expectedBucketOwner());
          store.putBucket(tx, bucket.withNotifying(!rules.isEmpty()));
          notifications.put(tx, bucket.name(), rules);
          return bucket;
        });
  }

  // Functions get no test event; whether they let the bucket in shows with the first object.
  private void probe(Call call, PutBucketNotificationConfigurationRequest in, Rules rules) {
    Bucket bucket = kv.read(reader -> store.require(reader, in.bucket(), in.expectedBucketOwner()));
    for (Rule rule : rules.rules()) {
      if (!rule.targetArn().startsWith("arn:aws:lambda:")) {
        notifications.probe(call, bucket, rule);
      }
    }
  }

  private Rules rules(NotificationConfiguration given) {
    var rules = new ArrayList<Rule>();
    for (QueueConfiguration each : given.queueConfigurations()) {
      rules.add(rule(each.id(), each.queueArn(), "sqs", each.events(), each.filter()));
    }
    for (TopicConfiguration each : given.topicConfigurations()) {
      rules.add(rule(each.id(), each.topicArn(), "sns", each.events(), each.filter()));
    }
    for (LambdaFunctionConfiguration each : given.lambdaFunctionConfigurations()) {
      rules.add(rule(each.id(), each.lambdaFunctionArn(), "lambda", each.events(), each.filter()));
    }
    for (int i = 0; i < rules.size(); i++) {
      for (Rule other : rules.subList(i + 1, rules.size())) {
        if (rules.get(i).overlaps(other)) {
          throw S3Errors.invalidArgument(
              "Configurations overlap. Configurations on the same bucket cannot share a common"
                  + " event type.",
              "Event",
              String.join(",", other.events()));
        }
      }
    }
    return new Rules(rules, given.eventBridgeConfiguration() != null);
  }

  private Rule rule(
      @Nullable String id,
      @Nullable String arn,
      String service,
      List<String> events,
      @Nullable NotificationConfigurationFilter filter) {
    if (arn == null || !arn.startsWith("arn:aws:" + service + ":") || arn.split(":").length < 6) {
      throw S3Errors.invalidArgument(INVALID_ARN, "ARN", arn);
    }
    if (arn.endsWith(".fifo")) {
      throw S3Errors.invalidArgument(
          "Unable to validate the following destination configurations",
          arn,
          "FIFO destinations are not supported");
    }
    if (events.isEmpty()) {
      throw S3Errors.malformedXml();
    }
    for (String event : events) {
      if (!EVENTS.contains(event)) {
        throw S3Errors.invalidArgument(
            "The event is not supported for notifications", "Event", event);
      }
    }
    String prefix = "";
    String suffix = "";
    S3KeyFilter key = filter == null ? null : filter.key();
    List<FilterRule> filterRules = key == null ? List.of() : key.filterRules();
    for (FilterRule each : filterRules) {
      String name = each.name() == null ? "" : each.name().toLowerCase(Locale.ROOT);
      String value = each.value() == null ? "" : each.value();
      switch (name) {
        case "prefix" -> prefix = value;
        case "suffix" -> suffix = value;
        default ->
            throw S3Errors.invalidArgument(
                "filter rule name must be either prefix or suffix", "FilterRule.Name", name);
      }
    }
    return new Rule(id == null ? ids.uuid() : id, arn, List.copyOf(events), prefix, suffix);
  }

  NotificationConfiguration get(String bucketName, @Nullable String expectedOwner) {
    Rules rules =
        kv.read(
            reader -> {
              Bucket bucket = store.require(reader, bucketName, expectedOwner);
              return notifications.rules(reader, bucket.name());
            });
    var queues = new ArrayList<QueueConfiguration>();
    var topics = new ArrayList<TopicConfiguration>();
    var functions = new ArrayList<LambdaFunctionConfiguration>();
    for (Rule rule : rules.rules()) {
      NotificationConfigurationFilter filter = filter(rule);
      switch (rule.targetArn().split(":")[2]) {
        case "sqs" ->
            queues.add(
                new QueueConfiguration()
                    .id(rule.id())
                    .queueArn(rule.targetArn())
                    .events(rule.events())
                    .filter(filter));
        case "sns" ->
            topics.add(
                new TopicConfiguration()
                    .id(rule.id())
                    .topicArn(rule.targetArn())
                    .events(rule.events())
                    .filter(filter));
        default ->
            functions.add(
                new LambdaFunctionConfiguration()
                    .id(rule.id())
                    .lambdaFunctionArn(rule.targetArn())
                    .events(rule.events())
                    .filter(filter));
      }
    }
    return new NotificationConfiguration()
        .queueConfigurations(queues.isEmpty() ? null : queues)
        .topicConfigurations(topics.isEmpty() ? null : topics)
        .lambdaFunctionConfigurations(functions.isEmpty() ? null : functions)
        .eventBridgeConfiguration(rules.eventBridge() ? new EventBridgeConfiguration() : null);
  }

  private static @Nullable NotificationConfigurationFilter filter(Rule rule) {
    var rules = new ArrayList<FilterRule>();
    if (!rule.prefix().isEmpty()) {
      rules.add(new FilterRule().name("Prefix").value(rule.prefix()));
    }
    if (!rule.suffix().isEmpty()) {
      rules.add(new FilterRule().name("Suffix").value(rule.suffix()));
    }
    return rules.isEmpty()
        ? null
        : new NotificationConfigurationFilter().key(new S3KeyFilter().filterRules(rules));
  }
}
