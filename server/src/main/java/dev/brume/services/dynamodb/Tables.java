package dev.brume.services.dynamodb;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.dynamodb.*;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// From a request for a table to its definition and back to its description.
final class Tables {
  private Tables() {}

  /// Checks CreateTable's parameters. Throws ValidationException with AWS's texts.
  static Table create(Call call, CreateTableInput in, Ids ids) {
    refuse(in);
    var attributes = new LinkedHashMap<String, String>();
    in.attributeDefinitions()
        .forEach(
            definition -> attributes.put(definition.attributeName(), definition.attributeType()));
    Table.KeySchema key = schema(in.keySchema(), attributes);
    var indexes = new ArrayList<Table.Index>();
    for (LocalSecondaryIndex index : in.localSecondaryIndexes()) {
      Table.KeySchema own = schema(index.keySchema(), attributes);
      if (!own.hash().equals(key.hash()) || key.range() == null) {
        throw DynamoDbErrors.invalidParameter(
            key.range() == null
                ? "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex"
                : "Index KeySchema does not have the same leading hash key as table KeySchema for index: "
                    + index.indexName());
      }
      indexes.add(index(index.indexName(), false, own, index.projection(), null));
    }
    for (GlobalSecondaryIndex index : in.globalSecondaryIndexes()) {
      indexes.add(
          index(
              index.indexName(),
              true,
              schema(index.keySchema(), attributes),
              index.projection(),
              index.provisionedThroughput()));
    }
    checkIndexes(in, indexes);
    checkAttributes(attributes, key, indexes);
    String billing = in.billingMode() == null ? "PROVISIONED" : in.billingMode();
    ProvisionedThroughput throughput = in.provisionedThroughput();
    if (billing.equals("PROVISIONED") && throughput == null) {
      throw DynamoDbErrors.invalidParameter(
          "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
    }
    if (billing.equals("PAY_PER_REQUEST") && throughput != null) {
      throw DynamoDbErrors.invalidParameter(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
    }
    var settings = new HashMap<String, String>();
    if (in.tableClass() != null) {
      settings.put("TableClass", in.tableClass());
    }
    if (in.sseSpecification() != null && Boolean.TRUE.equals(in.sseSpecification().enabled())) {
      settings.put(
          "SSE",
          in.sseSpecification().kmsMasterKeyId() == null
              ? "alias/aws/dynamodb"
              : in.sseSpecification().kmsMasterKeyId());
    }
    var tags = new LinkedHashMap<String, String>();
    in.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
    return new Table(
        name(in.tableName()),
        ids.uuid(),
        call.now().toEpochMilli(),
        attributes,
        key,
        List.copyOf(indexes),
        billing,
        throughput == null ? 0 : throughput.readCapacityUnits(),
        throughput == null ? 0 : throughput.writeCapacityUnits(),
        Boolean.TRUE.equals(in.deletionProtectionEnabled()),
        null,
        tags,
        settings);
  }

  private static String name(String nameOrArn) {
    return nameOrArn.startsWith("arn:")
        ? nameOrArn.substring(nameOrArn.lastIndexOf('/') + 1)
        : nameOrArn;
  }

  private static void refuse(CreateTableInput in) {
    if (in.streamSpecification() != null
        && Boolean.TRUE.equals(in.streamSpecification().streamEnabled())) {
      throw DynamoDbErrors.unsupported("StreamSpecification");
    }
    if (in.resourcePolicy() != null) {
      throw DynamoDbErrors.unsupported("ResourcePolicy");
    }
    if (in.globalTableSourceArn() != null || in.globalTableSettingsReplicationMode() != null) {
      throw DynamoDbErrors.unsupported("GlobalTableSourceArn");
    }
    if (in.hasVectorIndexes()) {
      throw DynamoDbErrors.unsupported("VectorIndexes");
    }
    if (in.onDemandThroughput() != null) {
      throw DynamoDbErrors.unsupported("OnDemandThroughput");
    }
    if (in.warmThroughput() != null) {
      throw DynamoDbErrors.unsupported("WarmThroughput");
    }
  }

  static Table.KeySchema schema(List<KeySchemaElement> elements, Map<String, String> attributes) {
    if (elements.isEmpty() || elements.size() > 2 || !elements.get(0).keyType().equals("HASH")) {
      throw DynamoDbErrors.validation(
          "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    }
    if (elements.size() == 2 && !elements.get(1).keyType().equals("RANGE")) {
      throw DynamoDbErrors.validation(
          "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    }
    List<String> names = elements.stream().map(KeySchemaElement::attributeName).toList();
    if (names.size() == 2 && names.get(0).equals(names.get(1))) {
      throw DynamoDbErrors.validation(
          "Both the Hash Key and the Range Key element in the KeySchema have the same name");
    }
    if (!attributes.keySet().containsAll(names)) {
      var missing = names.stream().filter(name -> !attributes.containsKey(name)).toList();
      throw DynamoDbErrors.invalidParameter(
          "Some index key attributes are not defined in AttributeDefinitions. Keys: "
              + missing
              + ", AttributeDefinitions: "
              + attributes.keySet());
    }
    return new Table.KeySchema(names.get(0), names.size() == 2 ? names.get(1) : null);
  }

  static Table.Index index(
      String name,
      boolean global,
      Table.KeySchema key,
      @Nullable Projection projection,
      @Nullable ProvisionedThroughput throughput) {
    String type =
        projection == null || projection.projectionType() == null
            ? ""
            : projection.projectionType();
    if (type.isEmpty()) {
      throw DynamoDbErrors.invalidParameter("Unknown ProjectionType: null");
    }
    List<String> included = projection == null ? List.of() : projection.nonKeyAttributes();
    if (type.equals("INCLUDE") == included.isEmpty()) {
      throw DynamoDbErrors.invalidParameter(
          type.equals("INCLUDE")
              ? "NonKeyAttributes must be specified when ProjectionType is INCLUDE"
              : "ProjectionType is " + type + ", but NonKeyAttributes is specified");
    }
    return new Table.Index(
        name,
        global,
        key,
        type,
        List.copyOf(included),
        throughput == null ? 0 : throughput.readCapacityUnits(),
        throughput == null ? 0 : throughput.writeCapacityUnits());
  }

  private static void checkIndexes(CreateTableInput in, List<Table.Index> indexes) {
    if (in.globalSecondaryIndexes().size() > DynamoDbLimits.GLOBAL_INDEXES_MAX) {
      throw DynamoDbErrors.invalidParameter(
          "GlobalSecondaryIndex count exceeds the per-table limit of "
              + DynamoDbLimits.GLOBAL_INDEXES_MAX);
    }
    if (in.localSecondaryIndexes().size() > DynamoDbLimits.LOCAL_INDEXES_MAX) {
      throw DynamoDbErrors.invalidParameter(
          "Number of LocalSecondaryIndexes exceeds per-table limit of "
              + DynamoDbLimits.LOCAL_INDEXES_MAX);
    }
    var names = new HashSet<String>();
    for (Table.Index index : indexes) {
      if (!names.add(index.name())) {
        throw DynamoDbErrors.invalidParameter("Duplicate index name: " + index.name());
      }
    }
  }

  static void checkAttributes(
      Map<String, String> attributes, Table.KeySchema key, List<Table.Index> indexes) {
    Set<String> used = new HashSet<>(key.names());
    indexes.forEach(index -> used.addAll(index.key().names()));
    if (!used.containsAll(attributes.keySet())) {
      throw DynamoDbErrors.invalidParameter(
          "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions");
    }
  }

  static TableDescription describe(
      Call call, Table table, DynamoDbStore.Statistics statistics, String status) {
    var out =
        new TableDescription()
            .tableName(table.name())
            .tableId(table.id())
            .tableArn(arn(call, table))
            .tableStatus(status)
            .creationDateTime(Instant.ofEpochMilli(table.createdMillis()))
            .keySchema(schema(table.key()))
            .attributeDefinitions(
                table.attributes().entrySet().stream()
                    .map(
                        e ->
                            new AttributeDefinition()
                                .attributeName(e.getKey())
                                .attributeType(e.getValue()))
                    .toList())
            .provisionedThroughput(throughput(table.readUnits(), table.writeUnits()))
            .itemCount(statistics.items())
            .tableSizeBytes(statistics.bytes())
            .deletionProtectionEnabled(table.deletionProtection());
    if (table.billingMode().equals("PAY_PER_REQUEST")) {
      out.billingModeSummary(
          new BillingModeSummary()
              .billingMode(table.billingMode())
              .lastUpdateToPayPerRequestDateTime(Instant.ofEpochMilli(table.createdMillis())));
    }
    if (table.settings().containsKey("TableClass")) {
      out.tableClassSummary(new TableClassSummary().tableClass(table.settings().get("TableClass")));
    }
    if (table.settings().containsKey("SSE")) {
      out.sseDescription(
          new SSEDescription()
              .status("ENABLED")
              .sseType("KMS")
              .kmsMasterKeyArn(call.arn("kms", table.settings().get("SSE"))));
    }
    describeIndexes(call, table, out, statistics);
    return out;
  }

  private static void describeIndexes(
      Call call, Table table, TableDescription out, DynamoDbStore.Statistics statistics) {
    var locals = new ArrayList<LocalSecondaryIndexDescription>();
    var globals = new ArrayList<GlobalSecondaryIndexDescription>();
    for (Table.Index index : table.indexes()) {
      String arn = arn(call, table) + "/index/" + index.name();
      var projection =
          new Projection()
              .projectionType(index.projection())
              .nonKeyAttributes(index.included().isEmpty() ? null : index.included());
      if (index.global()) {
        globals.add(
            new GlobalSecondaryIndexDescription()
                .indexName(index.name())
                .indexArn(arn)
                .indexStatus("ACTIVE")
                .keySchema(schema(index.key()))
                .projection(projection)
                .provisionedThroughput(throughput(index.readUnits(), index.writeUnits()))
                .itemCount(statistics.items())
                .indexSizeBytes(statistics.bytes()));
      } else {
        locals.add(
            new LocalSecondaryIndexDescription()
                .indexName(index.name())
                .indexArn(arn)
                .keySchema(schema(index.key()))
                .projection(projection)
                .itemCount(statistics.items())
                .indexSizeBytes(statistics.bytes()));
      }
    }
    out.localSecondaryIndexes(locals.isEmpty() ? null : locals);
    out.globalSecondaryIndexes(globals.isEmpty() ? null : globals);
  }

  static String arn(Call call, Table table) {
    return call.arn("dynamodb", "table/" + table.name());
  }

  private static List<KeySchemaElement> schema(Table.KeySchema key) {
    var elements = new ArrayList<KeySchemaElement>();
    elements.add(new KeySchemaElement().attributeName(key.hash()).keyType("HASH"));
    if (key.range() != null) {
      elements.add(new KeySchemaElement().attributeName(key.range()).keyType("RANGE"));
    }
    return elements;
  }

  private static ProvisionedThroughputDescription throughput(long read, long write) {
    return new ProvisionedThroughputDescription()
        .readCapacityUnits(read)
        .writeCapacityUnits(write)
        .numberOfDecreasesToday(0L);
  }
}
