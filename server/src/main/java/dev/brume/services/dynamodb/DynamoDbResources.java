package dev.brume.services.dynamodb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.model.Operations;
import dev.brume.model.dynamodb.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `AWS::DynamoDB::Table`.
///
// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html>
public final class DynamoDbResources {
  private final DynamoDbClient dynamoDb;

  public DynamoDbResources(Operations operations) {
    this.dynamoDb = new DynamoDbClient(operations);
  }

  public List<ResourceType> all() {
    return List.of(new TableType());
  }

  private final class TableType implements ResourceType {
    @Override
    public String name() {
      return "AWS::DynamoDB::Table";
    }

    @Override
    public Set<String> properties() {
      return Set.of(
          "TableName",
          "AttributeDefinitions",
          "KeySchema",
          "BillingMode",
          "ProvisionedThroughput",
          "GlobalSecondaryIndexes",
          "LocalSecondaryIndexes",
          "Tags",
          "TimeToLiveSpecification",
          "DeletionProtectionEnabled",
          "SSESpecification",
          "TableClass");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      ObjectNode properties = request.properties();
      String name = request.nameOr("TableName", 255);
      var in =
          new CreateTableInput()
              .tableName(name)
              .attributeDefinitions(attributes(properties))
              .keySchema(schema(properties.path("KeySchema")))
              .billingMode(text(properties, "BillingMode"))
              .provisionedThroughput(throughput(properties.path("ProvisionedThroughput")))
              .deletionProtectionEnabled(properties.path("DeletionProtectionEnabled").asBoolean())
              .tableClass(text(properties, "TableClass"))
              .sseSpecification(sse(properties.path("SSESpecification")))
              .tags(tags(request));
      var globals = new ArrayList<GlobalSecondaryIndex>();
      properties.path("GlobalSecondaryIndexes").forEach(index -> globals.add(global(index)));
      var locals = new ArrayList<LocalSecondaryIndex>();
      properties
          .path("LocalSecondaryIndexes")
          .forEach(
              index ->
                  locals.add(
                      new LocalSecondaryIndex()
                          .indexName(text(index, "IndexName"))
                          .keySchema(schema(index.path("KeySchema")))
                          .projection(projection(index.path("Projection")))));
      in.globalSecondaryIndexes(globals.isEmpty() ? null : globals)
          .localSecondaryIndexes(locals.isEmpty() ? null : locals);
      try {
        dynamoDb.createTable(request.call(), in);
      } catch (ResourceInUseException e) {
        if (!isOwn(request, name)) {
          throw e;
        }
      }
      timeToLive(request, name, properties.path("TimeToLiveSpecification"));
      return state(request, name);
    }

    // After a crash the table may be there already, made by this very request: then it carries the
    // stack's tag.
    private boolean isOwn(ResourceRequest request, String name) {
      var tags =
          dynamoDb.listTagsOfResource(
              request.call(),
              new ListTagsOfResourceInput()
                  .resourceArn(request.call().arn("dynamodb", "table/" + name)));
      return tags.tags().stream()
          .anyMatch(
              tag ->
                  tag.key().equals("aws:cloudformation:stack-id")
                      && tag.value().equals(request.stackId()));
    }

    @Override
    public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
      ObjectNode properties = request.properties();
      var in =
          new UpdateTableInput()
              .tableName(physicalId)
              .attributeDefinitions(attributes(properties))
              .billingMode(text(properties, "BillingMode"))
              .provisionedThroughput(throughput(properties.path("ProvisionedThroughput")))
              .deletionProtectionEnabled(properties.path("DeletionProtectionEnabled").asBoolean())
              .tableClass(text(properties, "TableClass"))
              .globalSecondaryIndexUpdates(indexUpdates(properties, old));
      if (!properties.path("SSESpecification").equals(old.path("SSESpecification"))) {
        SSESpecification sse = sse(properties.path("SSESpecification"));
        in.sseSpecification(sse == null ? new SSESpecification().enabled(false) : sse);
      }
      dynamoDb.updateTable(request.call(), in);
      timeToLive(request, physicalId, properties.path("TimeToLiveSpecification"));
      String arn = request.call().arn("dynamodb", "table/" + physicalId);
      var wanted = tags(request);
      var present =
          dynamoDb
              .listTagsOfResource(request.call(), new ListTagsOfResourceInput().resourceArn(arn))
              .tags();
      var gone =
          present.stream()
              .map(Tag::key)
              .filter(key -> wanted.stream().noneMatch(tag -> tag.key().equals(key)))
              .toList();
      if (!gone.isEmpty()) {
        dynamoDb.untagResource(
            request.call(), new UntagResourceInput().resourceArn(arn).tagKeys(gone));
      }
      dynamoDb.tagResource(request.call(), new TagResourceInput().resourceArn(arn).tags(wanted));
      return state(request, physicalId);
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      try {
        dynamoDb.deleteTable(request.call(), new DeleteTableInput().tableName(physicalId));
      } catch (ResourceNotFoundException e) {
        // Gone already: that is what was asked for.
        return;
      }
    }

    private ResourceState state(ResourceRequest request, String name) {
      return new ResourceState(
          name, Map.of("Arn", TextNode.valueOf(request.call().arn("dynamodb", "table/" + name))));
    }
  }

  private void timeToLive(ResourceRequest request, String table, JsonNode wanted) {
    var present =
        dynamoDb
            .describeTimeToLive(request.call(), new DescribeTimeToLiveInput().tableName(table))
            .timeToLiveDescription();
    String current =
        present != null && "ENABLED".equals(present.timeToLiveStatus())
            ? present.attributeName()
            : null;
    boolean enable = wanted.path("Enabled").asBoolean();
    String attribute = wanted.path("AttributeName").asText("");
    if (current != null && (!enable || !attribute.equals(current))) {
      dynamoDb.updateTimeToLive(
          request.call(),
          new UpdateTimeToLiveInput()
              .tableName(table)
              .timeToLiveSpecification(
                  new TimeToLiveSpecification().enabled(false).attributeName(current)));
      current = null;
    }
    if (enable && current == null) {
      dynamoDb.updateTimeToLive(
          request.call(),
          new UpdateTimeToLiveInput()
              .tableName(table)
              .timeToLiveSpecification(
                  new TimeToLiveSpecification().enabled(true).attributeName(attribute)));
    }
  }

  private static @Nullable List<GlobalSecondaryIndexUpdate> indexUpdates(
      ObjectNode properties, ObjectNode old) {
    var before = byName(old.path("GlobalSecondaryIndexes"));
    var after = byName(properties.path("GlobalSecondaryIndexes"));
    var updates = new ArrayList<GlobalSecondaryIndexUpdate>();
    before.forEach(
        (name, index) -> {
          if (!index.equals(after.get(name))) {
            updates.add(
                new GlobalSecondaryIndexUpdate()
                    .delete(new DeleteGlobalSecondaryIndexAction().indexName(name)));
          }
        });
    after.forEach(
        (name, index) -> {
          if (!index.equals(before.get(name))) {
            GlobalSecondaryIndex made = global(index);
            updates.add(
                new GlobalSecondaryIndexUpdate()
                    .create(
                        new CreateGlobalSecondaryIndexAction()
                            .indexName(name)
                            .keySchema(made.keySchema())
                            .projection(made.projection())
                            .provisionedThroughput(made.provisionedThroughput())));
          }
        });
    return updates.isEmpty() ? null : updates;
  }

  private static Map<String, JsonNode> byName(JsonNode indexes) {
    var named = new LinkedHashMap<String, JsonNode>();
    indexes.forEach(index -> named.put(index.path("IndexName").asText(), index));
    return named;
  }

  private static GlobalSecondaryIndex global(JsonNode index) {
    return new GlobalSecondaryIndex()
        .indexName(text(index, "IndexName"))
        .keySchema(schema(index.path("KeySchema")))
        .projection(projection(index.path("Projection")))
        .provisionedThroughput(throughput(index.path("ProvisionedThroughput")));
  }

  private static List<AttributeDefinition> attributes(ObjectNode properties) {
    var all = new ArrayList<AttributeDefinition>();
    properties
        .path("AttributeDefinitions")
        .forEach(
            definition ->
                all.add(
                    new AttributeDefinition()
                        .attributeName(text(definition, "AttributeName"))
                        .attributeType(text(definition, "AttributeType"))));
    return all;
  }

  private static List<KeySchemaElement> schema(JsonNode elements) {
    var all = new ArrayList<KeySchemaElement>();
    elements.forEach(
        element ->
            all.add(
                new KeySchemaElement()
                    .attributeName(text(element, "AttributeName"))
                    .keyType(text(element, "KeyType"))));
    return all;
  }

  private static Projection projection(JsonNode projection) {
    var names = new ArrayList<String>();
    projection.path("NonKeyAttributes").forEach(name -> names.add(name.asText()));
    return new Projection()
        .projectionType(text(projection, "ProjectionType"))
        .nonKeyAttributes(names.isEmpty() ? null : names);
  }

  private static @Nullable ProvisionedThroughput throughput(JsonNode throughput) {
    return throughput.isObject()
        ? new ProvisionedThroughput()
            .readCapacityUnits(throughput.path("ReadCapacityUnits").asLong())
            .writeCapacityUnits(throughput.path("WriteCapacityUnits").asLong())
        : null;
  }

  private static @Nullable SSESpecification sse(JsonNode sse) {
    return sse.isObject()
        ? new SSESpecification()
            .enabled(sse.path("SSEEnabled").asBoolean())
            .sseType(text(sse, "SSEType"))
            .kmsMasterKeyId(text(sse, "KMSMasterKeyId"))
        : null;
  }

  private static List<Tag> tags(ResourceRequest request) {
    var tags = new LinkedHashMap<>(request.tags());
    request
        .properties()
        .path("Tags")
        .forEach(tag -> tags.put(tag.path("Key").asText(), tag.path("Value").asText()));
    return tags.entrySet().stream()
        .map(e -> new Tag().key(e.getKey()).value(e.getValue()))
        .toList();
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.hasNonNull(field) ? node.get(field).asText() : null;
  }
}
