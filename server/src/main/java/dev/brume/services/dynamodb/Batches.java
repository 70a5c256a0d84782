package dev.brume.services.dynamodb;

import dev.brume.model.Call;
import dev.brume.model.dynamodb.AttributeValue;
import dev.brume.model.dynamodb.BatchGetItemInput;
import dev.brume.model.dynamodb.BatchGetItemOutput;
import dev.brume.model.dynamodb.BatchWriteItemInput;
import dev.brume.model.dynamodb.KeysAndAttributes;
import dev.brume.model.dynamodb.WriteRequest;
import dev.brume.store.Reader;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// BatchGetItem and BatchWriteItem.
final class Batches {
  private Batches() {}

  static List<Write> writes(BatchWriteItemInput in) {
    var writes = new ArrayList<Write>();
    in.requestItems()
        .forEach(
            (table, requests) -> {
              for (WriteRequest request : requests) {
                if (request.putRequest() != null && request.deleteRequest() == null) {
                  writes.add(
                      new Write(
                          Write.Kind.PUT, table, request.putRequest().item(), null, null, false));
                } else if (request.deleteRequest() != null && request.putRequest() == null) {
                  writes.add(
                      new Write(
                          Write.Kind.DELETE,
                          table,
                          request.deleteRequest().key(),
                          null,
                          null,
                          false));
                } else {
                  throw DynamoDbErrors.validation(
                      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes");
                }
              }
            });
    if (writes.size() > DynamoDbLimits.BATCH_WRITE_ITEMS_MAX) {
      throw DynamoDbErrors.validation("Too many items requested for the BatchWriteItem call");
    }
    return writes;
  }

  static List<Write.Outcome> run(Tx tx, DynamoDbStore store, Call call, List<Write> writes) {
    var outcomes = new ArrayList<Write.Outcome>();
    var seen = new HashSet<String>();
    for (Write write : writes) {
      Table table = store.needed(tx, call, write.tableName());
      if (!seen.add(write.target(table))) {
        throw DynamoDbErrors.validation("Provided list of item keys contains duplicates");
      }
      outcomes.add(write.run(tx, call, store));
    }
    return outcomes;
  }

  static BatchGetItemOutput get(
      Reader reader, DynamoDbStore store, Call call, BatchGetItemInput in) {
    int keys = in.requestItems().values().stream().mapToInt(request -> request.keys().size()).sum();
    if (keys > DynamoDbLimits.BATCH_GET_KEYS_MAX) {
      throw DynamoDbErrors.validation("Too many items requested for the BatchGetItem call");
    }
    var responses = new LinkedHashMap<String, List<Map<String, AttributeValue>>>();
    var unprocessed = new LinkedHashMap<String, KeysAndAttributes>();
    int[] bytes = {0};
    in.requestItems()
        .forEach(
            (name, request) -> {
              Legacy.refuse(request.hasAttributesToGet(), "AttributesToGet", null);
              Table table = store.needed(reader, call, name);
              var placeholders = new Placeholders(request.expressionAttributeNames(), Map.of());
              List<Path> paths =
                  request.projectionExpression() == null
                      ? null
                      : Parser.projection(request.projectionExpression(), placeholders);
              placeholders.allUsed(paths != null);
              var items = new ArrayList<Map<String, AttributeValue>>();
              var rest = new ArrayList<Map<String, AttributeValue>>();
              var seen = new HashSet<String>();
              for (Map<String, AttributeValue> given : request.keys()) {
                Map<String, AttributeValue> key = table.checkedKey(given);
                if (!seen.add(DynamoDbStore.item(table, key).toString())) {
                  throw DynamoDbErrors.validation("Provided list of item keys contains duplicates");
                }
                Map<String, AttributeValue> item = store.get(reader, table, key);
                int size = item == null ? 0 : Values.size(item);
                if (bytes[0] + size > DynamoDbLimits.BATCH_GET_BYTES_MAX) {
                  rest.add(given);
                } else if (item != null) {
                  bytes[0] += size;
                  items.add(Pages.project(item, paths));
                }
              }
              responses.put(name, items);
              if (!rest.isEmpty()) {
                unprocessed.put(
                    name,
                    new KeysAndAttributes()
                        .keys(rest)
                        .projectionExpression(request.projectionExpression())
                        .expressionAttributeNames(
                            request.hasExpressionAttributeNames()
                                ? request.expressionAttributeNames()
                                : null));
              }
            });
    return new BatchGetItemOutput().responses(responses).unprocessedKeys(unprocessed);
  }
}
