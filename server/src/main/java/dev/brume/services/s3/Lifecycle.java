package dev.brume.services.s3;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.s3.AbortIncompleteMultipartUpload;
import dev.brume.model.s3.GetBucketLifecycleConfigurationOutput;
import dev.brume.model.s3.LifecycleExpiration;
import dev.brume.model.s3.LifecycleRule;
import dev.brume.model.s3.LifecycleRuleAndOperator;
import dev.brume.model.s3.LifecycleRuleFilter;
import dev.brume.model.s3.NoncurrentVersionExpiration;
import dev.brume.model.s3.Tag;
import dev.brume.protocol.Documents;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import dev.brume.store.Tx;
import dev.brume.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Carries out lifecycle rules: once a day at midnight UTC, expirations of current and noncurrent
/// versions, lone delete markers, and uploads that were never completed. Transitions change nothing
/// here, as every storage class is the same disk.
///
/// [Lifecycle](https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html).
final class Lifecycle {
  private static final String TIMER = "s3.lifecycle";

  /// Keys handled in one transaction, so that others are not held up.
  private static final int BATCH = 200;

  private final Kv kv;
  private final S3Store store;
  private final Notifications notifications;
  private final Timers timers;
  private final Ids ids;

  Lifecycle(Kv kv, S3Store store, Notifications notifications, Timers timers, Ids ids) {
    this.kv = kv;
    this.store = store;
    this.notifications = notifications;
    this.timers = timers;
    this.ids = ids;
    timers.handle(TIMER, (bucket, due, payload) -> run(bucket, due));
  }

  /// Plans the bucket's next run with the transaction that sets its rules.
  void schedule(Tx tx, String bucket, Instant now) {
    Instant midnight = now.truncatedTo(ChronoUnit.DAYS).plus(Duration.ofDays(1));
    timers.schedule(tx, TIMER, bucket, midnight, new byte[0]);
  }

  private void run(String bucketName, Instant now) {
    List<LifecycleRule> rules = kv.read(reader -> rules(reader, bucketName));
    if (rules.isEmpty()) {
      return;
    }
    @Nullable String from = "";
    while (from != null) {
      String start = from;
      List<Doomed> doomed = new ArrayList<>();
      from = kv.read(reader -> doomed(reader, bucketName, rules, now, start, doomed));
      if (!doomed.isEmpty()) {
        String markerId = ids.lower(32);
        kv.tx(tx -> remove(tx, bucketName, doomed, now, markerId));
      }
    }
    kv.tx(
        tx -> {
          abortUploads(tx, bucketName, rules, now);
          schedule(tx, bucketName, now);
          return true;
        });
  }

  private List<LifecycleRule> rules(Reader reader, String bucketName) {
    byte[] document = reader.get(S3Store.settingKey(bucketName, Settings.LIFECYCLE));
    if (document == null || store.bucket(reader, bucketName) == null) {
      return List.of();
    }
    return Documents.read(document, new GetBucketLifecycleConfigurationOutput()).rules().stream()
        .filter(rule -> "Enabled".equals(rule.status()))
        .toList();
  }

  /// A version whose time has come.
  ///
  /// @param current it is the newest, so that a versioned bucket gets a delete marker
  private record Doomed(Version version, boolean current) {}

  // Collects from one key on; returns the key to go on with, null at the end.
  private @Nullable String doomed(
      Reader reader,
      String bucket,
      List<LifecycleRule> rules,
      Instant now,
      String from,
      List<Doomed> doomed) {
    var resume = new ArrayList<String>(1);
    var before = new ArrayList<Version>();
    store.scan(
        reader,
        bucket,
        from,
        version -> {
          boolean sameKey = !before.isEmpty() && before.getFirst().key().equals(version.key());
          if (!sameKey) {
            loneMarker(before, rules, doomed);
            before.clear();
            if (doomed.size() >= BATCH) {
              resume.add(version.key());
              return false;
            }
          }
          if (before.isEmpty()) {
            if (rules.stream().anyMatch(rule -> expires(rule, version, now))) {
              doomed.add(new Doomed(version, true));
            }
          } else if (isNoncurrentDoomed(rules, version, before, now)) {
            doomed.add(new Doomed(version, false));
          }
          before.add(version);
          return true;
        });
    if (resume.isEmpty()) {
      loneMarker(before, rules, doomed);
      return null;
    }
    return resume.getFirst();
  }

  // A delete marker with nothing below it, which rules may clear away.
  private static void loneMarker(
      List<Version> versions, List<LifecycleRule> rules, List<Doomed> doomed) {
    if (versions.size() != 1 || !versions.getFirst().deleteMarker()) {
      return;
    }
    Version marker = versions.getFirst();
    for (LifecycleRule rule : rules) {
      LifecycleExpiration expiration = rule.expiration();
      if (expiration != null
          && Boolean.TRUE.equals(expiration.expiredObjectDeleteMarker())
          && marker.key().startsWith(prefix(rule))) {
        doomed.add(new Doomed(marker, false));
        return;
      }
    }
  }

  static boolean expires(LifecycleRule rule, Version version, Instant now) {
    LifecycleExpiration expiration = rule.expiration();
    if (expiration == null || version.deleteMarker() || !applies(rule, version)) {
      return false;
    }
    Integer days = expiration.days();
    Instant date = expiration.date();
    return days != null && !due(version.modifiedMillis(), days).isAfter(now)
        || date != null && !date.isAfter(now);
  }

  private static boolean isNoncurrentDoomed(
      List<LifecycleRule> rules, Version version, List<Version> newer, Instant now) {
    for (LifecycleRule rule : rules) {
      NoncurrentVersionExpiration expiration = rule.noncurrentVersionExpiration();
      if (expiration != null && expiration.noncurrentDays() != null && applies(rule, version)) {
        Integer kept = expiration.newerNoncurrentVersions();
        long since = newer.getLast().modifiedMillis();
        if (!due(since, expiration.noncurrentDays()).isAfter(now)
            && (kept == null || newer.size() - 1 >= kept)) {
          return true;
        }
      }
    }
    return false;
  }

  /// The midnight after this many days.
  static Instant due(long sinceMillis, int days) {
    Instant exact = Instant.ofEpochMilli(sinceMillis).plus(Duration.ofDays(days));
    Instant midnight = exact.truncatedTo(ChronoUnit.DAYS);
    return midnight.equals(exact) ? midnight : midnight.plus(Duration.ofDays(1));
  }

  static boolean applies(LifecycleRule rule, Version version) {
    LifecycleRuleFilter filter = rule.filter();
    if (!version.key().startsWith(prefix(rule))) {
      return false;
    }
    if (filter == null) {
      return true;
    }
    LifecycleRuleAndOperator and = filter.and();
    if (and != null) {
      return and.tags().stream().allMatch(tag -> hasTag(version.tags(), tag))
          && isSized(version, and.objectSizeGreaterThan(), and.objectSizeLessThan());
    }
    Tag tag = filter.tag();
    return (tag == null || hasTag(version.tags(), tag))
        && isSized(version, filter.objectSizeGreaterThan(), filter.objectSizeLessThan());
  }

  private static String prefix(LifecycleRule rule) {
    LifecycleRuleFilter filter = rule.filter();
    LifecycleRuleAndOperator and = filter == null ? null : filter.and();
    String prefix = rule.prefix();
    if (and != null) {
      prefix = and.prefix();
    } else if (filter != null) {
      prefix = filter.prefix();
    }
    return prefix == null ? "" : prefix;
  }

  private static boolean hasTag(Map<String, String> tags, Tag tag) {
    return tag.value().equals(tags.get(tag.key()));
  }

  private static boolean isSized(Version version, @Nullable Long above, @Nullable Long below) {
    return (above == null || version.sizeBytes() > above)
        && (below == null || version.sizeBytes() < below);
  }

  private boolean remove(
      Tx tx, String bucketName, List<Doomed> doomed, Instant now, String markerId) {
    Bucket bucket = store.bucket(tx, bucketName);
    if (bucket == null) {
      return false;
    }
    Call call = call(bucket, now);
    int made = 0;
    for (Doomed each : doomed) {
      Version version = each.version();
      String key = version.key();
      Version there = store.version(tx, bucketName, key, version.versionId());
      // Somebody may have changed it since it was looked at.
      if (there == null || there.sequence() != version.sequence()) {
        continue;
      }
      if (each.current() && bucket.everVersioned()) {
        Version newest = store.newest(tx, bucketName, key);
        if (newest != null && newest.sequence() == version.sequence()) {
          String id = bucket.versioned() ? markerId + made++ : Version.NULL_ID;
          Version marker = store.add(tx, bucket, Version.marker(key, 0, id, now.toEpochMilli()));
          notify(tx, call, bucket, "LifecycleExpiration:DeleteMarkerCreated", marker);
        }
      } else {
        store.removeVersion(tx, bucketName, version);
        notify(tx, call, bucket, "LifecycleExpiration:Delete", version);
      }
    }
    return true;
  }

  private void notify(Tx tx, Call call, Bucket bucket, String name, Version version) {
    notifications.send(tx, call, bucket, Notifications.Change.removed(name, bucket, version));
  }

  private void abortUploads(Tx tx, String bucket, List<LifecycleRule> rules, Instant now) {
    for (Upload upload : store.uploads(tx, bucket)) {
      if (rules.stream().anyMatch(rule -> aborts(rule, upload, now))) {
        for (Upload.Part part : store.parts(tx, bucket, upload.uploadId())) {
          store.release(tx, List.of(part.content()));
        }
        store.removeUpload(tx, bucket, upload);
      }
    }
  }

  private static boolean aborts(LifecycleRule rule, Upload upload, Instant now) {
    AbortIncompleteMultipartUpload abort = rule.abortIncompleteMultipartUpload();
    return abort != null
        && abort.daysAfterInitiation() != null
        && upload.key().startsWith(prefix(rule))
        && !due(upload.createdMillis(), abort.daysAfterInitiation()).isAfter(now);
  }

  private static Call call(Bucket bucket, Instant now) {
    var principal =
        new Principal.ServicePrincipal("s3.amazonaws.com", bucket.arn(), bucket.account());
    String id = "lifecycle-" + now.toEpochMilli();
    return new Call(bucket.account(), bucket.region(), principal, id, now, "");
  }
}
