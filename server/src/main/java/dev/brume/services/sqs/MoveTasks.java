package dev.brume.services.sqs;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.sqs.CancelMessageMoveTaskResult;
import dev.brume.model.sqs.ListMessageMoveTasksResult;
import dev.brume.model.sqs.ListMessageMoveTasksResultEntry;
import dev.brume.model.sqs.StartMessageMoveTaskRequest;
import dev.brume.model.sqs.StartMessageMoveTaskResult;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import dev.brume.store.Tx;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Moves messages out of dead-letter queues, some each second, on a durable timer.
final class MoveTasks {
  private static final String TIMER = "sqs.move";

  private final Kv kv;
  private final Clock clock;
  private final Timers timers;
  private final Ids ids;
  private final Queues queues;
  private final Receiving receiving;

  MoveTasks(Kv kv, Clock clock, Timers timers, Ids ids, Queues queues, Receiving receiving) {
    this.kv = kv;
    this.clock = clock;
    this.timers = timers;
    this.ids = ids;
    this.queues = queues;
    this.receiving = receiving;
    timers.handle(TIMER, (id, _, payload) -> run(id, new String(payload, StandardCharsets.UTF_8)));
  }

  StartMessageMoveTaskResult start(Call call, StartMessageMoveTaskRequest in) {
    LiveQueue source = source(in.sourceArn());
    Queue settings = source.settings();
    String destinationArn = in.destinationArn();
    if (destinationArn != null && queues.byArn(destinationArn) == null) {
      throw SqsErrors.noResource(
          "The resource that you specified for the DestinationArn parameter doesn't exist.");
    }
    if (settings.arn().equals(destinationArn)) {
      throw SqsErrors.invalidParameter(
          "Source queue arn and destination queue arn cannot be the same.");
    }
    if (!isDeadLetterQueue(settings)) {
      throw SqsErrors.invalidParameter("Source queue must be configured as a Dead Letter Queue.");
    }
    Integer perSecond = in.maxNumberOfMessagesPerSecond();
    if (perSecond != null && (perSecond < 1 || perSecond > SqsLimits.MOVE_PER_SECOND_MAX)) {
      throw SqsErrors.value(
          perSecond.toString(),
          "MaxNumberOfMessagesPerSecond",
          "You can move up to 500 messages per second.");
    }
    long now = call.now().toEpochMilli();
    int toMove = source.index().counts(now).visible();
    String id = ids.uuid();
    String handleText = "{\"taskId\":\"" + id + "\",\"sourceArn\":\"" + settings.arn() + "\"}";
    String handle = Base64.getEncoder().encodeToString(handleText.getBytes(StandardCharsets.UTF_8));
    kv.tx(
        tx -> {
          if (list(tx, settings).stream().anyMatch(MoveTask::running)) {
            throw SqsErrors.invalidParameter(
                "There is already a task running. Only one active task is allowed for a source queue arn at a given time.");
          }
          // Numbered backwards, so that the newest comes first in a scan.
          var task =
              new MoveTask(
                  Long.MAX_VALUE - now,
                  handle,
                  settings.arn(),
                  destinationArn,
                  perSecond,
                  "RUNNING",
                  0,
                  toMove,
                  null,
                  now);
          tx.put(SqsStore.move(settings, task.number()), SqsStore.MOVE.write(task));
          schedule(tx, settings, clock.instant());
          return task;
        });
    return new StartMessageMoveTaskResult().taskHandle(handle);
  }

  ListMessageMoveTasksResult list(@Nullable String sourceArn, @Nullable Integer max) {
    Queue settings = source(sourceArn).settings();
    if (max != null && (max < 1 || max > SqsLimits.MOVE_TASKS_LISTED_MAX)) {
      throw SqsErrors.value(
          max.toString(),
          "MaxResults",
          "Value for parameter MaxResults is invalid. Reason: MaxResults should be between 1 and 10.");
    }
    List<MoveTask> tasks = kv.read(reader -> list(reader, settings));
    return new ListMessageMoveTasksResult()
        .results(tasks.stream().limit(max == null ? 1 : max).map(MoveTasks::wire).toList());
  }

  CancelMessageMoveTaskResult cancel(@Nullable String handle) {
    String sourceArn = sourceArn(handle);
    LiveQueue source = sourceArn == null ? null : queues.byArn(sourceArn);
    if (source == null) {
      throw SqsErrors.value(String.valueOf(handle), "TaskHandle", "Invalid task handle.");
    }
    Queue settings = source.settings();
    long moved =
        kv.tx(
            tx -> {
              MoveTask task =
                  list(tx, settings).stream()
                      .filter(one -> one.handle().equals(handle) && one.running())
                      .findFirst()
                      .orElseThrow(() -> SqsErrors.noResource("Task does not exist."));
              MoveTask ended = task.ended("CANCELLED", null);
              tx.put(SqsStore.move(settings, task.number()), SqsStore.MOVE.write(ended));
              timers.cancel(tx, TIMER, settings.id());
              return task.moved();
            });
    return new CancelMessageMoveTaskResult().approximateNumberOfMessagesMoved(moved);
  }

  private static @Nullable String sourceArn(@Nullable String handle) {
    try {
      String text =
          new String(
              Base64.getDecoder().decode(handle == null ? "" : handle), StandardCharsets.UTF_8);
      int from = text.indexOf("arn:aws:sqs:");
      return from < 0 ? null : text.substring(from, text.length() - 2);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private LiveQueue source(@Nullable String arn) {
    LiveQueue source = arn == null ? null : queues.byArn(arn);
    if (source == null) {
      throw SqsErrors.noResource(
          "The resource that you specified for the SourceArn parameter doesn't exist.");
    }
    return source;
  }

  private boolean isDeadLetterQueue(Queue queue) {
    return !queues.sourcesOf(queue).isEmpty();
  }

  private void schedule(Tx tx, Queue source, Instant due) {
    timers.schedule(tx, TIMER, source.id(), due, source.arn().getBytes(StandardCharsets.UTF_8));
  }

  private void run(String queueId, String sourceArn) {
    LiveQueue source = queues.byArn(sourceArn);
    if (source == null || !source.settings().id().equals(queueId)) {
      return;
    }
    Queue settings = source.settings();
    MoveTask task =
        kv.read(
            reader ->
                list(reader, settings).stream().filter(MoveTask::running).findFirst().orElse(null));
    if (task == null) {
      return;
    }
    long now = clock.millis();
    Integer perSecond = task.perSecond();
    int max = perSecond == null ? SqsLimits.MOVE_PER_SECOND_MAX : perSecond;
    String fixed = task.destinationArn();
    List<Long> visible = source.index().takeAll(max, now);
    int moved =
        receiving.move(
            source,
            message -> {
              String arn = fixed == null ? message.deadLetterSourceArn() : fixed;
              return arn == null ? null : queues.byArn(arn);
            },
            visible,
            null,
            now);
    boolean stuck = moved == 0 && !visible.isEmpty();
    boolean finished = task.moved() + moved >= task.toMove() || visible.isEmpty();
    kv.tx(
        tx -> {
          MoveTask progress = task.progress(moved);
          if (stuck) {
            progress = progress.ended("FAILED", "CouldNotDetermineMessageSource");
          } else if (finished) {
            progress = progress.ended("COMPLETED", null);
          } else {
            schedule(tx, settings, Instant.ofEpochMilli(now + 1000));
          }
          tx.put(SqsStore.move(settings, task.number()), SqsStore.MOVE.write(progress));
          return moved;
        });
  }

  private static List<MoveTask> list(Reader reader, Queue queue) {
    var tasks = new ArrayList<MoveTask>();
    reader.scan(
        SqsStore.of(queue, "move"),
        (_, value) -> {
          tasks.add(SqsStore.MOVE.read(value));
          return tasks.size() < SqsLimits.MOVE_TASKS_LISTED_MAX;
        });
    return tasks;
  }

  private static ListMessageMoveTasksResultEntry wire(MoveTask task) {
    return new ListMessageMoveTasksResultEntry()
        .taskHandle(task.running() ? task.handle() : null)
        .status(task.status())
        .sourceArn(task.sourceArn())
        .destinationArn(task.destinationArn())
        .maxNumberOfMessagesPerSecond(task.perSecond())
        .approximateNumberOfMessagesMoved(task.moved())
        .approximateNumberOfMessagesToMove(task.toMove())
        .failureReason(task.failureReason())
        .startedTimestamp(task.startedMillis());
  }
}
