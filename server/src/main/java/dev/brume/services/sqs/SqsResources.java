package dev.brume.services.sqs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import dev.brume.model.Operations;
import dev.brume.model.sqs.CreateQueueRequest;
import dev.brume.model.sqs.DeleteQueueRequest;
import dev.brume.model.sqs.ListQueueTagsRequest;
import dev.brume.model.sqs.QueueDoesNotExist;
import dev.brume.model.sqs.SetQueueAttributesRequest;
import dev.brume.model.sqs.SqsClient;
import dev.brume.model.sqs.TagQueueRequest;
import dev.brume.model.sqs.UntagQueueRequest;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The CloudFormation types
/// [AWS::SQS](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SQS.html).
public final class SqsResources {
  private final SqsClient sqs;

  public SqsResources(Operations operations) {
    this.sqs = new SqsClient(operations);
  }

  public List<ResourceType> all() {
    return List.of(new QueueType(), new QueuePolicyType());
  }

  private final class QueueType implements ResourceType {
    private static final Set<String> ATTRIBUTES =
        Set.of(
            "ContentBasedDeduplication",
            "DeduplicationScope",
            "DelaySeconds",
            "FifoQueue",
            "FifoThroughputLimit",
            "KmsDataKeyReusePeriodSeconds",
            "KmsMasterKeyId",
            "MaximumMessageSize",
            "MessageRetentionPeriod",
            "ReceiveMessageWaitTimeSeconds",
            "RedriveAllowPolicy",
            "RedrivePolicy",
            "SqsManagedSseEnabled",
            "VisibilityTimeout");

    /// What an attribute goes back to when its property is taken out of the template.
    private static final Map<String, String> DEFAULTS =
        Map.of(
            "ContentBasedDeduplication", "false",
            "DelaySeconds", "0",
            "KmsMasterKeyId", "",
            "MaximumMessageSize", Integer.toString(SqsLimits.MESSAGE_BYTES_MAX),
            "MessageRetentionPeriod", Integer.toString(SqsLimits.RETENTION_SECONDS_DEFAULT),
            "ReceiveMessageWaitTimeSeconds", "0",
            "RedriveAllowPolicy", "",
            "RedrivePolicy", "",
            "VisibilityTimeout", Integer.toString(SqsLimits.VISIBILITY_SECONDS_DEFAULT));

    @Override
    public String name() {
      return "AWS::SQS::Queue";
    }

    @Override
    public Set<String> properties() {
      var all = new TreeSet<>(ATTRIBUTES);
      all.add("QueueName");
      all.add("Tags");
      return all;
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      ObjectNode properties = request.properties();
      boolean fifo = properties.path("FifoQueue").asBoolean();
      String name = request.nameOr("QueueName", SqsLimits.QUEUE_NAME_LENGTH_MAX - (fifo ? 5 : 0));
      if (fifo && !name.endsWith(".fifo")) {
        name += ".fifo";
      }
      var create =
          new CreateQueueRequest()
              .queueName(name)
              .attributes(attributes(properties))
              .tags(tags(request));
      return state(request, String.valueOf(sqs.createQueue(request.call(), create).queueUrl()));
    }

    @Override
    public ResourceState update(
        ResourceRequest request, String physicalId, ObjectNode oldProperties) {
      Map<String, String> wanted = attributes(request.properties());
      attributes(oldProperties)
          .keySet()
          .forEach(
              name -> {
                String otherwise = DEFAULTS.get(name);
                if (otherwise != null) {
                  wanted.putIfAbsent(name, otherwise);
                }
              });
      if (!wanted.isEmpty()) {
        sqs.setQueueAttributes(
            request.call(),
            new SetQueueAttributesRequest().queueUrl(physicalId).attributes(wanted));
      }
      retag(request, physicalId);
      return state(request, physicalId);
    }

    private void retag(ResourceRequest request, String url) {
      Map<String, String> tags = tags(request);
      var gone =
          new TreeSet<>(
              sqs.listQueueTags(request.call(), new ListQueueTagsRequest().queueUrl(url))
                  .tags()
                  .keySet());
      gone.removeAll(tags.keySet());
      if (!gone.isEmpty()) {
        sqs.untagQueue(
            request.call(), new UntagQueueRequest().queueUrl(url).tagKeys(List.copyOf(gone)));
      }
      if (!tags.isEmpty()) {
        sqs.tagQueue(request.call(), new TagQueueRequest().queueUrl(url).tags(tags));
      }
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      try {
        sqs.deleteQueue(request.call(), new DeleteQueueRequest().queueUrl(physicalId));
      } catch (QueueDoesNotExist e) {
        // Gone already, which is what was asked for.
        return;
      }
    }

    private static Map<String, String> attributes(ObjectNode properties) {
      var attributes = new LinkedHashMap<String, String>();
      properties
          .properties()
          .forEach(
              property -> {
                if (ATTRIBUTES.contains(property.getKey())) {
                  attributes.put(property.getKey(), text(property.getValue()));
                }
              });
      return attributes;
    }

    private static Map<String, String> tags(ResourceRequest request) {
      var tags = new LinkedHashMap<>(request.tags());
      request
          .properties()
          .path("Tags")
          .forEach(tag -> tags.put(tag.path("Key").asText(), tag.path("Value").asText()));
      return tags;
    }

    private static ResourceState state(ResourceRequest request, String url) {
      String name = url.substring(url.lastIndexOf('/') + 1);
      String arn =
          "arn:aws:sqs:" + request.call().region() + ":" + request.call().account() + ":" + name;
      return new ResourceState(
          url,
          Map.of(
              "Arn", TextNode.valueOf(arn),
              "QueueName", TextNode.valueOf(name),
              "QueueUrl", TextNode.valueOf(url)));
    }
  }

  private final class QueuePolicyType implements ResourceType {
    @Override
    public String name() {
      return "AWS::SQS::QueuePolicy";
    }

    @Override
    public Set<String> properties() {
      return Set.of("PolicyDocument", "Queues");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      set(
          request,
          request.properties().path("Queues"),
          text(request.properties().path("PolicyDocument")));
      return ResourceState.of(request.generatedName(128));
    }

    @Override
    public ResourceState update(
        ResourceRequest request, String physicalId, ObjectNode oldProperties) {
      var kept = new TreeSet<String>();
      request.properties().path("Queues").forEach(url -> kept.add(url.asText()));
      var gone = Json.array();
      oldProperties
          .path("Queues")
          .forEach(
              url -> {
                if (!kept.contains(url.asText())) {
                  gone.add(url);
                }
              });
      set(request, gone, "");
      create(request);
      return ResourceState.of(physicalId);
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      for (JsonNode url : request.properties().path("Queues")) {
        try {
          set(request, Json.array().add(url), "");
        } catch (QueueDoesNotExist e) {
          // The policy went with its queue.
          continue;
        }
      }
    }

    private void set(ResourceRequest request, JsonNode queueUrls, String policy) {
      for (JsonNode url : queueUrls) {
        sqs.setQueueAttributes(
            request.call(),
            new SetQueueAttributesRequest()
                .queueUrl(url.asText())
                .attributes(Map.of("Policy", policy)));
      }
    }
  }

  // Policies may be given as documents; attributes are always text.
  private static String text(JsonNode value) {
    return value.isContainerNode() ? Json.write(value) : value.asText();
  }
}
