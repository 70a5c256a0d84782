package dev.brume.services.sqs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.ids.Ids;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.sqs.AddPermissionRequest;
import dev.brume.model.sqs.CreateQueueRequest;
import dev.brume.model.sqs.GetQueueAttributesResult;
import dev.brume.model.sqs.ListQueuesRequest;
import dev.brume.model.sqs.ListQueuesResult;
import dev.brume.store.Kv;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Makes, changes, lists and deletes queues.
final class QueueCatalog {
  private final Kv kv;
  private final Ids ids;
  private final Queues queues;

  QueueCatalog(Kv kv, Ids ids, Queues queues) {
    this.kv = kv;
    this.ids = ids;
    this.queues = queues;
  }

  Queue create(Call call, CreateQueueRequest in) {
    String name = name(in.queueName(), in.attributes());
    long now = call.now().toEpochMilli();
    var empty =
        new Queue(
            call.account(),
            call.region(),
            name,
            ids.hex(16),
            Map.of(),
            Map.copyOf(in.tags()),
            now,
            now,
            0,
            0);
    Queue wanted = empty.withAttributes(QueueAttributes.changed(empty, in.attributes()), now);
    checkTags(in.tags());
    checkRedrive(wanted);
    return kv.tx(
        tx -> {
          byte[] row = tx.get(SqsStore.queueKey(wanted));
          if (row != null) {
            Queue existing = SqsStore.QUEUE.read(row);
            requireSame(existing, in.attributes());
            return existing;
          }
          SqsStore.put(tx, wanted);
          tx.afterCommit(() -> queues.add(wanted));
          return wanted;
        });
  }

  private static String name(@Nullable String name, Map<String, String> attributes) {
    if (name == null) {
      throw SqsErrors.missing("QueueName");
    }
    boolean fifo = "true".equals(attributes.get("FifoQueue"));
    boolean suffix = name.endsWith(".fifo");
    if (fifo != suffix) {
      throw fifo ? SqsErrors.fifoName() : SqsErrors.queueName();
    }
    String plain = suffix ? name.substring(0, name.length() - 5) : name;
    if (name.length() > SqsLimits.QUEUE_NAME_LENGTH_MAX
        || !SqsLimits.QUEUE_NAME.matcher(plain).matches()) {
      throw suffix ? SqsErrors.fifoName() : SqsErrors.queueName();
    }
    return name;
  }

  // Creating a queue again is a success unless an attribute is given that it does not have.
  private static void requireSame(Queue existing, Map<String, String> wanted) {
    Map<String, String> all = QueueAttributes.all(existing);
    wanted.forEach(
        (name, value) -> {
          if (!value.equals(all.get(name))) {
            throw SqsErrors.queueExists(name);
          }
        });
  }

  private void checkRedrive(Queue queue) {
    RedrivePolicy policy = queue.redrivePolicy();
    if (policy == null) {
      return;
    }
    String text = String.valueOf(queue.attributes().get("RedrivePolicy"));
    LiveQueue target = queues.byArn(policy.targetArn());
    if (target == null
        || !target.settings().account().equals(queue.account())
        || !target.settings().region().equals(queue.region())) {
      throw RedrivePolicy.invalid(text, "Dead letter target does not exist.");
    }
    if (target.settings().fifo() != queue.fifo()) {
      throw RedrivePolicy.invalid(
          text, "Dead-letter queue must be same type of queue as the source.");
    }
    if (!QueueAttributes.allowsSource(target.settings(), queue.arn())) {
      throw RedrivePolicy.invalid(
          text, "The dead-letter queue's RedriveAllowPolicy does not allow this source queue.");
    }
  }

  private static void checkTags(Map<String, String> tags) {
    if (tags.size() > SqsLimits.TAGS_MAX) {
      throw SqsErrors.invalidParameter("Too many tags added for queue.");
    }
  }

  /// Changes a queue's row. The function may throw AWS's error.
  private Queue change(LiveQueue queue, UnaryOperator<Queue> change) {
    return kv.tx(
        tx -> {
          Queue current = SqsStore.current(tx, queue.settings());
          if (current == null) {
            throw SqsErrors.noQueue();
          }
          Queue changed = change.apply(current);
          SqsStore.put(tx, changed);
          tx.afterCommit(() -> queue.settings(changed));
          return changed;
        });
  }

  void setAttributes(Call call, LiveQueue queue, Map<String, String> attributes) {
    long now = call.now().toEpochMilli();
    change(
        queue,
        current -> {
          Queue changed = current.withAttributes(QueueAttributes.changed(current, attributes), now);
          if (attributes.containsKey("RedrivePolicy")) {
            checkRedrive(changed);
          }
          return changed;
        });
    queues.sweepLater(queue);
  }

  GetQueueAttributesResult attributes(Call call, LiveQueue queue, List<String> names) {
    for (String name : names) {
      if (!QueueAttributes.known(name)) {
        throw SqsErrors.unknownAttribute(name);
      }
    }
    Map<String, String> all = QueueAttributes.all(queue.settings());
    QueueIndex.Counts counts = queue.index().counts(call.now().toEpochMilli());
    all.put("ApproximateNumberOfMessages", Integer.toString(counts.visible()));
    all.put("ApproximateNumberOfMessagesNotVisible", Integer.toString(counts.inFlight()));
    all.put("ApproximateNumberOfMessagesDelayed", Integer.toString(counts.delayed()));
    if (!names.contains("All")) {
      all.keySet().retainAll(names);
    }
    var result = new GetQueueAttributesResult();
    return all.isEmpty() ? result : result.attributes(all);
  }

  void tag(LiveQueue queue, Map<String, String> tags) {
    change(
        queue,
        current -> {
          var merged = new LinkedHashMap<>(current.tags());
          merged.putAll(tags);
          checkTags(merged);
          return current.withTags(merged);
        });
  }

  void untag(LiveQueue queue, List<String> keys) {
    change(
        queue,
        current -> {
          var left = new LinkedHashMap<>(current.tags());
          left.keySet().removeAll(keys);
          return current.withTags(left);
        });
  }

  void delete(LiveQueue queue) {
    Queue settings = queue.settings();
    kv.tx(
        tx -> {
          if (SqsStore.current(tx, settings) == null) {
            throw SqsErrors.noQueue();
          }
          tx.delete(SqsStore.queueKey(settings));
          tx.afterCommit(() -> queues.remove(queue));
          return true;
        });
    // The messages belong to nothing any more; what a crash leaves of them goes at the next start.
    queues.deleteRows(settings, queue.index().removeThrough(Long.MAX_VALUE));
  }

  void purge(Call call, LiveQueue queue) {
    long now = call.now().toEpochMilli();
    Queue purged =
        change(
            queue,
            current -> {
              if (now - current.purgedMillis() < 1000L * SqsLimits.PURGE_INTERVAL_SECONDS) {
                throw SqsErrors.purging(current.name());
              }
              return current.purged(now, queue.lastSequence());
            });
    queues.deleteRows(purged, queue.index().removeThrough(purged.purgedThrough()));
  }

  ListQueuesResult list(Call call, ListQueuesRequest in) {
    Integer max = in.maxResults();
    if (max != null && (max < 1 || max > SqsLimits.LIST_RESULTS_MAX)) {
      throw SqsErrors.value(
          max.toString(), "MaxResults", "MaxResults must be an integer between 1 and 1000.");
    }
    String prefix = in.queueNamePrefix() == null ? "" : in.queueNamePrefix();
    List<String> names =
        queues.of(call.account(), call.region()).stream()
            .map(queue -> queue.settings().name())
            .filter(name -> name.startsWith(prefix))
            .toList();
    Page page = Page.of(names, in.nextToken(), max);
    var result = new ListQueuesResult().nextToken(page.next());
    List<String> urls = page.names().stream().map(name -> url(call, name)).toList();
    return urls.isEmpty() ? result : result.queueUrls(urls);
  }

  static String url(Call call, String name) {
    return call.endpoint() + "/" + call.account() + "/" + name;
  }

  /// Part of a sorted list of names.
  record Page(List<String> names, @Nullable String next) {
    static Page of(List<String> sorted, @Nullable String token, @Nullable Integer max) {
      String after = token == null ? "" : decode(token);
      List<String> rest = sorted.stream().filter(name -> name.compareTo(after) > 0).toList();
      int size = max == null ? SqsLimits.LIST_RESULTS_MAX : max;
      if (rest.size() <= size) {
        return new Page(rest, null);
      }
      List<String> names = rest.subList(0, size);
      byte[] last = names.getLast().getBytes(StandardCharsets.UTF_8);
      // Without a page size there is one page and no token.
      return new Page(names, max == null ? null : Base64.getEncoder().encodeToString(last));
    }

    private static String decode(String token) {
      try {
        return new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw SqsErrors.invalidParameter("Invalid or expired next token.");
      }
    }
  }

  /// Adds a statement to the queue's policy.
  void addPermission(LiveQueue queue, AddPermissionRequest in) {
    String label = String.valueOf(in.label());
    if (in.actions().isEmpty()) {
      throw SqsErrors.missing("Actions");
    }
    if (in.awsAccountIds().isEmpty()) {
      throw SqsErrors.missing("AWSAccountIds");
    }
    if (in.actions().size() > 7) {
      throw SqsErrors.invalidParameter("7 actions allowed at most in a policy statement.");
    }
    changePolicy(
        queue,
        (statements, arn) -> {
          if (find(statements, label) >= 0) {
            throw SqsErrors.value(label, "Label", "Already exists.");
          }
          ObjectNode statement = statements.addObject();
          statement.put("Sid", label).put("Effect", "Allow");
          ArrayNode principals = statement.putObject("Principal").putArray("AWS");
          in.awsAccountIds().forEach(id -> principals.add("arn:aws:iam::" + id + ":root"));
          ArrayNode actions = statement.putArray("Action");
          in.actions().forEach(action -> actions.add("SQS:" + action));
          statement.put("Resource", arn);
        });
  }

  /// Removes the statement with this label.
  void removePermission(LiveQueue queue, String label) {
    changePolicy(
        queue,
        (statements, arn) -> {
          int index = find(statements, label);
          if (index < 0) {
            throw SqsErrors.value(label, "Label", "can't find label on existing policy.");
          }
          statements.remove(index);
        });
  }

  private interface PolicyChange {
    void change(ArrayNode statements, String queueArn);
  }

  private void changePolicy(LiveQueue queue, PolicyChange change) {
    change(
        queue,
        current -> {
          String text = current.policy();
          ObjectNode policy =
              text == null
                  ? Json.object()
                      .put("Version", "2008-10-17")
                      .put("Id", current.arn() + "/SQSDefaultPolicy")
                  : (ObjectNode) Json.parseOwn(text);
          change.change(policy.withArray("Statement"), current.arn());
          var attributes = new LinkedHashMap<>(current.attributes());
          if (policy.path("Statement").isEmpty()) {
            attributes.remove("Policy");
          } else {
            attributes.put("Policy", Json.write(policy));
          }
          return current.withAttributes(attributes, current.modifiedMillis());
        });
  }

  private static int find(ArrayNode statements, String label) {
    for (int i = 0; i < statements.size(); i++) {
      if (statements.get(i).path("Sid").asText().equals(label)) {
        return i;
      }
    }
    return -1;
  }
}
