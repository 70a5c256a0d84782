package dev.brume.services.glue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.glue.*;
import dev.brume.store.MemoryKv;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlueServiceTest {
  private final GlueService glue = new GlueService(new MemoryKv());
  private final Call call =
      new Call(
          "000000000000",
          "us-east-1",
          new Principal.Root("000000000000"),
          "r",
          Instant.parse("2026-01-01T00:00:00Z"),
          "");

  @BeforeEach
  void table() {
    glue.createDatabase(
        call, new CreateDatabaseRequest().databaseInput(new DatabaseInput().name("Lake")));
    glue.createTable(call, new CreateTableRequest().databaseName("lake").tableInput(input()));
    for (int year = 2024; year <= 2025; year++) {
      for (int month = 1; month <= 12; month++) {
        glue.createPartition(
            call,
            new CreatePartitionRequest()
                .databaseName("lake")
                .tableName("events")
                .partitionInput(
                    new PartitionInput()
                        .values(List.of(String.valueOf(year), String.valueOf(month)))));
      }
    }
  }

  private static TableInput input() {
    return new TableInput()
        .name("Events")
        .partitionKeys(
            List.of(
                new Column().name("year").type("string"), new Column().name("month").type("int")))
        .storageDescriptor(
            new StorageDescriptor()
                .columns(List.of(new Column().name("id").type("bigint")))
                .location("s3://lake/events/"));
  }

  private List<List<String>> matching(String expression) {
    return glue
        .getPartitions(
            call,
            new GetPartitionsRequest()
                .databaseName("lake")
                .tableName("events")
                .expression(expression))
        .partitions()
        .stream()
        .map(Partition::values)
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          year = '2025'                                   | 12
          year='2025' AND month = 3                       | 1
          month > 9                                       | 6
          month >= 9 and not (year = '2024')              | 4
          year IN ('2024', '2030') AND month BETWEEN 2 AND 4 | 3
          month = 1 OR month = 12                         | 4
          year LIKE '%25' AND month <> 1                  | 11
          "year" != '2025'                                | 12
          month NOT IN (1, 2)                             | 20
          """)
  void filtersPartitions(String expression, int expected) {
    assertThat(matching(expression)).hasSize(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "year",
        "year =",
        "= 1",
        "day = 1",
        "year = '2025",
        "(year = '1'",
        "month > 'x'",
        "year = '1' AND",
        "year ~ 'x'",
        "; DROP",
        "year = '1' month"
      })
  void refusesWrongExpressions(String expression) {
    assertThatThrownBy(() -> matching(expression)).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void deeplyNestedExpressionsAreRefused() {
    assertThatThrownBy(() -> matching("(".repeat(50_000) + "month = 1"))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void namesAreLowerCaseAndUnique() {
    assertThat(
            glue.getTable(call, new GetTableRequest().databaseName("LAKE").name("EVENTS"))
                .table()
                .name())
        .isEqualTo("events");
    assertThatThrownBy(
            () ->
                glue.createTable(
                    call, new CreateTableRequest().databaseName("lake").tableInput(input())))
        .isInstanceOf(AlreadyExistsException.class);
    assertThatThrownBy(
            () -> glue.getTable(call, new GetTableRequest().databaseName("no").name("events")))
        .isInstanceOf(EntityNotFoundException.class)
        .hasMessage("Database no not found.");
  }

  @Test
  void otherRegionsHaveTheirOwnCatalog() {
    assertThat(
            glue.getDatabases(call.in("000000000000", "eu-west-1"), new GetDatabasesRequest())
                .databaseList())
        .isEmpty();
  }

  @Test
  void pagesThroughPartitions() {
    var page =
        glue.getPartitions(
            call,
            new GetPartitionsRequest().databaseName("lake").tableName("events").maxResults(20));
    assertThat(page.partitions()).hasSize(20);
    assertThat(
            glue.getPartitions(
                    call,
                    new GetPartitionsRequest()
                        .databaseName("lake")
                        .tableName("events")
                        .nextToken(page.nextToken()))
                .partitions())
        .hasSize(4);
  }

  @Test
  void batchesSayWhichPartitionsFailed() {
    var inputs =
        IntStream.of(1, 13)
            .mapToObj(m -> new PartitionInput().values(List.of("2025", String.valueOf(m))))
            .toList();
    var answer =
        glue.batchCreatePartition(
            call,
            new BatchCreatePartitionRequest()
                .databaseName("lake")
                .tableName("events")
                .partitionInputList(inputs));
    assertThat(answer.errors()).hasSize(1);
    assertThat(answer.errors().getFirst().partitionValues()).containsExactly("2025", "1");
    assertThat(matching("month = 13")).hasSize(1);
    var deleted =
        glue.batchDeletePartition(
            call,
            new BatchDeletePartitionRequest()
                .databaseName("lake")
                .tableName("events")
                .partitionsToDelete(
                    List.of(
                        new PartitionValueList().values(List.of("2025", "13")),
                        new PartitionValueList().values(List.of("1", "1")))));
    assertThat(deleted.errors()).hasSize(1);
    assertThat(matching("month = 13")).isEmpty();
    assertThatThrownBy(
            () ->
                glue.createPartition(
                    call,
                    new CreatePartitionRequest()
                        .databaseName("lake")
                        .tableName("events")
                        .partitionInput(new PartitionInput().values(List.of("2025")))))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void aChangedTableKeepsItsFormerVersions() {
    glue.updateTable(
        call,
        new UpdateTableRequest()
            .databaseName("lake")
            .tableInput(input().parameters(Map.of("a", "b"))));
    var versions =
        glue.getTableVersions(
                call, new GetTableVersionsRequest().databaseName("lake").tableName("events"))
            .tableVersions();
    assertThat(versions.stream().map(TableVersion::versionId)).containsExactly("1", "0");
    assertThat(versions.getFirst().table().parameters()).containsEntry("a", "b");
    assertThatThrownBy(
            () ->
                glue.updateTable(
                    call,
                    new UpdateTableRequest()
                        .databaseName("lake")
                        .versionId("0")
                        .tableInput(input())))
        .isInstanceOf(ConcurrentModificationException.class);
  }

  @Test
  void aDeletedDatabaseTakesItsTablesAlong() {
    glue.deleteDatabase(call, new DeleteDatabaseRequest().name("lake"));
    glue.createDatabase(
        call, new CreateDatabaseRequest().databaseInput(new DatabaseInput().name("lake")));
    glue.createTable(call, new CreateTableRequest().databaseName("lake").tableInput(input()));
    assertThat(matching("")).isEmpty();
  }
}
