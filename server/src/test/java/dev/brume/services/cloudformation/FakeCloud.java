package dev.brume.services.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import dev.brume.model.Body;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.Struct;
import dev.brume.model.iam.GetRoleRequest;
import dev.brume.model.iam.GetRoleResponse;
import dev.brume.model.iam.Role;
import dev.brume.model.lambda.InvocationRequest;
import dev.brume.model.lambda.InvocationResponse;
import dev.brume.model.s3.GetObjectOutput;
import dev.brume.model.s3.GetObjectRequest;
import dev.brume.model.sns.PublishInput;
import dev.brume.model.sns.PublishResponse;
import dev.brume.model.ssm.GetParameterRequest;
import dev.brume.model.ssm.GetParameterResult;
import dev.brume.model.ssm.Parameter;
import dev.brume.model.ssm.ParameterNotFound;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/// What a stack is made of, in memory: resources that only exist in a map, parameters, objects, and
/// functions that only note what they are asked. It outlives the service under test, as the world
/// outlives a process.
final class FakeCloud implements Operations {
  private static final Map<String, Set<String>> TYPES =
      Map.of(
          "AWS::SQS::Queue",
          Set.of("QueueName", "VisibilityTimeout", "DelaySeconds", "RedrivePolicy", "Tags"),
          "AWS::SNS::Topic",
          Set.of("TopicName", "DisplayName", "Tags"),
          "AWS::SSM::Parameter",
          Set.of("Name", "Type", "Value"),
          "AWS::S3::Bucket",
          Set.of("BucketName", "Tags"),
          "AWS::IAM::Role",
          Set.of("RoleName", "AssumeRolePolicyDocument"));

  /// By physical id: the properties that it was made with, or changed to.
  final Map<String, String> world = Collections.synchronizedMap(new TreeMap<>());

  /// What was done, e.g. `create Queue`, by logical id.
  final List<String> done = Collections.synchronizedList(new ArrayList<>());

  /// Reasons why something fails, by e.g. `create Queue`.
  final Map<String, String> failures = new ConcurrentHashMap<>();

  /// Called before something is done, with e.g. `create Queue`.
  volatile Consumer<String> before = _ -> {};

  final Map<String, String> parameters = new ConcurrentHashMap<>();

  /// Objects' texts by `bucket/key`.
  final Map<String, String> objects = new ConcurrentHashMap<>();

  /// Events that functions and topics got.
  final LinkedBlockingQueue<JsonNode> asked = new LinkedBlockingQueue<>();

  /// What a function answers to an event, empty for nothing.
  volatile Function<JsonNode, String> handler = _ -> "";

  /// Carries a function's answer to the ResponseURL.
  volatile Answers answers = (_, _) -> {};

  interface Answers {
    void put(String url, String body);
  }

  List<ResourceType> types() {
    return TYPES.entrySet().stream()
        .<ResourceType>map(entry -> new Type(entry.getKey(), entry.getValue()))
        .toList();
  }

  private final class Type implements ResourceType {
    private final String name;
    private final Set<String> properties;

    Type(String name, Set<String> properties) {
      this.name = name;
      this.properties = properties;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Set<String> properties() {
      return properties;
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      step("create " + request.logicalId());
      String nameProperty = name.substring(name.lastIndexOf(':') + 1) + "Name";
      String id = request.nameOr(nameProperty, 80);
      world.put(id, Json.write(request.properties()));
      return state(id);
    }

    @Override
    public ResourceState update(
        ResourceRequest request, String physicalId, ObjectNode oldProperties) {
      step("update " + request.logicalId());
      world.put(physicalId, Json.write(request.properties()));
      return state(physicalId);
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      step("delete " + request.logicalId());
      world.remove(physicalId);
    }

    private ResourceState state(String id) {
      return new ResourceState(
          id, Map.of("Arn", TextNode.valueOf("arn:" + id), "TopicName", TextNode.valueOf(id)));
    }
  }

  private void step(String what) {
    before.accept(what);
    String failure = failures.get(what);
    if (failure != null) {
      throw new ServiceError("InvalidRequest", failure, 400);
    }
    done.add(what);
  }

  @Override
  public Struct call(Call call, String service, String operation, Struct input) {
    return switch (input) {
      case GetParameterRequest in -> {
        String value = parameters.get(in.name());
        if (value == null) {
          throw new ParameterNotFound("");
        }
        yield new GetParameterResult().parameter(new Parameter().name(in.name()).value(value));
      }
      case GetObjectRequest in -> {
        String text = objects.get(in.bucket() + "/" + in.key());
        if (text == null) {
          throw new ServiceError("NoSuchKey", "The specified key does not exist.", 404);
        }
        yield new GetObjectOutput().body(Body.of(text));
      }
      case InvocationRequest in -> {
        ask(new String(in.payload(), StandardCharsets.UTF_8));
        yield new InvocationResponse().statusCode(202);
      }
      case PublishInput in -> {
        ask(in.message());
        yield new PublishResponse().messageId("1");
      }
      case GetRoleRequest in -> {
        if (in.roleName().equals("missing")) {
          throw new ServiceError("NoSuchEntity", "no such role", 404);
        }
        yield new GetRoleResponse().role(new Role().roleId("AROA" + in.roleName()));
      }
      default -> throw new UnsupportedOperationException(service + " " + operation);
    };
  }

  private void ask(String message) {
    JsonNode event = Json.parseOwn(message);
    String answer = handler.apply(event);
    asked.add(event);
    if (!answer.isEmpty()) {
      answers.put(event.get("ResponseURL").asText(), answer);
    }
  }

  /// An answer that all went well.
  static String success(JsonNode event, String physicalId, String data) {
    return "{\"Status\":\"SUCCESS\",\"PhysicalResourceId\":\""
        + physicalId
        + "\",\"StackId\":"
        + event.get("StackId")
        + ",\"RequestId\":"
        + event.get("RequestId")
        + ",\"LogicalResourceId\":"
        + event.get("LogicalResourceId")
        + ",\"Data\":"
        + data
        + "}";
  }
}
