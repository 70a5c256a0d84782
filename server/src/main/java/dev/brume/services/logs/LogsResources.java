package dev.brume.services.logs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.model.Operations;
import dev.brume.model.logs.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `AWS::Logs::LogGroup` and `AWS::Logs::LogStream`.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Logs.html>
public final class LogsResources {
  private static final String STACK_TAG = "aws:cloudformation:stack-id";
  private final LogsClient logs;

  public LogsResources(Operations operations) {
    this.logs = new LogsClient(operations);
  }

  public List<ResourceType> all() {
    return List.of(new GroupType(), new StreamType());
  }

  private final class GroupType implements ResourceType {
    @Override
    public String name() {
      return "AWS::Logs::LogGroup";
    }

    @Override
    public Set<String> properties() {
      return Set.of("LogGroupName", "RetentionInDays", "LogGroupClass", "Tags");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      String name = request.nameOr("LogGroupName", 512);
      Map<String, String> tags = tags(request);
      var in = new CreateLogGroupRequest().logGroupName(name).tags(tags.isEmpty() ? null : tags);
      if (request.properties().hasNonNull("LogGroupClass")) {
        in.logGroupClass(request.properties().get("LogGroupClass").asText());
      }
      try {
        logs.createLogGroup(request.call(), in);
      } catch (ResourceAlreadyExistsException e) {
        if (!request.stackId().equals(present(request, name).get(STACK_TAG))) {
          throw e;
        }
      }
      retain(request, name);
      return state(request, name);
    }

    @Override
    public ResourceState update(ResourceRequest request, String name, ObjectNode old) {
      Map<String, String> wanted = tags(request);
      List<String> gone =
          present(request, name).keySet().stream().filter(key -> !wanted.containsKey(key)).toList();
      if (!gone.isEmpty()) {
        logs.untagResource(
            request.call(),
            new UntagResourceRequest().resourceArn(arn(request, name)).tagKeys(gone));
      }
      if (!wanted.isEmpty()) {
        logs.tagResource(
            request.call(), new TagResourceRequest().resourceArn(arn(request, name)).tags(wanted));
      }
      retain(request, name);
      return state(request, name);
    }

    private void retain(ResourceRequest request, String name) {
      if (request.properties().hasNonNull("RetentionInDays")) {
        logs.putRetentionPolicy(
            request.call(),
            new PutRetentionPolicyRequest()
                .logGroupName(name)
                .retentionInDays(request.properties().get("RetentionInDays").asInt()));
      } else {
        logs.deleteRetentionPolicy(
            request.call(), new DeleteRetentionPolicyRequest().logGroupName(name));
      }
    }

    @Override
    public void delete(ResourceRequest request, String name) {
      try {
        logs.deleteLogGroup(request.call(), new DeleteLogGroupRequest().logGroupName(name));
      } catch (ResourceNotFoundException e) {
        // Gone already: that is what was asked for.
        return;
      }
    }

    private Map<String, String> present(ResourceRequest request, String name) {
      return logs.listTagsForResource(
              request.call(), new ListTagsForResourceRequest().resourceArn(arn(request, name)))
          .tags();
    }

    private static String arn(ResourceRequest request, String name) {
      return request.call().arn("logs", "log-group:" + name);
    }

    private static ResourceState state(ResourceRequest request, String name) {
      return new ResourceState(name, Map.of("Arn", TextNode.valueOf(arn(request, name) + ":*")));
    }

    private static Map<String, String> tags(ResourceRequest request) {
      var tags = new LinkedHashMap<>(request.tags());
      request
          .properties()
          .path("Tags")
          .forEach(tag -> tags.put(tag.path("Key").asText(), tag.path("Value").asText()));
      return tags;
    }
  }

  private final class StreamType implements ResourceType {
    @Override
    public String name() {
      return "AWS::Logs::LogStream";
    }

    @Override
    public Set<String> properties() {
      return Set.of("LogGroupName", "LogStreamName");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      String name = request.nameOr("LogStreamName", 512);
      try {
        logs.createLogStream(
            request.call(),
            new CreateLogStreamRequest().logGroupName(group(request)).logStreamName(name));
      } catch (ResourceAlreadyExistsException e) {
        // A generated name carries this request's own suffix.
        if (!name.endsWith(request.suffix())) {
          throw e;
        }
      }
      return ResourceState.of(name);
    }

    @Override
    public ResourceState update(ResourceRequest request, String name, ObjectNode old) {
      return ResourceState.of(name);
    }

    @Override
    public void delete(ResourceRequest request, String name) {
      try {
        logs.deleteLogStream(
            request.call(),
            new DeleteLogStreamRequest().logGroupName(group(request)).logStreamName(name));
      } catch (ResourceNotFoundException e) {
        // Gone already: that is what was asked for.
        return;
      }
    }

    private static String group(ResourceRequest request) {
      return request.properties().path("LogGroupName").asText();
    }
  }
}
