package dev.brume.services.sns;

import dev.brume.events.Targets;
import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.sns.*;
import dev.brume.store.Kv;
import dev.brume.time.Clock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The operations of
/// [Amazon SNS](https://docs.aws.amazon.com/sns/latest/api/API_Operations.html).
public final class SnsService implements SnsApi {
  private final Ids ids;
  private final Topics topics;
  private final TopicCatalog catalog;
  private final Publishing publishing;
  private final Subscribing subscribing;

  /// @param remoteEndpoints whether HTTP subscribers may be on other machines
  public SnsService(Kv kv, Clock clock, Targets targets, Ids ids, boolean remoteEndpoints) {
    this.ids = ids;
    topics = new Topics(kv);
    catalog = new TopicCatalog(kv, topics);
    publishing = new Publishing(kv, ids, targets, topics);
    subscribing = new Subscribing(kv, ids, topics, publishing);
    targets.receive("sns", new TopicTarget(clock, topics, publishing));
    targets.receive(Publishing.HTTP, new HttpDelivery(topics, remoteEndpoints));
  }

  @Override
  public CreateTopicResponse createTopic(Call call, CreateTopicInput in) {
    return new CreateTopicResponse().topicArn(catalog.create(call, in).arn());
  }

  @Override
  public DeleteTopicResponse deleteTopic(Call call, DeleteTopicInput in) {
    try {
      catalog.delete(topics.require(call, in.topicArn(), "DeleteTopic"));
    } catch (NotFoundException e) {
      // Deleting a topic that is not there is a success.
      return new DeleteTopicResponse();
    }
    return new DeleteTopicResponse();
  }

  @Override
  public ListTopicsResponse listTopics(Call call, ListTopicsInput in) {
    Page<dev.brume.services.sns.Topic> page =
        page(
            List.copyOf(topics.of(call.account(), call.region())),
            dev.brume.services.sns.Topic::name,
            in.nextToken());
    return new ListTopicsResponse()
        .topics(
            page.items().stream()
                .map(topic -> new dev.brume.model.sns.Topic().topicArn(topic.arn()))
                .toList())
        .nextToken(page.next());
  }

  @Override
  public GetTopicAttributesResponse getTopicAttributes(Call call, GetTopicAttributesInput in) {
    return new GetTopicAttributesResponse()
        .attributes(catalog.attributes(topics.require(call, in.topicArn(), "GetTopicAttributes")));
  }

  @Override
  public SetTopicAttributesResponse setTopicAttributes(Call call, SetTopicAttributesInput in) {
    catalog.setAttribute(
        topics.require(call, in.topicArn(), "SetTopicAttributes"),
        String.valueOf(in.attributeName()),
        in.attributeValue());
    return new SetTopicAttributesResponse();
  }

  @Override
  public AddPermissionResponse addPermission(Call call, AddPermissionInput in) {
    catalog.addPermission(topics.require(call, in.topicArn(), "AddPermission"), in);
    return new AddPermissionResponse();
  }

  @Override
  public RemovePermissionResponse removePermission(Call call, RemovePermissionInput in) {
    catalog.removePermission(
        topics.require(call, in.topicArn(), "RemovePermission"), String.valueOf(in.label()));
    return new RemovePermissionResponse();
  }

  @Override
  public TagResourceResponse tagResource(Call call, TagResourceRequest in) {
    catalog.tag(resource(in.resourceArn()), in.tags());
    return new TagResourceResponse();
  }

  @Override
  public UntagResourceResponse untagResource(Call call, UntagResourceRequest in) {
    catalog.untag(resource(in.resourceArn()), in.tagKeys());
    return new UntagResourceResponse();
  }

  @Override
  public ListTagsForResourceResponse listTagsForResource(Call call, ListTagsForResourceRequest in) {
    var tags = new ArrayList<Tag>();
    resource(in.resourceArn())
        .tags()
        .forEach((key, value) -> tags.add(new Tag().key(key).value(value)));
    return new ListTagsForResourceResponse().tags(tags);
  }

  private dev.brume.services.sns.Topic resource(@Nullable String arn) {
    dev.brume.services.sns.Topic topic = topics.find(arn);
    if (topic == null) {
      throw SnsErrors.noResource();
    }
    return topic;
  }

  @Override
  public SubscribeResponse subscribe(Call call, SubscribeInput in) {
    var subscription = subscribing.subscribe(call, in);
    boolean shown = subscription.confirmed() || Boolean.TRUE.equals(in.returnSubscriptionArn());
    return new SubscribeResponse()
        .subscriptionArn(shown ? subscription.arn() : "pending confirmation");
  }

  @Override
  public ConfirmSubscriptionResponse confirmSubscription(Call call, ConfirmSubscriptionInput in) {
    var subscription =
        subscribing.confirm(
            call,
            topics.require(in.topicArn()),
            String.valueOf(in.token()),
            in.authenticateOnUnsubscribe());
    return new ConfirmSubscriptionResponse().subscriptionArn(subscription.arn());
  }

  @Override
  public UnsubscribeResponse unsubscribe(Call call, UnsubscribeInput in) {
    try {
      // The link in a notification is followed without credentials.
      boolean signed = !(call.principal() instanceof Principal.Anonymous);
      subscribing.unsubscribe(
          signed
              ? topics.requireSubscription(call, in.subscriptionArn(), "Unsubscribe")
              : topics.requireSubscription(in.subscriptionArn()),
          signed);
    } catch (NotFoundException e) {
      // Ending a subscription that is not there is a success.
      return new UnsubscribeResponse();
    }
    return new UnsubscribeResponse();
  }

  @Override
  public GetSubscriptionAttributesResponse getSubscriptionAttributes(
      Call call, GetSubscriptionAttributesInput in) {
    return new GetSubscriptionAttributesResponse()
        .attributes(
            topics
                .requireSubscription(call, in.subscriptionArn(), "GetSubscriptionAttributes")
                .shown());
  }

  @Override
  public SetSubscriptionAttributesResponse setSubscriptionAttributes(
      Call call, SetSubscriptionAttributesInput in) {
    subscribing.setAttribute(
        topics.requireSubscription(call, in.subscriptionArn(), "SetSubscriptionAttributes"),
        String.valueOf(in.attributeName()),
        in.attributeValue());
    return new SetSubscriptionAttributesResponse();
  }

  @Override
  public ListSubscriptionsResponse listSubscriptions(Call call, ListSubscriptionsInput in) {
    Page<dev.brume.services.sns.Subscription> page =
        page(
            topics.subscriptionsOf(call.account(), call.region()),
            each -> each.topic() + ":" + each.id(),
            in.nextToken());
    return new ListSubscriptionsResponse()
        .subscriptions(page.items().stream().map(SnsService::wire).toList())
        .nextToken(page.next());
  }

  @Override
  public ListSubscriptionsByTopicResponse listSubscriptionsByTopic(
      Call call, ListSubscriptionsByTopicInput in) {
    Page<dev.brume.services.sns.Subscription> page =
        page(
            topics
                .subscriptionsOf(topics.require(call, in.topicArn(), "ListSubscriptionsByTopic"))
                .stream()
                .map(Topics.Live::subscription)
                .toList(),
            dev.brume.services.sns.Subscription::id,
            in.nextToken());
    return new ListSubscriptionsByTopicResponse()
        .subscriptions(page.items().stream().map(SnsService::wire).toList())
        .nextToken(page.next());
  }

  private static dev.brume.model.sns.Subscription wire(
      dev.brume.services.sns.Subscription subscription) {
    return new dev.brume.model.sns.Subscription()
        .subscriptionArn(subscription.shownArn())
        .owner(subscription.account())
        .protocol(subscription.protocol())
        .endpoint(subscription.endpoint())
        .topicArn(subscription.topicArn());
  }

  private record Page<T>(List<T> items, @Nullable String next) {}

  private static <T> Page<T> page(
      List<T> sorted, Function<T, String> idOf, @Nullable String token) {
    String after = "";
    if (token != null && !token.isEmpty()) {
      try {
        after = new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw SnsErrors.invalid("NextToken");
      }
    }
    String last = after;
    List<T> rest = sorted.stream().filter(item -> idOf.apply(item).compareTo(last) > 0).toList();
    if (rest.size() <= SnsLimits.LIST_PAGE) {
      return new Page<>(rest, null);
    }
    List<T> items = rest.subList(0, SnsLimits.LIST_PAGE);
    byte[] end = idOf.apply(items.getLast()).getBytes(StandardCharsets.UTF_8);
    return new Page<>(items, Base64.getEncoder().encodeToString(end));
  }

  @Override
  public PublishResponse publish(Call call, PublishInput in) {
    if (in.phoneNumber() != null) {
      throw SnsErrors.invalid("PhoneNumber", "SMS is not supported");
    }
    String arn = in.topicArn() == null ? in.targetArn() : in.topicArn();
    if (arn == null) {
      throw SnsErrors.invalid("TopicArn or TargetArn", "no value for required parameter");
    }
    dev.brume.services.sns.Topic topic = topics.require(call, arn, "Publish");
    refuseFifo(in.messageDeduplicationId());
    var draft =
        new Notification.Draft(
            in.message(),
            in.subject(),
            in.messageStructure(),
            in.messageAttributes(),
            call.trace());
    Notification notification = Notification.of(ids.uuid(), draft, call.now().toEpochMilli());
    publishing.publish(topic, List.of(notification));
    return new PublishResponse().messageId(notification.id());
  }

  private static void refuseFifo(@Nullable String deduplicationId) {
    if (deduplicationId != null) {
      throw SnsErrors.invalid(
          "MessageDeduplicationId",
          "The request includes MessageDeduplicationId parameter that is not valid for this topic"
              + " type");
    }
  }

  @Override
  public PublishBatchResponse publishBatch(Call call, PublishBatchInput in) {
    dev.brume.services.sns.Topic topic = topics.require(call, in.topicArn(), "Publish");
    List<PublishBatchRequestEntry> entries = in.publishBatchRequestEntries();
    checkBatch(entries);
    var successful = new ArrayList<PublishBatchResultEntry>();
    var failed = new ArrayList<BatchResultErrorEntry>();
    var notifications = new ArrayList<Notification>();
    for (PublishBatchRequestEntry entry : entries) {
      try {
        refuseFifo(entry.messageDeduplicationId());
        var draft =
            new Notification.Draft(
                entry.message(),
                entry.subject(),
                entry.messageStructure(),
                entry.messageAttributes(),
                call.trace());
        Notification one = Notification.of(ids.uuid(), draft, call.now().toEpochMilli());
        notifications.add(one);
        successful.add(new PublishBatchResultEntry().id(entry.id()).messageId(one.id()));
      } catch (ServiceError e) {
        failed.add(
            new BatchResultErrorEntry()
                .id(entry.id())
                .code(e.code())
                .message(e.getMessage())
                .senderFault(e.senderFault()));
      }
    }
    if (notifications.stream().mapToLong(Notification::bytes).sum() > SnsLimits.MESSAGE_BYTES_MAX) {
      throw SnsErrors.batchTooLong();
    }
    if (!notifications.isEmpty()) {
      publishing.publish(topic, notifications);
    }
    return new PublishBatchResponse().successful(successful).failed(failed);
  }

  private static void checkBatch(List<PublishBatchRequestEntry> entries) {
    if (entries.isEmpty()) {
      throw SnsErrors.emptyBatch();
    }
    if (entries.size() > SnsLimits.BATCH_ENTRIES_MAX) {
      throw SnsErrors.batchTooLarge();
    }
    var seen = new HashSet<String>();
    for (PublishBatchRequestEntry entry : entries) {
      String id = String.valueOf(entry.id());
      if (!SnsLimits.BATCH_ENTRY_ID.matcher(id).matches()) {
        throw SnsErrors.batchId();
      }
      if (!seen.add(id)) {
        throw SnsErrors.batchIdRepeated();
      }
    }
  }
}
