package dev.brume.services.sqs;

import dev.brume.events.Targets;
import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.sqs.*;
import dev.brume.store.Kv;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The operations of
/// [Amazon
/// SQS](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html).
public final class SqsService implements SqsApi, AutoCloseable {
  private final Kv kv;
  private final Queues queues;
  private final QueueCatalog catalog;
  private final Sending sending;
  private final Receiving receiving;
  private final MoveTasks moveTasks;

  public SqsService(Kv kv, Clock clock, Timers timers, Targets targets, Ids ids) {
    this.kv = kv;
    queues = new Queues(kv, clock, timers);
    catalog = new QueueCatalog(kv, ids, queues);
    sending = new Sending(kv, ids, queues);
    receiving = new Receiving(kv, clock, timers, queues, sending);
    moveTasks = new MoveTasks(kv, clock, timers, ids, queues, receiving);
    targets.receive("sqs", new QueueTarget(clock, queues, sending));
  }

  /// Ends the long polls, so that the process can stop.
  @Override
  public void close() {
    queues.close();
  }

  @Override
  public CreateQueueResult createQueue(Call call, CreateQueueRequest in) {
    return new CreateQueueResult().queueUrl(catalog.create(call, in).url(call.endpoint()));
  }

  @Override
  public DeleteQueueResponse deleteQueue(Call call, DeleteQueueRequest in) {
    catalog.delete(queues.byUrl(call, in.queueUrl(), "DeleteQueue"));
    return new DeleteQueueResponse();
  }

  @Override
  public GetQueueUrlResult getQueueUrl(Call call, GetQueueUrlRequest in) {
    String owner = in.queueOwnerAWSAccountId();
    String name = String.valueOf(in.queueName());
    LiveQueue queue = queues.require(owner == null ? call.account() : owner, call.region(), name);
    queues.requireAllowed(call, queue, "GetQueueUrl");
    return new GetQueueUrlResult().queueUrl(queue.settings().url(call.endpoint()));
  }

  @Override
  public ListQueuesResult listQueues(Call call, ListQueuesRequest in) {
    return catalog.list(call, in);
  }

  @Override
  public ListDeadLetterSourceQueuesResult listDeadLetterSourceQueues(
      Call call, ListDeadLetterSourceQueuesRequest in) {
    Queue queue = queues.byUrl(call, in.queueUrl(), "ListDeadLetterSourceQueues").settings();
    List<String> names =
        queues.sourcesOf(queue).stream().map(source -> source.settings().name()).toList();
    QueueCatalog.Page page = QueueCatalog.Page.of(names, in.nextToken(), in.maxResults());
    return new ListDeadLetterSourceQueuesResult()
        .queueUrls(page.names().stream().map(name -> QueueCatalog.url(call, name)).toList())
        .nextToken(page.next());
  }

  @Override
  public GetQueueAttributesResult getQueueAttributes(Call call, GetQueueAttributesRequest in) {
    return catalog.attributes(
        call, queues.byUrl(call, in.queueUrl(), "GetQueueAttributes"), in.attributeNames());
  }

  @Override
  public SetQueueAttributesResponse setQueueAttributes(Call call, SetQueueAttributesRequest in) {
    catalog.setAttributes(
        call, queues.byUrl(call, in.queueUrl(), "SetQueueAttributes"), in.attributes());
    return new SetQueueAttributesResponse();
  }

  @Override
  public AddPermissionResponse addPermission(Call call, AddPermissionRequest in) {
    catalog.addPermission(queues.byUrl(call, in.queueUrl(), "AddPermission"), in);
    return new AddPermissionResponse();
  }

  @Override
  public RemovePermissionResponse removePermission(Call call, RemovePermissionRequest in) {
    catalog.removePermission(
        queues.byUrl(call, in.queueUrl(), "RemovePermission"), String.valueOf(in.label()));
    return new RemovePermissionResponse();
  }

  @Override
  public TagQueueResponse tagQueue(Call call, TagQueueRequest in) {
    catalog.tag(queues.byUrl(call, in.queueUrl(), "TagQueue"), in.tags());
    return new TagQueueResponse();
  }

  @Override
  public UntagQueueResponse untagQueue(Call call, UntagQueueRequest in) {
    catalog.untag(queues.byUrl(call, in.queueUrl(), "UntagQueue"), in.tagKeys());
    return new UntagQueueResponse();
  }

  @Override
  public ListQueueTagsResult listQueueTags(Call call, ListQueueTagsRequest in) {
    Map<String, String> tags = queues.byUrl(call, in.queueUrl(), "ListQueueTags").settings().tags();
    return tags.isEmpty() ? new ListQueueTagsResult() : new ListQueueTagsResult().tags(tags);
  }

  @Override
  public PurgeQueueResponse purgeQueue(Call call, PurgeQueueRequest in) {
    catalog.purge(call, queues.byUrl(call, in.queueUrl(), "PurgeQueue"));
    return new PurgeQueueResponse();
  }

  @Override
  public SendMessageResult sendMessage(Call call, SendMessageRequest in) {
    LiveQueue queue = queues.byUrl(call, in.queueUrl(), "SendMessage");
    var draft =
        new Draft(
            in.messageBody(),
            in.delaySeconds(),
            in.messageAttributes(),
            in.messageSystemAttributes(),
            in.messageGroupId(),
            in.messageDeduplicationId(),
            senderId(call.principal()),
            call.trace());
    long now = call.now().toEpochMilli();
    Sending.Ready ready = sending.check(queue.settings(), draft, now);
    Sending.Sent sent = sending.send(queue, List.of(ready), now).getFirst();
    return new SendMessageResult()
        .messageId(sent.messageId())
        .md5OfMessageBody(sent.message().bodyMd5())
        .md5OfMessageAttributes(MessageAttributes.md5(sent.message().attributes()))
        .md5OfMessageSystemAttributes(systemMd5(in.messageSystemAttributes()))
        .sequenceNumber(sequenceNumber(queue, sent));
  }

  @Override
  public SendMessageBatchResult sendMessageBatch(Call call, SendMessageBatchRequest in) {
    LiveQueue queue = queues.byUrl(call, in.queueUrl(), "SendMessage");
    List<SendMessageBatchRequestEntry> entries = in.entries();
    Batch.check(entries, SendMessageBatchRequestEntry::id, "SendMessageBatchRequestEntry");
    long now = call.now().toEpochMilli();
    String senderId = senderId(call.principal());
    var failed = new ArrayList<BatchResultErrorEntry>();
    var accepted = new ArrayList<SendMessageBatchRequestEntry>();
    List<Sending.Ready> ready =
        Batch.each(
            entries,
            SendMessageBatchRequestEntry::id,
            entry -> {
              Sending.Ready one =
                  sending.check(queue.settings(), draft(call, entry, senderId), now);
              accepted.add(entry);
              return one;
            },
            failed);
    long bytes = ready.stream().mapToLong(Sending.Ready::bytes).sum();
    if (bytes > SqsLimits.MESSAGE_BYTES_MAX) {
      throw SqsErrors.batchTooLong(bytes);
    }
    List<Sending.Sent> sent = ready.isEmpty() ? List.of() : sending.send(queue, ready, now);
    var successful = new ArrayList<SendMessageBatchResultEntry>();
    for (int i = 0; i < sent.size(); i++) {
      Sending.Sent one = sent.get(i);
      successful.add(
          new SendMessageBatchResultEntry()
              .id(accepted.get(i).id())
              .messageId(one.messageId())
              .md5OfMessageBody(one.message().bodyMd5())
              .md5OfMessageAttributes(MessageAttributes.md5(one.message().attributes()))
              .md5OfMessageSystemAttributes(systemMd5(accepted.get(i).messageSystemAttributes()))
              .sequenceNumber(sequenceNumber(queue, one)));
    }
    return new SendMessageBatchResult().successful(successful).failed(orNull(failed));
  }

  private static Draft draft(Call call, SendMessageBatchRequestEntry entry, String senderId) {
    return new Draft(
        entry.messageBody(),
        entry.delaySeconds(),
        entry.messageAttributes(),
        entry.messageSystemAttributes(),
        entry.messageGroupId(),
        entry.messageDeduplicationId(),
        senderId,
        call.trace());
  }

  private static @Nullable String systemMd5(Map<String, MessageSystemAttributeValue> given) {
    String trace = MessageAttributes.traceHeader(given);
    return trace == null
        ? null
        : MessageAttributes.md5(
            Map.of("AWSTraceHeader", new StoredMessage.Attribute("String", trace, null)));
  }

  private static @Nullable String sequenceNumber(LiveQueue queue, Sending.Sent sent) {
    return queue.settings().fifo() ? SequenceNumbers.text(sent.sequence()) : null;
  }

  @Override
  public ReceiveMessageResult receiveMessage(Call call, ReceiveMessageRequest in) {
    List<Message> messages =
        receiving.receive(queues.byUrl(call, in.queueUrl(), "ReceiveMessage"), in);
    return messages.isEmpty()
        ? new ReceiveMessageResult()
        : new ReceiveMessageResult().messages(messages);
  }

  @Override
  public DeleteMessageResponse deleteMessage(Call call, DeleteMessageRequest in) {
    LiveQueue queue = queues.byUrl(call, in.queueUrl(), "DeleteMessage");
    delete(queue, List.of(delete(call, queue, in.receiptHandle())));
    return new DeleteMessageResponse();
  }

  @Override
  public DeleteMessageBatchResult deleteMessageBatch(Call call, DeleteMessageBatchRequest in) {
    LiveQueue queue = queues.byUrl(call, in.queueUrl(), "DeleteMessage");
    List<DeleteMessageBatchRequestEntry> entries = in.entries();
    Batch.check(entries, DeleteMessageBatchRequestEntry::id, "DeleteMessageBatchRequestEntry");
    var failed = new ArrayList<BatchResultErrorEntry>();
    var sequences = new ArrayList<Long>();
    List<DeleteMessageBatchResultEntry> successful =
        Batch.each(
            entries,
            DeleteMessageBatchRequestEntry::id,
            entry -> {
              sequences.add(delete(call, queue, entry.receiptHandle()));
              return new DeleteMessageBatchResultEntry().id(entry.id());
            },
            failed);
    delete(queue, sequences);
    return new DeleteMessageBatchResult().successful(successful).failed(orNull(failed));
  }

  // Returns the number of the message to delete, −1 when there is nothing to do: it is gone, or
  // somebody else received it since.
  private static long delete(Call call, LiveQueue queue, @Nullable String receiptHandle) {
    Queue settings = queue.settings();
    ReceiptHandle handle = ReceiptHandle.decode(receiptHandle, settings);
    if (settings.fifo()) {
      ReceiveState state = queue.index().state(handle.sequence());
      if (state != null && state.visibleMillis() <= call.now().toEpochMilli()) {
        throw SqsErrors.receiptHandleExpired(String.valueOf(receiptHandle));
      }
    }
    return queue.index().remove(handle) ? handle.sequence() : -1;
  }

  private void delete(LiveQueue queue, List<Long> sequences) {
    List<Long> found = sequences.stream().filter(sequence -> sequence >= 0).toList();
    if (!found.isEmpty()) {
      kv.tx(
          tx -> {
            found.forEach(sequence -> SqsStore.delete(tx, queue.settings(), sequence));
            return true;
          });
    }
  }

  @Override
  public ChangeMessageVisibilityResponse changeMessageVisibility(
      Call call, ChangeMessageVisibilityRequest in) {
    LiveQueue queue = queues.byUrl(call, in.queueUrl(), "ChangeMessageVisibility");
    long sequence = changeVisibility(call, queue, in.receiptHandle(), in.visibilityTimeout());
    writeStates(queue, List.of(sequence));
    return new ChangeMessageVisibilityResponse();
  }

  @Override
  public ChangeMessageVisibilityBatchResult changeMessageVisibilityBatch(
      Call call, ChangeMessageVisibilityBatchRequest in) {
    LiveQueue queue = queues.byUrl(call, in.queueUrl(), "ChangeMessageVisibility");
    List<ChangeMessageVisibilityBatchRequestEntry> entries = in.entries();
    Batch.check(
        entries,
        ChangeMessageVisibilityBatchRequestEntry::id,
        "ChangeMessageVisibilityBatchRequestEntry");
    var failed = new ArrayList<BatchResultErrorEntry>();
    var sequences = new ArrayList<Long>();
    List<ChangeMessageVisibilityBatchResultEntry> successful =
        Batch.each(
            entries,
            ChangeMessageVisibilityBatchRequestEntry::id,
            entry -> {
              sequences.add(
                  changeVisibility(call, queue, entry.receiptHandle(), entry.visibilityTimeout()));
              return new ChangeMessageVisibilityBatchResultEntry().id(entry.id());
            },
            failed);
    writeStates(queue, sequences);
    return new ChangeMessageVisibilityBatchResult().successful(successful).failed(orNull(failed));
  }

  private static long changeVisibility(
      Call call, LiveQueue queue, @Nullable String receiptHandle, @Nullable Integer given) {
    if (given == null) {
      throw SqsErrors.missing("VisibilityTimeout");
    }
    int seconds = given;
    if (seconds < 0 || seconds > SqsLimits.VISIBILITY_SECONDS_MAX) {
      throw SqsErrors.value(
          Integer.toString(seconds), "VisibilityTimeout", "Must be between 0 and 43200.");
    }
    ReceiptHandle handle = ReceiptHandle.decode(receiptHandle, queue.settings());
    long now = call.now().toEpochMilli();
    long visible = now + 1000L * seconds;
    ReceiveState known = queue.index().state(handle.sequence());
    if (known != null
        && visible - known.lastMillis() > 1000L * SqsLimits.VISIBILITY_SECONDS_MAX + 999) {
      throw SqsErrors.visibilityTotal(seconds);
    }
    ReceiveState before = queue.index().changeVisibility(handle, visible, now);
    if (before == null) {
      throw SqsErrors.noVisibilityChange(String.valueOf(receiptHandle));
    }
    if (before.visibleMillis() <= now) {
      throw SqsErrors.notInFlight();
    }
    return handle.sequence();
  }

  private void writeStates(LiveQueue queue, List<Long> sequences) {
    if (!sequences.isEmpty()) {
      kv.tx(
          tx -> {
            Receiving.writeStates(tx, queue, sequences);
            return true;
          });
    }
  }

  private static <T> @Nullable List<T> orNull(List<T> list) {
    return list.isEmpty() ? null : list;
  }

  @Override
  public StartMessageMoveTaskResult startMessageMoveTask(
      Call call, StartMessageMoveTaskRequest in) {
    return moveTasks.start(call, in);
  }

  @Override
  public ListMessageMoveTasksResult listMessageMoveTasks(
      Call call, ListMessageMoveTasksRequest in) {
    return moveTasks.list(in.sourceArn(), in.maxResults());
  }

  @Override
  public CancelMessageMoveTaskResult cancelMessageMoveTask(
      Call call, CancelMessageMoveTaskRequest in) {
    return moveTasks.cancel(in.taskHandle());
  }

  /// What the message's `SenderId` says.
  private static String senderId(Principal principal) {
    return switch (principal) {
      case Principal.Root root -> root.account();
      case Principal.RoleSession role -> role.roleId() + ":" + role.sessionName();
      case Principal.ServicePrincipal service -> service.name();
      case Principal.Anonymous anonymous -> anonymous.arn();
    };
  }
}
