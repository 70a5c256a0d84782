package dev.brume.services.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.ids.Ids;
import dev.brume.model.Body;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.Principal;
import dev.brume.model.Service;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModels;
import dev.brume.model.Struct;
import dev.brume.model.athena.*;
import dev.brume.model.glue.GlueApi;
import dev.brume.model.s3.GetObjectOutput;
import dev.brume.model.s3.GetObjectRequest;
import dev.brume.model.s3.ListObjectsV2Output;
import dev.brume.model.s3.ListObjectsV2Request;
import dev.brume.model.s3.Object_;
import dev.brume.model.s3.PutObjectOutput;
import dev.brume.model.s3.PutObjectRequest;
import dev.brume.model.s3.S3Api;
import dev.brume.services.glue.GlueService;
import dev.brume.store.MemoryKv;
import dev.brume.time.VirtualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AthenaServiceTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /// Objects in memory, in any bucket but `closed`.
  private static final class Bucket implements S3Api {
    final TreeMap<String, byte[]> objects = new TreeMap<>();

    @Override
    public synchronized PutObjectOutput putObject(Call call, PutObjectRequest in) {
      if (in.bucket().equals("closed")) {
        throw new ServiceError("AccessDenied", "Access Denied", 403);
      }
      try {
        objects.put(in.bucket() + "/" + in.key(), in.body().stream().readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new PutObjectOutput();
    }

    @Override
    public synchronized GetObjectOutput getObject(Call call, GetObjectRequest in) {
      byte[] bytes = objects.get(in.bucket() + "/" + in.key());
      if (bytes == null) {
        throw new ServiceError("NoSuchKey", "The specified key does not exist.", 404);
      }
      int from =
          in.range() == null ? 0 : Integer.parseInt(in.range().replaceAll("bytes=(\\d+)-", "$1"));
      return new GetObjectOutput().body(Body.of(Arrays.copyOfRange(bytes, from, bytes.length)));
    }

    @Override
    public synchronized ListObjectsV2Output listObjectsV2(Call call, ListObjectsV2Request in) {
      String prefix = in.bucket() + "/" + in.prefix();
      return new ListObjectsV2Output()
          .contents(
              objects.entrySet().stream()
                  .filter(e -> e.getKey().startsWith(prefix))
                  .map(
                      e ->
                          new Object_()
                              .key(e.getKey().substring(in.bucket().length() + 1))
                              .size((long) e.getValue().length))
                  .toList());
    }
  }

  @TempDir Path folder;
  private final MemoryKv kv = new MemoryKv();
  private final Bucket bucket = new Bucket();
  private final GlueApi glue = new GlueService(kv);
  private final Operations operations =
      new Operations() {
        @Override
        public Struct call(Call call, String name, String operation, Struct input) {
          Service service = name.equals("s3") ? bucket : glue;
          return service.call(ServiceModels.get(name).operation(operation).index(), call, input);
        }
      };
  private final VirtualClock clock = new VirtualClock(kv, () -> START);
  private final Call call =
      new Call("000000000000", "us-east-1", new Principal.Root("000000000000"), "r", START, "");
  private AthenaService athena;

  @BeforeEach
  void start() {
    athena = service();
  }

  private AthenaService service() {
    return new AthenaService(
        kv, clock, operations, new Ids(new Random(kv.hashCode())), folder.resolve("queries"));
  }

  private StartQueryExecutionInput query(String sql) {
    return new StartQueryExecutionInput()
        .queryString(sql)
        .resultConfiguration(new ResultConfiguration().outputLocation("s3://results/q"));
  }

  private QueryExecution run(String sql) {
    return ended(athena.startQueryExecution(call, query(sql)).queryExecutionId());
  }

  private QueryExecution ended(String id) {
    while (true) {
      QueryExecution execution =
          athena
              .getQueryExecution(call, new GetQueryExecutionInput().queryExecutionId(id))
              .queryExecution();
      if (execution.status().completionDateTime() != null) {
        return execution;
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  private List<List<String>> rows(QueryExecution execution) {
    return athena
        .getQueryResults(
            call, new GetQueryResultsInput().queryExecutionId(execution.queryExecutionId()))
        .resultSet()
        .rows()
        .stream()
        .map(r -> r.data().stream().map(Datum::varCharValue).toList())
        .toList();
  }

  @Test
  void aLakeFromItsTableToItsAnswer() {
    run("CREATE DATABASE lake");
    run(
        "CREATE EXTERNAL TABLE lake.t (id int, name string) PARTITIONED BY (day string) ROW FORMAT"
            + " SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://lake/t/'");
    bucket.objects.put(
        "lake/t/day=1/a", "{\"id\":1,\"name\":\"é\"}".getBytes(StandardCharsets.UTF_8));
    bucket.objects.put("lake/t/day=2/a", "{\"id\":2}".getBytes(StandardCharsets.UTF_8));
    run("ALTER TABLE lake.t ADD IF NOT EXISTS PARTITION (day='1') PARTITION (day='2')");
    QueryExecution done = run("SELECT id, name FROM lake.t WHERE day = '1'");
    assertThat(done.status().state()).isEqualTo("SUCCEEDED");
    assertThat(done.statistics().dataScannedInBytes())
        .isEqualTo(bucket.objects.get("lake/t/day=1/a").length);
    assertThat(rows(done)).containsExactly(List.of("id", "name"), List.of("1", "é"));
    assertThat(done.resultConfiguration().outputLocation())
        .isEqualTo("s3://results/q/" + done.queryExecutionId() + ".csv");
    assertThat(bucket.objects)
        .containsKeys(
            "results/q/" + done.queryExecutionId() + ".csv",
            "results/q/" + done.queryExecutionId() + ".csv.metadata");
    QueryExecution shown = run("SHOW PARTITIONS lake.t");
    assertThat(rows(shown)).containsExactly(List.of("day=1"), List.of("day=2"));
    assertThat(shown.resultConfiguration().outputLocation()).endsWith(".txt");
    assertThat(shown.statementType()).isEqualTo("UTILITY");
  }

  @Test
  void pagesOfResultsBeginWhereTheLastEnded() {
    QueryExecution done = run("SELECT x, 'é\"\n' AS y FROM (VALUES 1, 2, 3) AS t(x) ORDER BY x");
    var first =
        athena.getQueryResults(
            call,
            new GetQueryResultsInput().queryExecutionId(done.queryExecutionId()).maxResults(2));
    assertThat(first.resultSet().rows()).hasSize(2);
    var second =
        athena.getQueryResults(
            call,
            new GetQueryResultsInput()
                .queryExecutionId(done.queryExecutionId())
                .nextToken(first.nextToken()));
    assertThat(second.nextToken()).isNull();
    assertThat(second.resultSet().rows().stream().map(r -> r.data().getFirst().varCharValue()))
        .containsExactly("2", "3");
    assertThat(second.resultSet().rows().getFirst().data().get(1).varCharValue())
        .isEqualTo("é\"\n");
  }

  @Test
  void wrongStatementsFailWithAReason() {
    QueryExecution failed = run("SELECT * FROM nope");
    assertThat(failed.status().state()).isEqualTo("FAILED");
    assertThat(failed.status().stateChangeReason())
        .isEqualTo(
            "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.nope' does not exist");
    assertThatThrownBy(() -> rows(failed))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("FAILED");
    assertThatThrownBy(() -> athena.startQueryExecution(call, query("SELEC 1")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("mismatched input 'SELEC'");
    assertThatThrownBy(() -> athena.startQueryExecution(call, query("x".repeat(300_000))))
        .isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(
            () ->
                athena.startQueryExecution(
                    call, new StartQueryExecutionInput().queryString("SELECT 1")))
        .hasMessageContaining("No output location provided");
    var closed =
        athena.startQueryExecution(
            call,
            query("SELECT 1")
                .resultConfiguration(new ResultConfiguration().outputLocation("s3://closed/")));
    assertThat(ended(closed.queryExecutionId()).status().stateChangeReason())
        .startsWith("Access denied when writing output to url: s3://closed/");
  }

  @Test
  void theSameTokenIsTheSameExecution() {
    String token = "t".repeat(40);
    String id =
        athena
            .startQueryExecution(call, query("SELECT 1").clientRequestToken(token))
            .queryExecutionId();
    assertThat(
            athena
                .startQueryExecution(call, query("SELECT 1").clientRequestToken(token))
                .queryExecutionId())
        .isEqualTo(id);
    assertThatThrownBy(
            () -> athena.startQueryExecution(call, query("SELECT 2").clientRequestToken(token)))
        .isInstanceOf(InvalidRequestException.class);
    ended(id);
  }

  @Test
  void aQueryCanBeStopped() {
    String id =
        athena
            .startQueryExecution(
                call,
                query(
                    "SELECT count(*) FROM unnest(sequence(1, 10000)) AS a(x), unnest(sequence(1,"
                        + " 10000)) AS b(y), unnest(sequence(1, 10000)) AS c(z) WHERE x * y + z = 7"))
            .queryExecutionId();
    athena.stopQueryExecution(call, new StopQueryExecutionInput().queryExecutionId(id));
    assertThat(ended(id).status().state()).isEqualTo("CANCELLED");
    assertThat(run("SELECT 1").status().state()).isEqualTo("SUCCEEDED");
  }

  @Test
  void whatACrashInterruptedRunsAgain() {
    var store = new AthenaStore();
    var open =
        new Execution(
            "interrupted",
            "SELECT 7 AS x",
            List.of(),
            "default",
            "primary",
            "s3://results/interrupted.csv",
            "RUNNING",
            null,
            START.toEpochMilli(),
            START.toEpochMilli(),
            0,
            0,
            0,
            List.of(),
            Callers.row(call));
    kv.tx(
        tx -> {
          store.put(tx, call, open);
          return 0;
        });
    service().start();
    QueryExecution done = ended("interrupted");
    assertThat(done.status().state()).isEqualTo("SUCCEEDED");
    assertThat(rows(done)).containsExactly(List.of("x"), List.of("7"));
  }

  @Test
  void parametersAreLiteralsInOrder() {
    var in = query("SELECT ? AS a, ? AS b").executionParameters(List.of("'x'' OR 1=1'", "5"));
    QueryExecution done = ended(athena.startQueryExecution(call, in).queryExecutionId());
    assertThat(rows(done).get(1)).containsExactly("x' OR 1=1", "5");
    var wrong = query("SELECT ? AS a").executionParameters(List.of("(SELECT 1)"));
    assertThat(
            ended(athena.startQueryExecution(call, wrong).queryExecutionId())
                .status()
                .stateChangeReason())
        .startsWith("INVALID_PARAMETER_USAGE");
  }

  @Test
  void aQueryThatScansMoreThanItsWorkGroupAllowsIsCancelled() {
    athena.createWorkGroup(
        call,
        new CreateWorkGroupInput()
            .name("thrifty")
            .configuration(
                new WorkGroupConfiguration()
                    .bytesScannedCutoffPerQuery(10_000_000L)
                    .resultConfiguration(
                        new ResultConfiguration().outputLocation("s3://results/t/"))));
    run("CREATE EXTERNAL TABLE big (line string) LOCATION 's3://lake/big/'");
    byte[] lines = ("x".repeat(99) + "\n").repeat(60_000).getBytes(StandardCharsets.UTF_8);
    bucket.objects.put("lake/big/a", lines);
    assertThat(ended(thrifty()).status().state()).isEqualTo("SUCCEEDED");
    bucket.objects.put("lake/big/b", lines);
    var status = ended(thrifty()).status();
    assertThat(status.state()).isEqualTo("CANCELLED");
    assertThat(status.stateChangeReason()).contains("Bytes scanned limit was exceeded");
  }

  private String thrifty() {
    return athena
        .startQueryExecution(call, query("SELECT count(*) FROM big").workGroup("thrifty"))
        .queryExecutionId();
  }

  @Test
  void resultsAreNotEncryptedInWaysThatAreNotThere() {
    var results =
        new ResultConfiguration()
            .outputLocation("s3://results/q/")
            .encryptionConfiguration(
                new EncryptionConfiguration().encryptionOption("SSE_KMS").kmsKey("key"));
    assertThatThrownBy(
            () -> athena.startQueryExecution(call, query("SELECT 1").resultConfiguration(results)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("SSE_KMS");
  }

  @Test
  void workGroupsGiveTheOutputLocation() {
    athena.createWorkGroup(
        call,
        new CreateWorkGroupInput()
            .name("team")
            .configuration(
                new WorkGroupConfiguration()
                    .resultConfiguration(
                        new ResultConfiguration().outputLocation("s3://results/team/"))));
    String id =
        athena.startQueryExecution(call, query("SELECT 1").workGroup("team")).queryExecutionId();
    assertThat(ended(id).resultConfiguration().outputLocation())
        .isEqualTo("s3://results/team/" + id + ".csv");
    assertThat(
            athena
                .listQueryExecutions(call, new ListQueryExecutionsInput().workGroup("team"))
                .queryExecutionIds())
        .containsExactly(id);
    assertThatThrownBy(() -> athena.createWorkGroup(call, new CreateWorkGroupInput().name("team")))
        .hasMessage("WorkGroup is already created");
    athena.deleteWorkGroup(call, new DeleteWorkGroupInput().workGroup("team"));
    assertThatThrownBy(() -> athena.getWorkGroup(call, new GetWorkGroupInput().workGroup("team")))
        .isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(
            () -> athena.deleteWorkGroup(call, new DeleteWorkGroupInput().workGroup("primary")))
        .isInstanceOf(InvalidRequestException.class);
  }
}
