package dev.brume.services.dynamodb;

import dev.brume.model.dynamodb.AttributeValue;
import dev.brume.model.dynamodb.CreateGlobalSecondaryIndexAction;
import dev.brume.model.dynamodb.GlobalSecondaryIndexUpdate;
import dev.brume.model.dynamodb.UpdateTableInput;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// UpdateTable: the changed definition, and the entries of new or removed indexes.
final class TableUpdate {
  private TableUpdate() {}

  static Table of(Table table, UpdateTableInput in) {
    refuse(in);
    var attributes = new LinkedHashMap<>(table.attributes());
    in.attributeDefinitions()
        .forEach(
            definition -> attributes.put(definition.attributeName(), definition.attributeType()));
    var indexes = new ArrayList<>(table.indexes());
    for (GlobalSecondaryIndexUpdate change : in.globalSecondaryIndexUpdates()) {
      apply(change, indexes, attributes);
    }
    var used = new java.util.HashSet<>(table.key().names());
    indexes.forEach(index -> used.addAll(index.key().names()));
    attributes.keySet().retainAll(used);
    String billing = in.billingMode() == null ? table.billingMode() : in.billingMode();
    boolean onDemand = billing.equals("PAY_PER_REQUEST");
    if (!onDemand && in.provisionedThroughput() == null && !billing.equals(table.billingMode())) {
      throw DynamoDbErrors.invalidParameter(
          "ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
    }
    long read =
        onDemand
            ? 0
            : in.provisionedThroughput() == null
                ? table.readUnits()
                : in.provisionedThroughput().readCapacityUnits();
    long write =
        onDemand
            ? 0
            : in.provisionedThroughput() == null
                ? table.writeUnits()
                : in.provisionedThroughput().writeCapacityUnits();
    var settings = new HashMap<>(table.settings());
    if (in.tableClass() != null) {
      settings.put("TableClass", in.tableClass());
    }
    if (in.sseSpecification() != null) {
      settings.remove("SSE");
      if (Boolean.TRUE.equals(in.sseSpecification().enabled())) {
        settings.put(
            "SSE",
            in.sseSpecification().kmsMasterKeyId() == null
                ? "alias/aws/dynamodb"
                : in.sseSpecification().kmsMasterKeyId());
      }
    }
    boolean protection =
        in.deletionProtectionEnabled() == null
            ? table.deletionProtection()
            : in.deletionProtectionEnabled();
    return new Table(
        table.name(),
        table.id(),
        table.createdMillis(),
        attributes,
        table.key(),
        indexes,
        billing,
        read,
        write,
        protection,
        table.ttlAttribute(),
        table.tags(),
        settings);
  }

  private static void refuse(UpdateTableInput in) {
    if (in.streamSpecification() != null
        && Boolean.TRUE.equals(in.streamSpecification().streamEnabled())) {
      throw DynamoDbErrors.unsupported("StreamSpecification");
    }
    if (in.hasReplicaUpdates()) {
      throw DynamoDbErrors.unsupported("ReplicaUpdates");
    }
    if (in.onDemandThroughput() != null) {
      throw DynamoDbErrors.unsupported("OnDemandThroughput");
    }
    if (in.warmThroughput() != null) {
      throw DynamoDbErrors.unsupported("WarmThroughput");
    }
    if (in.hasVectorIndexUpdates()) {
      throw DynamoDbErrors.unsupported("VectorIndexUpdates");
    }
  }

  private static void apply(
      GlobalSecondaryIndexUpdate change,
      ArrayList<Table.Index> indexes,
      Map<String, String> attributes) {
    CreateGlobalSecondaryIndexAction create = change.create();
    if (create != null) {
      if (indexes.stream().anyMatch(index -> index.name().equals(create.indexName()))) {
        throw DynamoDbErrors.validation("Attempting to create an index which already exists");
      }
      indexes.add(
          Tables.index(
              create.indexName(),
              true,
              Tables.schema(create.keySchema(), attributes),
              create.projection(),
              create.provisionedThroughput()));
    }
    if (change.delete() != null) {
      String name = change.delete().indexName();
      if (!indexes.removeIf(index -> index.global() && index.name().equals(name))) {
        throw new dev.brume.model.dynamodb.ResourceNotFoundException(
            "Requested resource not found");
      }
    }
    if (change.update() != null) {
      String name = change.update().indexName();
      var throughput = change.update().provisionedThroughput();
      indexes.replaceAll(
          index ->
              !index.name().equals(name) || throughput == null
                  ? index
                  : new Table.Index(
                      index.name(),
                      true,
                      index.key(),
                      index.projection(),
                      index.included(),
                      throughput.readCapacityUnits(),
                      throughput.writeCapacityUnits()));
    }
  }

  /// Removes the entries of dropped indexes and writes those of new ones.
  static void rebuild(Tx tx, DynamoDbStore store, Table before, Table after) {
    for (Table.Index index : before.indexes()) {
      if (after.index(index.name()) == null) {
        tx.scan(
            DynamoDbStore.entries(before, index),
            (key, _) -> {
              tx.delete(key);
              return true;
            });
      }
    }
    for (Table.Index index : after.indexes()) {
      if (before.index(index.name()) == null) {
        tx.scan(
            DynamoDbStore.items(after),
            (_, value) -> {
              Map<String, AttributeValue> item = Values.read(value);
              Map<String, AttributeValue> projected = after.projected(index, item);
              if (projected != null) {
                tx.put(DynamoDbStore.entry(after, index, item), Values.write(projected));
              }
              return true;
            });
      }
    }
  }
}
