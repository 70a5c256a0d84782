package dev.brume.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.brume.http.Headers;
import dev.brume.model.Body;
import dev.brume.model.EventStream;
import dev.brume.model.Member;
import dev.brume.model.Operation;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.ServiceModel.Protocol;
import dev.brume.model.Shape;
import dev.brume.model.Struct;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import software.amazon.smithy.model.Model;
import software.amazon.smithy.model.knowledge.TopDownIndex;
import software.amazon.smithy.model.node.Node;
import software.amazon.smithy.model.shapes.OperationShape;
import software.amazon.smithy.model.shapes.ServiceShape;
import software.amazon.smithy.model.shapes.ShapeId;
import software.amazon.smithy.protocoltests.traits.AppliesTo;
import software.amazon.smithy.protocoltests.traits.HttpMalformedRequestTestCase;
import software.amazon.smithy.protocoltests.traits.HttpMalformedRequestTestsTrait;
import software.amazon.smithy.protocoltests.traits.HttpMessageTestCase;
import software.amazon.smithy.protocoltests.traits.HttpRequestTestCase;
import software.amazon.smithy.protocoltests.traits.HttpRequestTestsTrait;
import software.amazon.smithy.protocoltests.traits.HttpResponseTestCase;
import software.amazon.smithy.protocoltests.traits.HttpResponseTestsTrait;
import software.amazon.smithy.protocoltests.traits.eventstream.Event;
import software.amazon.smithy.protocoltests.traits.eventstream.EventStreamTestCase;
import software.amazon.smithy.protocoltests.traits.eventstream.EventStreamTestsTrait;
import software.amazon.smithy.protocoltests.traits.eventstream.EventType;

/// AWS's published conformance cases for servers, all of them. `skipped.txt` names the ones that
/// Brume does not meet, each with the reason; one that passes must leave the list.
class ConformanceTest {
  private static final Map<String, Protocol> PROTOCOLS =
      Map.of(
          "aws.protocols#awsJson1_0", Protocol.AWS_JSON_1_0,
          "aws.protocols#awsJson1_1", Protocol.AWS_JSON_1_1,
          "aws.protocols#awsQuery", Protocol.AWS_QUERY,
          "aws.protocols#restJson1", Protocol.REST_JSON_1,
          "aws.protocols#restXml", Protocol.REST_XML,
          "smithy.protocols#rpcv2Cbor", Protocol.RPC_V2_CBOR);

  private final Map<String, String> skipped = skipped();
  private final Set<String> unknownSkips = new HashSet<>(skipped.keySet());

  @TestFactory
  Stream<DynamicNode> cases() {
    Model model =
        Model.assembler()
            .discoverModels()
            .putProperty(
                software.amazon.smithy.model.loader.ModelAssembler.ALLOW_UNKNOWN_TRAITS, true)
            .assemble()
            .getResult()
            .orElseThrow();
    var containers = new TreeMap<String, DynamicNode>();
    for (ServiceShape service : model.getServiceShapes()) {
      PROTOCOLS.forEach(
          (trait, protocol) -> {
            if (service.findTrait(trait).isPresent()) {
              String name = protocol + " " + service.getId().getName();
              containers.put(
                  name,
                  dynamicContainer(name, service(model, service, ShapeId.from(trait), protocol)));
            }
          });
    }
    var nodes = new ArrayList<>(containers.values());
    nodes.add(dynamicTest("every skipped case exists", () -> assertThat(unknownSkips).isEmpty()));
    return nodes.stream();
  }

  private List<DynamicTest> service(
      Model model, ServiceShape service, ShapeId trait, Protocol protocol) {
    var services = new SmithyServices(model, protocol);
    ServiceModel converted = services.service(service);
    var tests = new ArrayList<DynamicTest>();
    for (OperationShape operation : TopDownIndex.of(model).getContainedOperations(service)) {
      Operation target = converted.operation(operation.getId().getName());
      operation
          .getTrait(HttpRequestTestsTrait.class)
          .ifPresent(
              cases ->
                  cases.getTestCasesFor(AppliesTo.SERVER).stream()
                      .filter(test -> test.getProtocol().equals(trait))
                      .forEach(
                          test ->
                              tests.add(
                                  test("request", test, () -> request(converted, target, test)))));
      operation
          .getTrait(HttpResponseTestsTrait.class)
          .ifPresent(
              cases ->
                  cases.getTestCasesFor(AppliesTo.SERVER).stream()
                      .filter(test -> test.getProtocol().equals(trait))
                      .forEach(
                          test ->
                              tests.add(
                                  test(
                                      "response", test, () -> response(converted, target, test)))));
      operation
          .getTrait(HttpMalformedRequestTestsTrait.class)
          .ifPresent(
              cases ->
                  cases.getTestCases().stream()
                      .filter(test -> test.getProtocol().equals(trait))
                      .forEach(
                          test ->
                              tests.add(
                                  test(
                                      "malformed",
                                      test.getProtocol(),
                                      test.getId(),
                                      () -> malformed(converted, target, test)))));
      operation
          .getTrait(EventStreamTestsTrait.class)
          .ifPresent(
              cases ->
                  cases.getTestCases().stream()
                      .filter(test -> test.getProtocol().equals(trait) && isAnswer(test))
                      .forEach(
                          test ->
                              tests.add(
                                  test(
                                      "events",
                                      test.getProtocol(),
                                      test.getId(),
                                      () -> events(converted, target, test)))));
      for (ShapeId error : operation.getErrors(service)) {
        model
            .expectShape(error)
            .getTrait(HttpResponseTestsTrait.class)
            .ifPresent(
                cases ->
                    cases.getTestCasesFor(AppliesTo.SERVER).stream()
                        .filter(test -> test.getProtocol().equals(trait))
                        .forEach(
                            test ->
                                tests.add(
                                    test(
                                        "error",
                                        test,
                                        () -> error(converted, services.shape(error), test)))));
      }
    }
    return tests;
  }

  private interface Check {
    void run() throws Exception;
  }

  private DynamicTest test(String kind, HttpMessageTestCase test, Check check) {
    return test(kind, test.getProtocol(), test.getId(), check);
  }

  private DynamicTest test(String kind, ShapeId protocol, String caseId, Check check) {
    String id = kind + " " + protocol.getName() + " " + caseId;
    unknownSkips.remove(id);
    return dynamicTest(
        id,
        () -> {
          String reason = skipped.get(id);
          if (reason == null) {
            try {
              check.run();
            } catch (AssertionError | Exception e) {
              throw new AssertionError(id + ": " + e, e);
            }
            return;
          }
          boolean passed;
          try {
            check.run();
            passed = true;
          } catch (AssertionError | Exception e) {
            passed = false;
          }
          assertThat(passed).as("skipped (" + reason + ") but passes").isFalse();
        });
  }

  private static void request(ServiceModel model, Operation operation, HttpRequestTestCase test) {
    var headers = new Headers();
    test.getHeaders().forEach(headers::add);
    String query = test.getQueryParams().isEmpty() ? null : String.join("&", test.getQueryParams());
    byte[] body = bytes(test, test.getBody().orElse(""));
    String host = test.getResolvedHost().or(test::getHost).orElse("localhost");
    Struct input =
        decode(model, operation, test.getMethod(), host, test.getUri(), query, headers, body);
    assertThat(Values.tree(input))
        .isEqualTo(Values.tree(Values.struct(operation.input(), test.getParams())));
  }

  private static Struct decode(
      ServiceModel model,
      Operation operation,
      String method,
      String host,
      String uri,
      @Nullable String query,
      Headers headers,
      byte[] body) {
    int question = uri.indexOf('?');
    String path = question < 0 ? uri : uri.substring(0, question);
    String fullQuery = question < 0 ? query : uri.substring(question + 1);
    ServiceModel.Identity identity = model.identity();
    Protocol protocol = identity.protocols().getFirst();
    if (protocol == Protocol.AWS_JSON_1_0 || protocol == Protocol.AWS_JSON_1_1) {
      // Some cases leave it to the client to add it.
      headers.set("X-Amz-Target", identity.targetPrefix() + "." + operation.name());
    }
    var head = new RequestHead(method, host, path, fullQuery, headers, identity.signingName());
    Route route =
        new Router(List.of(identity), name -> model)
            .route(head, head.hasForm() ? new String(body, StandardCharsets.UTF_8) : null);
    if (route.error() != null) {
      throw route.error();
    }
    assertThat(route.operation()).isSameAs(operation);
    Body whole = Payload.open(head, Body.of(body).stream(), body.length, null);
    return Codecs.of(route.protocol())
        .decode(model, operation, new WireRequest(method, route.path(), fullQuery, headers, whole));
  }

  private static void response(ServiceModel model, Operation operation, HttpResponseTestCase test)
      throws IOException {
    Struct output = Values.struct(operation.output(), test.getParams());
    Protocol protocol = model.identity().protocols().getFirst();
    WireResponse response = Codecs.of(protocol).encode(model, operation, output, "foo-id");
    compare(response, test);
  }

  private static void error(ServiceModel model, Shape shape, HttpResponseTestCase test)
      throws IOException {
    Struct struct = Values.struct(shape, test.getParams());
    Shape.ErrorTrait trait = shape.error();
    ServiceError error =
        new ServiceError(shape.name(), null, trait.httpStatus()) {
          @Override
          public Struct struct() {
            return struct;
          }
        };
    Protocol protocol = model.identity().protocols().getFirst();
    compare(Codecs.of(protocol).encodeError(model, error, "foo-id"), test);
  }

  private static void compare(WireResponse response, HttpResponseTestCase test) throws IOException {
    assertThat(response.status()).isEqualTo(test.getCode());
    test.getHeaders()
        .forEach(
            (name, value) -> {
              // Lengths and request ids are the gateway's.
              if (!name.equalsIgnoreCase("Content-Length")
                  && !name.equalsIgnoreCase("X-Amzn-Requestid")) {
                assertThat(response.headers().get(name)).as("header " + name).isEqualTo(value);
              }
            });
    test.getForbidHeaders().forEach(name -> assertThat(response.headers().has(name)).isFalse());
    if (test.getBody().isEmpty()) {
      return;
    }
    byte[] expected = bytes(test, test.getBody().get());
    byte[] actual = response.body().stream().readAllBytes();
    String mediaType = test.getBodyMediaType().orElse("");
    if (mediaType.contains("json") && expected.length > 0) {
      assertThat(withoutNamespace(new ObjectMapper().readTree(actual)))
          .isEqualTo(withoutNamespace(new ObjectMapper().readTree(expected)));
    } else if (mediaType.contains("cbor") && expected.length > 0) {
      assertThat(withoutNamespace(new CBORMapper().readTree(actual)))
          .isEqualTo(withoutNamespace(new CBORMapper().readTree(expected)));
    } else if (mediaType.contains("xml") && expected.length > 0) {
      // AWS's query services add metadata and a namespace that the cases leave out.
      String tree =
          XmlTree.of(actual).replace("ErrorResponse{xmlns=https://example.com/}", "ErrorResponse");
      String wanted =
          XmlTree.of(expected)
              .replace("ErrorResponse{xmlns=https://example.com/}", "ErrorResponse");
      String metadata = "  ResponseMetadata\n    RequestId=foo-id\n";
      assertThat(wanted.contains(metadata) ? tree : tree.replace(metadata, "")).isEqualTo(wanted);
    } else {
      assertThat(new String(actual, StandardCharsets.UTF_8))
          .isEqualTo(new String(expected, StandardCharsets.UTF_8));
    }
  }

  // Clients drop the namespace of `__type`; AWS's services have their own there. Numbers compare by
  // value.
  private static Object withoutNamespace(com.fasterxml.jackson.databind.JsonNode node) {
    if (node.isObject()) {
      var map = new TreeMap<String, Object>();
      node.properties()
          .forEach(
              entry ->
                  map.put(
                      entry.getKey(),
                      entry.getKey().equals("__type")
                          ? entry.getValue().asText().replaceAll(".*#", "")
                          : withoutNamespace(entry.getValue())));
      return map;
    } else if (node.isArray()) {
      var list = new ArrayList<>();
      node.forEach(element -> list.add(withoutNamespace(element)));
      return list;
    }
    return node.isNumber() ? (Object) node.asDouble() : node;
  }

  private static void malformed(
      ServiceModel model, Operation operation, HttpMalformedRequestTestCase test) {
    var request = test.getRequest();
    var headers = new Headers();
    request.getHeaders().forEach(headers::add);
    String query =
        request.getQueryParams().isEmpty() ? null : String.join("&", request.getQueryParams());
    byte[] body = request.getBody().orElse("").getBytes(StandardCharsets.UTF_8);
    ServiceError error = null;
    try {
      Struct input =
          decode(
              model,
              operation,
              request.getMethod(),
              "localhost",
              request.getUri().orElse("/"),
              query,
              headers,
              body);
      Validation.check(model, operation, input);
    } catch (ServiceError e) {
      error = e;
    }
    assertThat(error).as("an error").isNotNull();
    assertThat(error.httpStatus()).isEqualTo(test.getResponse().getCode());
    String type = test.getResponse().getHeaders().get("x-amzn-errortype");
    assertThat(error.code()).isEqualTo(type);
  }

  // What a server sends; no operation of the services here takes a stream of events.
  private static boolean isAnswer(EventStreamTestCase test) {
    return test.getAppliesTo().orElse(AppliesTo.SERVER) == AppliesTo.SERVER
        && !test.getExpectation().isFailure()
        && !test.getEvents().isEmpty()
        && test.getEvents().stream().allMatch(event -> event.getType() == EventType.RESPONSE);
  }

  private static void events(ServiceModel model, Operation operation, EventStreamTestCase test)
      throws IOException {
    Struct output =
        Values.struct(
            operation.output(), test.getInitialResponseParams().orElse(Node.objectNode()));
    Member stream = operation.output().payload();
    assertThat(stream).isNotNull();
    var wanted = new ByteArrayOutputStream();
    for (Event event : test.getEvents()) {
      wanted.writeBytes(event.getBytes().orElseThrow());
    }
    EventStream events =
        sink -> {
          for (Event event : test.getEvents()) {
            sink.send(Values.struct(stream.target(), event.getParams().orElseThrow()));
          }
        };
    output.set(stream.index(), events);
    WireResponse response = Codecs.of(Protocol.REST_JSON_1).encode(model, operation, output, "id");
    assertThat(response.headers().get("Content-Type"))
        .isEqualTo("application/vnd.amazon.eventstream");
    var sent = new ByteArrayOutputStream();
    response.events().writeTo(sent);
    assertThat(sent.toByteArray()).isEqualTo(wanted.toByteArray());
  }

  private static byte[] bytes(HttpMessageTestCase test, String body) {
    return test.getProtocol().getName().equals("rpcv2Cbor")
        ? Base64.getDecoder().decode(body)
        : body.getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, String> skipped() {
    var skipped = new TreeMap<String, String>();
    try (InputStream in = ConformanceTest.class.getResourceAsStream("/protocol/skipped.txt")) {
      String reason = "";
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (line.startsWith("#")) {
          reason = line.substring(1).strip();
        } else if (!line.isBlank()) {
          skipped.put(line.strip(), reason);
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return skipped;
  }
}
