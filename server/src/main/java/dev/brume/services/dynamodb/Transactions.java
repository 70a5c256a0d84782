package dev.brume.services.dynamodb;

import dev.brume.model.Call;
import dev.brume.model.ServiceError;
import dev.brume.model.dynamodb.*;
import dev.brume.store.Key;
import dev.brume.store.Kv;
import dev.brume.store.Tx;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// TransactWriteItems and TransactGetItems: all or nothing, in one transaction of the store.
final class Transactions {
  private static final CancellationReason NONE = new CancellationReason().code("None");
  private final Kv kv;
  private final DynamoDbStore store;

  Transactions(Kv kv, DynamoDbStore store) {
    this.kv = kv;
    this.store = store;
  }

  TransactWriteItemsOutput write(Call call, TransactWriteItemsInput in) {
    List<Write> writes = in.transactItems().stream().map(Transactions::write).toList();
    String token = in.clientRequestToken();
    String digest = digest(in);
    List<Write.Outcome> outcomes =
        kv.tx(
            tx -> {
              if (token != null && repeated(tx, call, token, digest)) {
                return List.<Write.Outcome>of();
              }
              return run(tx, call, writes);
            });
    return new TransactWriteItemsOutput()
        .consumedCapacity(Capacity.all(in.returnConsumedCapacity(), outcomes));
  }

  private List<Write.Outcome> run(Tx tx, Call call, List<Write> writes) {
    var seen = new HashSet<String>();
    for (Write write : writes) {
      Table table = store.needed(tx, call, write.tableName());
      if (!seen.add(write.target(table))) {
        throw DynamoDbErrors.validation(
            "Transaction request cannot include multiple operations on one item");
      }
    }
    var outcomes = new ArrayList<Write.Outcome>();
    var reasons = new ArrayList<CancellationReason>();
    boolean failed = false;
    int bytes = 0;
    for (Write write : writes) {
      try {
        Write.Outcome outcome = write.run(tx, call, store);
        bytes += outcome.bytes();
        outcomes.add(outcome);
        reasons.add(NONE);
      } catch (ConditionalCheckFailedException e) {
        failed = true;
        reasons.add(
            new CancellationReason()
                .code("ConditionalCheckFailed")
                .message(e.getMessage())
                .item(e.hasItem() ? e.item() : null));
      } catch (ServiceError e) {
        if (!e.code().equals("ValidationException")) {
          throw e;
        }
        failed = true;
        reasons.add(new CancellationReason().code("ValidationError").message(e.getMessage()));
      }
    }
    if (failed) {
      throw DynamoDbErrors.canceled(reasons);
    }
    if (bytes > DynamoDbLimits.TRANSACTION_BYTES_MAX) {
      throw DynamoDbErrors.validation("Collection size has exceeded the maximum allowed size");
    }
    return outcomes;
  }

  private static boolean repeated(Tx tx, Call call, String token, String digest) {
    Key key = Key.of("dynamodb", call.account(), call.region(), "token", token);
    byte[] row = tx.get(key);
    if (row != null) {
      String[] stored = new String(row, StandardCharsets.UTF_8).split(" ");
      if (call.now().getEpochSecond() - Long.parseLong(stored[0])
          < DynamoDbLimits.TRANSACTION_TOKEN_SECONDS) {
        if (!stored[1].equals(digest)) {
          throw DynamoDbErrors.tokenMismatch();
        }
        return true;
      }
    }
    tx.put(key, (call.now().getEpochSecond() + " " + digest).getBytes(StandardCharsets.UTF_8));
    return false;
  }

  private static String digest(TransactWriteItemsInput in) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(in.transactItems().toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Write write(TransactWriteItem item) {
    long kinds =
        List.of(
                item.put() != null,
                item.update() != null,
                item.delete() != null,
                item.conditionCheck() != null)
            .stream()
            .filter(set -> set)
            .count();
    if (kinds != 1) {
      throw DynamoDbErrors.validation(
          "TransactItems can only contain one of Check, Put, Update or Delete");
    }
    Put put = item.put();
    if (put != null) {
      return Write.of(
          Write.Kind.PUT,
          put.tableName(),
          put.item(),
          null,
          put.conditionExpression(),
          put.expressionAttributeNames(),
          put.expressionAttributeValues(),
          put.returnValuesOnConditionCheckFailure());
    }
    Update update = item.update();
    if (update != null) {
      return Write.of(
          Write.Kind.UPDATE,
          update.tableName(),
          update.key(),
          update.updateExpression(),
          update.conditionExpression(),
          update.expressionAttributeNames(),
          update.expressionAttributeValues(),
          update.returnValuesOnConditionCheckFailure());
    }
    Delete delete = item.delete();
    if (delete != null) {
      return Write.of(
          Write.Kind.DELETE,
          delete.tableName(),
          delete.key(),
          null,
          delete.conditionExpression(),
          delete.expressionAttributeNames(),
          delete.expressionAttributeValues(),
          delete.returnValuesOnConditionCheckFailure());
    }
    return check(item.conditionCheck());
  }

  private static Write check(@Nullable ConditionCheck check) {
    if (check == null) {
      throw new IllegalStateException("no operation");
    }
    return Write.of(
        Write.Kind.CHECK,
        check.tableName(),
        check.key(),
        null,
        check.conditionExpression(),
        check.expressionAttributeNames(),
        check.expressionAttributeValues(),
        check.returnValuesOnConditionCheckFailure());
  }

  TransactGetItemsOutput get(Call call, TransactGetItemsInput in) {
    return kv.read(
        reader -> {
          var responses = new ArrayList<ItemResponse>();
          for (TransactGetItem item : in.transactItems()) {
            Get get = item.get();
            var placeholders = new Placeholders(get.expressionAttributeNames(), Map.of());
            List<Path> paths =
                get.projectionExpression() == null
                    ? null
                    : Parser.projection(get.projectionExpression(), placeholders);
            placeholders.allUsed(paths != null);
            Table table = store.needed(reader, call, get.tableName());
            Map<String, AttributeValue> found =
                store.get(reader, table, table.checkedKey(get.key()));
            responses.add(
                new ItemResponse().item(found == null ? null : Pages.project(found, paths)));
          }
          return new TransactGetItemsOutput().responses(responses);
        });
  }
}
