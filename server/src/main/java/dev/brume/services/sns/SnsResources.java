package dev.brume.services.sns;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import dev.brume.model.Operations;
import dev.brume.model.sns.CreateTopicInput;
import dev.brume.model.sns.DeleteTopicInput;
import dev.brume.model.sns.ListSubscriptionsByTopicInput;
import dev.brume.model.sns.ListTagsForResourceRequest;
import dev.brume.model.sns.SetSubscriptionAttributesInput;
import dev.brume.model.sns.SetTopicAttributesInput;
import dev.brume.model.sns.SnsClient;
import dev.brume.model.sns.SubscribeInput;
import dev.brume.model.sns.Tag;
import dev.brume.model.sns.TagResourceRequest;
import dev.brume.model.sns.UnsubscribeInput;
import dev.brume.model.sns.UntagResourceRequest;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The CloudFormation types
/// [AWS::SNS](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SNS.html).
public final class SnsResources {
  private final SnsClient sns;

  public SnsResources(Operations operations) {
    this.sns = new SnsClient(operations);
  }

  public List<ResourceType> all() {
    return List.of(new TopicType(), new SubscriptionType(), new TopicPolicyType());
  }

  // Policies may be given as documents; attributes are always text.
  private static String text(JsonNode value) {
    return value.isContainerNode() ? Json.write(value) : value.asText();
  }

  private final class TopicType implements ResourceType {
    private static final Set<String> ATTRIBUTES =
        Set.of("DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig", "FifoTopic");

    @Override
    public String name() {
      return "AWS::SNS::Topic";
    }

    @Override
    public Set<String> properties() {
      var all = new TreeSet<>(ATTRIBUTES);
      all.addAll(Set.of("TopicName", "Subscription", "Tags"));
      return all;
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      var create =
          new CreateTopicInput()
              .name(request.nameOr("TopicName", SnsLimits.TOPIC_NAME_LENGTH_MAX))
              .attributes(attributes(request.properties()))
              .tags(tags(request));
      String arn = String.valueOf(sns.createTopic(request.call(), create).topicArn());
      for (JsonNode each : request.properties().path("Subscription")) {
        subscribe(request, arn, each);
      }
      return state(arn);
    }

    @Override
    public ResourceState update(
        ResourceRequest request, String physicalId, ObjectNode oldProperties) {
      var wanted = new TreeMap<>(attributes(request.properties()));
      attributes(oldProperties).keySet().forEach(name -> wanted.putIfAbsent(name, ""));
      wanted.remove("FifoTopic");
      wanted.forEach(
          (name, value) ->
              sns.setTopicAttributes(
                  request.call(),
                  new SetTopicAttributesInput()
                      .topicArn(physicalId)
                      .attributeName(name)
                      .attributeValue(value)));
      resubscribe(request, physicalId, oldProperties);
      retag(request, physicalId);
      return state(physicalId);
    }

    private void resubscribe(ResourceRequest request, String arn, ObjectNode oldProperties) {
      var kept = new TreeSet<String>();
      for (JsonNode each : request.properties().path("Subscription")) {
        subscribe(request, arn, each);
        kept.add(each.path("Protocol").asText() + " " + each.path("Endpoint").asText());
      }
      var gone = new TreeSet<String>();
      oldProperties
          .path("Subscription")
          .forEach(
              each ->
                  gone.add(each.path("Protocol").asText() + " " + each.path("Endpoint").asText()));
      gone.removeAll(kept);
      if (gone.isEmpty()) {
        return;
      }
      var subscriptions =
          sns.listSubscriptionsByTopic(
                  request.call(), new ListSubscriptionsByTopicInput().topicArn(arn))
              .subscriptions();
      for (var each : subscriptions) {
        if (gone.contains(each.protocol() + " " + each.endpoint())) {
          sns.unsubscribe(
              request.call(), new UnsubscribeInput().subscriptionArn(each.subscriptionArn()));
        }
      }
    }

    private void retag(ResourceRequest request, String arn) {
      List<Tag> tags = tags(request);
      var gone = new TreeSet<String>();
      sns.listTagsForResource(request.call(), new ListTagsForResourceRequest().resourceArn(arn))
          .tags()
          .forEach(tag -> gone.add(String.valueOf(tag.key())));
      tags.forEach(tag -> gone.remove(String.valueOf(tag.key())));
      if (!gone.isEmpty()) {
        sns.untagResource(
            request.call(), new UntagResourceRequest().resourceArn(arn).tagKeys(List.copyOf(gone)));
      }
      if (!tags.isEmpty()) {
        sns.tagResource(request.call(), new TagResourceRequest().resourceArn(arn).tags(tags));
      }
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      sns.deleteTopic(request.call(), new DeleteTopicInput().topicArn(physicalId));
    }

    private void subscribe(ResourceRequest request, String arn, JsonNode subscription) {
      sns.subscribe(
          request.call(),
          new SubscribeInput()
              .topicArn(arn)
              .protocol(subscription.path("Protocol").asText())
              .endpoint(subscription.path("Endpoint").asText()));
    }

    private static Map<String, String> attributes(ObjectNode properties) {
      var attributes = new LinkedHashMap<String, String>();
      properties
          .properties()
          .forEach(
              property -> {
                if (ATTRIBUTES.contains(property.getKey())) {
                  attributes.put(property.getKey(), property.getValue().asText());
                }
              });
      return attributes;
    }

    private static List<Tag> tags(ResourceRequest request) {
      var merged = new LinkedHashMap<>(request.tags());
      request
          .properties()
          .path("Tags")
          .forEach(tag -> merged.put(tag.path("Key").asText(), tag.path("Value").asText()));
      var tags = new ArrayList<Tag>();
      merged.forEach((key, value) -> tags.add(new Tag().key(key).value(value)));
      return tags;
    }

    private static ResourceState state(String arn) {
      String name = arn.substring(arn.lastIndexOf(':') + 1);
      return new ResourceState(
          arn, Map.of("TopicArn", TextNode.valueOf(arn), "TopicName", TextNode.valueOf(name)));
    }
  }

  private final class SubscriptionType implements ResourceType {
    private static final List<String> ATTRIBUTES =
        List.of("FilterPolicyScope", "FilterPolicy", "RawMessageDelivery", "RedrivePolicy");

    @Override
    public String name() {
      return "AWS::SNS::Subscription";
    }

    @Override
    public Set<String> properties() {
      var all = new TreeSet<>(ATTRIBUTES);
      all.addAll(Set.of("Endpoint", "Protocol", "TopicArn", "Region"));
      return all;
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      ObjectNode properties = request.properties();
      var subscribe =
          new SubscribeInput()
              .topicArn(properties.path("TopicArn").asText())
              .protocol(properties.path("Protocol").asText())
              .endpoint(properties.path("Endpoint").asText())
              .attributes(attributes(properties))
              .returnSubscriptionArn(true);
      String arn = String.valueOf(sns.subscribe(request.call(), subscribe).subscriptionArn());
      return new ResourceState(arn, Map.of("Arn", TextNode.valueOf(arn)));
    }

    @Override
    public ResourceState update(
        ResourceRequest request, String physicalId, ObjectNode oldProperties) {
      Map<String, String> wanted = attributes(request.properties());
      Map<String, String> old = attributes(oldProperties);
      // The scope first: it decides how a policy is read.
      for (String name : ATTRIBUTES) {
        if (wanted.containsKey(name) || old.containsKey(name)) {
          sns.setSubscriptionAttributes(
              request.call(),
              new SetSubscriptionAttributesInput()
                  .subscriptionArn(physicalId)
                  .attributeName(name)
                  .attributeValue(wanted.getOrDefault(name, "")));
        }
      }
      return new ResourceState(physicalId, Map.of("Arn", TextNode.valueOf(physicalId)));
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      sns.unsubscribe(request.call(), new UnsubscribeInput().subscriptionArn(physicalId));
    }

    private static Map<String, String> attributes(ObjectNode properties) {
      var attributes = new LinkedHashMap<String, String>();
      for (String name : ATTRIBUTES) {
        if (properties.hasNonNull(name)) {
          attributes.put(name, text(properties.get(name)));
        }
      }
      return attributes;
    }
  }

  private final class TopicPolicyType implements ResourceType {
    @Override
    public String name() {
      return "AWS::SNS::TopicPolicy";
    }

    @Override
    public Set<String> properties() {
      return Set.of("PolicyDocument", "Topics");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      String policy = text(request.properties().path("PolicyDocument"));
      request.properties().path("Topics").forEach(arn -> set(request, arn.asText(), policy));
      return ResourceState.of(request.generatedName(128));
    }

    @Override
    public ResourceState update(
        ResourceRequest request, String physicalId, ObjectNode oldProperties) {
      create(request);
      return ResourceState.of(physicalId);
    }

    // As in AWS, the policy that the topic has stays when the resource goes, unless the topic goes.
    @Override
    public void delete(ResourceRequest request, String physicalId) {}

    private void set(ResourceRequest request, String arn, String policy) {
      sns.setTopicAttributes(
          request.call(),
          new SetTopicAttributesInput()
              .topicArn(arn)
              .attributeName("Policy")
              .attributeValue(policy));
    }
  }
}
