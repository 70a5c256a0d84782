package dev.brume.services.glue;

import dev.brume.model.Call;
import dev.brume.model.ServiceError;
import dev.brume.model.glue.*;
import dev.brume.store.Kv;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The operations on a table's partitions.
final class Partitions {
  private final Kv kv;
  private final GlueStore store;

  Partitions(Kv kv, GlueStore store) {
    this.kv = kv;
    this.store = store;
  }

  CreatePartitionResponse create(Call call, CreatePartitionRequest in) {
    return kv.tx(
        tx -> {
          Table table =
              GlueService.requiredTable(store, tx, call, in.databaseName(), in.tableName());
          create(tx, call, table, in.partitionInput());
          return new CreatePartitionResponse();
        });
  }

  BatchCreatePartitionResponse create(Call call, BatchCreatePartitionRequest in) {
    return kv.tx(
        tx -> {
          Table table =
              GlueService.requiredTable(store, tx, call, in.databaseName(), in.tableName());
          var errors = new ArrayList<PartitionError>();
          for (PartitionInput input : in.partitionInputList()) {
            try {
              create(tx, call, table, input);
            } catch (ServiceError e) {
              errors.add(error(input.values(), e));
            }
          }
          return new BatchCreatePartitionResponse().errors(errors);
        });
  }

  private void create(Tx tx, Call call, Table table, PartitionInput in) {
    checkValues(table, in.values());
    if (store.partition(tx, call, GlueStore.databaseOf(table), table.name(), in.values()) != null) {
      throw GlueErrors.partitionExists();
    }
    store.put(tx, call, partition(call, table, in).creationTime(call.now()));
  }

  private static Partition partition(Call call, Table table, PartitionInput in) {
    return new Partition()
        .values(in.values())
        .databaseName(table.databaseName())
        .tableName(table.name())
        .lastAccessTime(in.lastAccessTime())
        .storageDescriptor(in.storageDescriptor())
        .parameters(in.hasParameters() ? in.parameters() : null)
        .lastAnalyzedTime(in.lastAnalyzedTime())
        .catalogId(call.account());
  }

  private static void checkValues(Table table, List<String> values) {
    if (values.size() != table.partitionKeys().size()) {
      throw GlueErrors.valuesDoNotMatch();
    }
  }

  private static PartitionError error(List<String> values, ServiceError e) {
    return new PartitionError().partitionValues(values).errorDetail(GlueErrors.detail(e));
  }

  GetPartitionResponse get(Call call, GetPartitionRequest in) {
    Partition partition =
        kv.read(
            reader -> {
              Table table =
                  GlueService.requiredTable(store, reader, call, in.databaseName(), in.tableName());
              checkValues(table, in.partitionValues());
              Partition found =
                  store.partition(
                      reader,
                      call,
                      GlueStore.databaseOf(table),
                      table.name(),
                      in.partitionValues());
              if (found == null) {
                throw GlueErrors.noPartition();
              }
              return found;
            });
    return new GetPartitionResponse().partition(partition);
  }

  GetPartitionsResponse list(Call call, GetPartitionsRequest in) {
    List<Partition> matching =
        kv.read(
            reader -> {
              Table table =
                  GlueService.requiredTable(store, reader, call, in.databaseName(), in.tableName());
              Predicate<List<String>> filter =
                  PartitionExpression.parse(
                      in.expression() == null ? "" : in.expression(), table.partitionKeys());
              return store
                  .partitions(reader, call, GlueStore.databaseOf(table), table.name())
                  .stream()
                  .filter(p -> filter.test(p.values()))
                  .filter(p -> inSegment(p, in.segment()))
                  .toList();
            });
    var page = Paging.of(matching, in.nextToken(), in.maxResults(), GlueLimits.PARTITION_PAGE_MAX);
    if (Boolean.TRUE.equals(in.excludeColumnSchema())) {
      for (Partition partition : page.items()) {
        if (partition.storageDescriptor() != null) {
          partition.storageDescriptor().columns(null);
        }
      }
    }
    return new GetPartitionsResponse().partitions(page.items()).nextToken(page.next());
  }

  private static boolean inSegment(Partition partition, @Nullable Segment segment) {
    return segment == null
        || Math.floorMod(partition.values().hashCode(), segment.totalSegments())
            == segment.segmentNumber();
  }

  BatchGetPartitionResponse get(Call call, BatchGetPartitionRequest in) {
    return kv.read(
        reader -> {
          Table table =
              GlueService.requiredTable(store, reader, call, in.databaseName(), in.tableName());
          var found = new ArrayList<Partition>();
          for (PartitionValueList values : in.partitionsToGet()) {
            checkValues(table, values.values());
            Partition partition =
                store.partition(
                    reader, call, GlueStore.databaseOf(table), table.name(), values.values());
            if (partition != null) {
              found.add(partition);
            }
          }
          return new BatchGetPartitionResponse().partitions(found).unprocessedKeys(List.of());
        });
  }

  UpdatePartitionResponse update(Call call, UpdatePartitionRequest in) {
    return kv.tx(
        tx -> {
          Table table =
              GlueService.requiredTable(store, tx, call, in.databaseName(), in.tableName());
          Partition old =
              store.partition(
                  tx, call, GlueStore.databaseOf(table), table.name(), in.partitionValueList());
          if (old == null) {
            throw GlueErrors.noPartition();
          }
          PartitionInput input = in.partitionInput();
          List<String> values = input.hasValues() ? input.values() : old.values();
          checkValues(table, values);
          if (!values.equals(old.values())) {
            if (store.partition(tx, call, GlueStore.databaseOf(table), table.name(), values)
                != null) {
              throw GlueErrors.partitionExists();
            }
            store.deletePartition(
                tx, call, GlueStore.databaseOf(table), table.name(), old.values());
          }
          store.put(
              tx,
              call,
              partition(call, table, input).values(values).creationTime(old.creationTime()));
          return new UpdatePartitionResponse();
        });
  }

  DeletePartitionResponse delete(Call call, DeletePartitionRequest in) {
    return kv.tx(
        tx -> {
          Table table =
              GlueService.requiredTable(store, tx, call, in.databaseName(), in.tableName());
          delete(tx, call, table, in.partitionValues());
          return new DeletePartitionResponse();
        });
  }

  BatchDeletePartitionResponse delete(Call call, BatchDeletePartitionRequest in) {
    return kv.tx(
        tx -> {
          Table table =
              GlueService.requiredTable(store, tx, call, in.databaseName(), in.tableName());
          var errors = new ArrayList<PartitionError>();
          for (PartitionValueList values : in.partitionsToDelete()) {
            try {
              delete(tx, call, table, values.values());
            } catch (ServiceError e) {
              errors.add(error(values.values(), e));
            }
          }
          return new BatchDeletePartitionResponse().errors(errors);
        });
  }

  private void delete(Tx tx, Call call, Table table, List<String> values) {
    checkValues(table, values);
    if (store.partition(tx, call, GlueStore.databaseOf(table), table.name(), values) == null) {
      throw GlueErrors.noPartition();
    }
    store.deletePartition(tx, call, GlueStore.databaseOf(table), table.name(), values);
  }
}
