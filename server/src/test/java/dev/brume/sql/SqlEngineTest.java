package dev.brume.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlEngineTest {
  private static final Instant NOW = Instant.parse("2025-03-04T05:06:07.089Z");

  @TempDir Path folder;
  private final FakeCatalog catalog = new FakeCatalog();
  private final FakeObjects objects = new FakeObjects();
  private SqlEngine engine;
  private List<ResultColumn> columns = List.of();
  private long scannedBytes;

  @BeforeEach
  void setUp() {
    engine = new SqlEngine(folder.resolve("sql"), 256);
    run("CREATE DATABASE lake");
  }

  private String run(String sql) {
    return engine.run(
        new SqlEngine.Job("q", sql, List.of(), "lake", NOW),
        catalog,
        objects,
        new Cancellation(),
        result -> {
          columns = result.columns();
          scannedBytes = result.scannedBytes();
          return Files.readString(result.file());
        });
  }

  private void fails(String sql, String reason) {
    assertThatThrownBy(() -> run(sql)).isInstanceOf(SqlFailure.class).hasMessageContaining(reason);
  }

  private void events() {
    run(
        """
        CREATE EXTERNAL TABLE IF NOT EXISTS events (
          id bigint COMMENT 'the id', name string, tags array<string>,
          detail struct<amount:double, city:string>, attributes map<string,int>, at timestamp)
        PARTITIONED BY (year int, month string)
        ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
        LOCATION 's3://lake/events/'
        TBLPROPERTIES ('classification'='json')
        """);
    objects.put(
        "s3://lake/events/year=2025/month=01/a.json",
        """
        {"id":1,"name":"Ada","tags":["x","y"],"detail":{"Amount":1.5,"city":"Rome"},"attributes":{"k":7},"at":"2025-01-02 03:04:05"}
        {"ID":2,"name":null,"tags":[]}
        """);
    objects.put(
        "s3://lake/events/year=2025/month=02/b.json", "{\"id\":3,\"name\":\"say \\\"hi\\\"\"}\n");
    objects.put("s3://lake/events/year=2024/month=12/c.json", "{\"id\":4,\"name\":\"\"}");
    run(
        "ALTER TABLE events ADD IF NOT EXISTS"
            + " PARTITION (year=2025, month='01') LOCATION 's3://lake/events/year=2025/month=01/'"
            + " PARTITION (year=2025, month='02')"
            + " PARTITION (year=2024, month=12) LOCATION 's3://lake/events/year=2024/month=12/'");
  }

  @Test
  void readsJsonWithNestedValues() {
    events();
    assertThat(
            run(
                "SELECT id, name, tags, detail, attributes, at, year, month FROM events ORDER BY id"))
        .isEqualTo(
            """
            "id","name","tags","detail","attributes","at","year","month"
            "1","Ada","[x, y]","{amount=1.5, city=Rome}","{k=7}","2025-01-02 03:04:05.000","2025","01"
            "2",,"[]",,,,"2025","01"
            "3","say ""hi""\",,,,,"2025","02"
            "4","",,,,,"2024","12"
            """
                .replace("\\\"", "\""));
    assertThat(columns.stream().map(ResultColumn::type))
        .containsExactly(
            "bigint", "varchar", "array", "row", "map", "timestamp", "integer", "varchar");
  }

  @Test
  void readsOnlyThePartitionsThatWhereSelects() {
    events();
    assertThat(
            run(
                "SELECT count(*) AS n FROM events e WHERE e.year = 2025 AND month IN ('01') AND id > 0"))
        .isEqualTo("\"n\"\n\"2\"\n");
    assertThat(objects.opened).containsExactly("s3://lake/events/year=2025/month=01/a.json");
    assertThat(scannedBytes)
        .isEqualTo(objects.objects.get("s3://lake/events/year=2025/month=01/a.json").length);
    objects.opened.clear();
    run("SELECT * FROM events a LEFT JOIN events b ON a.id = b.id WHERE b.year IS NULL");
    assertThat(objects.opened).hasSize(3);
    objects.opened.clear();
    assertThat(run("SELECT \"$path\" FROM lake.events WHERE year + 1 = 2025"))
        .isEqualTo("\"$path\"\n\"s3://lake/events/year=2024/month=12/c.json\"\n");
    assertThat(objects.opened).hasSize(1);
  }

  @Test
  void aTableWithoutPartitionsRegisteredIsEmpty() {
    events();
    run("ALTER TABLE events DROP PARTITION (year=2025), PARTITION (year=2024, month='12')");
    assertThat(run("SELECT id FROM events")).isEqualTo("\"id\"\n");
    assertThat(run("SHOW PARTITIONS events")).isEmpty();
    assertThat(run("MSCK REPAIR TABLE events")).contains("year=2025/month=02");
    assertThat(run("SHOW PARTITIONS lake.events"))
        .isEqualTo("year=2024/month=12\nyear=2025/month=01\nyear=2025/month=02\n");
    assertThat(run("SELECT count(*) FROM \"events$partitions\"")).isEqualTo("\"_col0\"\n\"3\"\n");
  }

  @Test
  void readsDelimitedTextAndCsvAlsoCompressed() throws IOException {
    run(
        "CREATE EXTERNAL TABLE people (name string, age int, langs array<string>) ROW FORMAT"
            + " DELIMITED FIELDS TERMINATED BY ',' COLLECTION ITEMS TERMINATED BY '|' LOCATION"
            + " 's3://lake/people' TBLPROPERTIES ('skip.header.line.count'='1')");
    objects.gzip(
        "s3://lake/people/p.csv.gz", "name,age,langs\r\nAda,36,en|fr\r\nBob,x\r\n\\N,4,it,extra\n");
    objects.put("s3://lake/people/_SUCCESS", "x");
    objects.put("s3://lake/people_other/p.csv", "no,1");
    assertThat(run("SELECT * FROM people"))
        .isEqualTo(
            "\"name\",\"age\",\"langs\"\n\"Ada\",\"36\",\"[en, fr]\"\n\"Bob\",,\n,\"4\",\"[it]\"\n");
    run(
        "CREATE EXTERNAL TABLE sales (item string, price decimal(8,2), day date) ROW FORMAT SERDE"
            + " 'org.apache.hadoop.hive.serde2.OpenCSVSerde' WITH SERDEPROPERTIES"
            + " ('separatorChar'=';') STORED AS TEXTFILE LOCATION 's3://lake/sales/'");
    objects.put("s3://lake/sales/s.csv", "\"a;b\";1.5;2025-01-01\n\"say \"\"hi\"\"\";2;19000\n");
    assertThat(run("SELECT item, price, day, price * 2 FROM sales"))
        .isEqualTo(
            "\"item\",\"price\",\"day\",\"_col3\"\n\"a;b\",\"1.50\",\"2025-01-01\",\"3.00\"\n"
                + "\"say \"\"hi\"\"\",\"2.00\",\"2022-01-08\",\"4.00\"\n");
  }

  @Test
  void speaksTrino() {
    assertThat(one("SELECT 7 / 2")).isEqualTo("3");
    assertThat(one("SELECT date_add('day', 1, DATE '2025-01-31')")).isEqualTo("2025-02-01");
    assertThat(one("SELECT date_diff('day', DATE '2025-01-01', DATE '2025-02-01')"))
        .isEqualTo("31");
    assertThat(one("SELECT date_format(TIMESTAMP '2025-01-02 13:04:05', '%Y/%m/%d %H:%i:%s')"))
        .isEqualTo("2025/01/02 13:04:05");
    assertThat(one("SELECT date_parse('2025-01-02 13:04', '%Y-%m-%d %H:%i')"))
        .isEqualTo("2025-01-02 13:04:00.000");
    assertThat(
            one("SELECT format_datetime(TIMESTAMP '2025-01-02 13:04:05', 'yyyy-MM-dd HH:mm:ss')"))
        .isEqualTo("2025-01-02 13:04:05");
    assertThat(one("SELECT from_unixtime(0)")).isEqualTo("1970-01-01 00:00:00.000 UTC");
    assertThat(one("SELECT to_unixtime(from_unixtime(5))")).isEqualTo("5.0");
    assertThat(one("SELECT current_date")).isEqualTo("2025-03-04");
    assertThat(one("SELECT now()")).isEqualTo("2025-03-04 05:06:07.089 UTC");
    assertThat(one("SELECT json_extract_scalar('{\"a\":{\"b\":\"c\"}}', '$.a.b')")).isEqualTo("c");
    assertThat(one("SELECT element_at(ARRAY[1,2], 2) + cardinality(ARRAY[1,2,3])")).isEqualTo("5");
    assertThat(one("SELECT map_agg(a, b) FROM (VALUES ('x', 1)) AS t(a, b)")).isEqualTo("{x=1}");
    assertThat(one("SELECT sum(x) FROM (VALUES 1, 2, 3) AS t(x)")).isEqualTo("6");
    assertThat(
            one(
                "SELECT sum(n) FROM (SELECT ARRAY[4,5] AS l) CROSS JOIN UNNEST(l) WITH ORDINALITY AS u(x, n)"))
        .isEqualTo("3");
    assertThat(one("SELECT try_cast('x' AS integer) IS NULL")).isEqualTo("true");
    assertThat(one("SELECT CAST(ARRAY[1] AS array(varchar))")).isEqualTo("[1]");
    assertThat(one("SELECT if(1 > 2, 'a', 'b') || concat('c', 'd')")).isEqualTo("bcd");
    assertThat(one("SELECT if(1 > 2, 'a') IS NULL")).isEqualTo("true");
    assertThat(one("SELECT regexp_like('abc', 'b') AND regexp_extract('abc', 'x') IS NULL"))
        .isEqualTo("true");
    assertThat(one("SELECT regexp_replace('a1b2', '([a-z])(\\d)', '$2$1')")).isEqualTo("1a2b");
    assertThat(one("SELECT transform(ARRAY[1,2], x -> x + 1)")).isEqualTo("[2, 3]");
    assertThat(one("SELECT filter(ARRAY[1,2], x -> x > 1)")).isEqualTo("[2]");
    assertThat(one("SELECT count(*) FILTER (WHERE x > 1) FROM (VALUES 1, 2) AS t(x)"))
        .isEqualTo("1");
    assertThat(one("SELECT approx_distinct(x) FROM (VALUES 1, 2) AS t(x)")).isEqualTo("2");
    assertThat(one("SELECT date_trunc('month', TIMESTAMP '2025-01-02 13:04:05')"))
        .isEqualTo("2025-01-01 00:00:00.000");
    assertThat(one("SELECT 1e10")).isEqualTo("1.0E10");
    assertThat(one("SELECT to_hex(md5(to_utf8('a')))"))
        .isEqualTo("0CC175B9C0F1B6A831C399E269772661");
    assertThat(one("SELECT day_of_week(DATE '2025-03-03')")).isEqualTo("1");
    assertThat(one("SELECT current_timestamp - INTERVAL '1' DAY"))
        .isEqualTo("2025-03-03 05:06:07.089 UTC");
    assertThat(
            one(
                "WITH a AS (SELECT 1 AS x) SELECT x FROM a UNION ALL SELECT 2 ORDER BY 1 DESC LIMIT 1"))
        .isEqualTo("2");
    assertThat(run("EXPLAIN SELECT 1")).contains("PROJECTION");
  }

  private String one(String sql) {
    String text = run(sql);
    return text.substring(text.indexOf('\n') + 2, text.length() - 2);
  }

  @Test
  void wrongSqlFailsWithAthenasReason() {
    events();
    fails(
        "SELECT * FROM nope",
        "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.lake.nope' does not exist");
    fails("SELECT * FROM nope.t", "SCHEMA_NOT_FOUND: line 1:15: Schema 'nope' does not exist");
    fails(
        "SELECT\n  nope FROM events",
        "COLUMN_NOT_FOUND: line 2:3: Column 'nope' cannot be resolved");
    fails("SELECT nope(1)", "FUNCTION_NOT_FOUND: line 1:8: Function 'nope' not registered");
    fails("SELECT 1 +", "SYNTAX_ERROR: line 1:");
    fails("SELECT * FORM events", "SYNTAX_ERROR: line 1:15: mismatched input 'events'");
    fails("SELECT `a` FROM events", "backquoted identifiers");
    fails("SELECT CAST('x' AS integer)", "INVALID_CAST_ARGUMENT");
    fails("SELECT id, count(*) FROM events", "EXPRESSION_NOT_AGGREGATE: line 1:8");
    fails("SELECT 'open", "not closed");
    fails("SELECT 1; SELECT 2", "only one statement");
    fails("ALTER TABEL x", "FAILED: ParseException line 1:");
    fails("ALTER TABLE nope ADD PARTITION (a=1)", "Table not found lake.nope");
    fails("ALTER TABLE events ADD PARTITION (year=2025, month='01')", "AlreadyExistsException");
    fails(
        "ALTER TABLE events ADD PARTITION (year=2025)",
        "doesn't contain all (2) partition columns");
    fails("ALTER TABLE events ADD PARTITION (year=x, month='01')", "ParseException");
    fails("ALTER TABLE events ADD PARTITION (year='x', month='01')", "Error 10248");
    fails("ALTER TABLE events ADD PARTITION (day=1)", "Non-Partition column");
    fails("CREATE EXTERNAL TABLE events (a int) LOCATION 's3://x/'", "AlreadyExistsException");
    fails("CREATE EXTERNAL TABLE e2 (a nope) LOCATION 's3://x/'", "ParseException");
    fails("INSERT INTO events VALUES (1)", "NOT_SUPPORTED");
  }

  @Test
  void reachesNothingOfTheHost() throws IOException {
    events();
    Path secret = folder.resolve("secret.csv");
    Files.writeString(secret, "secret");
    for (String from :
        List.of(
            "read_csv('" + secret + "')",
            "read_text('" + secret + "')",
            "glob('/*')",
            "'" + secret + "'",
            "\"" + secret + "\"",
            "duckdb_settings()",
            "query('SELECT 1')",
            "pragma_version()",
            "generate_series(1, 2)")) {
      assertThatThrownBy(() -> run("SELECT * FROM " + from))
          .as(from)
          .isInstanceOf(SqlFailure.class)
          .hasMessageNotContaining("secret\n");
    }
    for (String sql :
        List.of(
            "SELECT getenv('HOME')",
            "SELECT current_setting('temp_directory')",
            "SELECT (SELECT max(content) FROM read_text('" + secret + "'))",
            "WITH x AS (SELECT * FROM read_csv('" + secret + "')) SELECT * FROM x",
            "SELECT * FROM events WHERE id IN (SELECT 1 FROM '" + secret + "')",
            "SELECT * FROM events ORDER BY (SELECT 1 FROM read_csv('" + secret + "'))",
            "SELECT * FROM (DESCRIBE events)",
            "SELECT * FROM information_schema.tables",
            "SELECT * FROM duckdb_tables",
            "SELECT * FROM pg_catalog.pg_tables",
            "SELECT * FROM \"$brume\".v0",
            "COPY events TO '/tmp/x'",
            "ATTACH '/tmp/x.db'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "PRAGMA version",
            "SET memory_limit='9GB'",
            "EXPLAIN COPY (SELECT 1) TO '/tmp/x'",
            "WITH x AS (SELECT 1) DELETE FROM x")) {
      assertThatThrownBy(() -> run(sql)).as(sql).isInstanceOf(SqlFailure.class);
    }
  }

  @Test
  void describesWhatIsThere() {
    events();
    assertThat(run("SHOW TABLES")).isEqualTo("events\n");
    assertThat(run("SHOW TABLES IN lake 'ev*'")).isEqualTo("events\n");
    assertThat(run("SHOW DATABASES")).isEqualTo("default\nlake\n");
    assertThat(run("DESCRIBE events"))
        .startsWith("id                  \tbigint              \tthe id              \n")
        .contains("# Partition Information");
    assertThat(run("SHOW CREATE TABLE events"))
        .startsWith("CREATE EXTERNAL TABLE `lake.events`(\n  `id` bigint COMMENT 'the id', \n")
        .contains("PARTITIONED BY ( \n  `year` int, \n  `month` string)");
    assertThat(run("SHOW COLUMNS IN events")).contains("attributes");
    run("ALTER TABLE events ADD COLUMNS (extra string)");
    run("ALTER TABLE events SET TBLPROPERTIES ('a'='b')");
    assertThat(run("SELECT extra FROM events WHERE id = 1")).isEqualTo("\"extra\"\n\n");
    assertThat(run("SHOW TBLPROPERTIES events('a')")).isEqualTo("b\n");
    run("CREATE OR REPLACE VIEW ids AS SELECT id, name FROM events WHERE year = 2025");
    assertThat(run("SELECT max(id) AS m FROM lake.ids")).isEqualTo("\"m\"\n\"3\"\n");
    run("ALTER TABLE events SET TBLPROPERTIES ('projection.enabled'='true')");
    fails("SELECT * FROM events", "NOT_SUPPORTED: partition projection (lake.events");
    fails("DROP DATABASE lake", "is not empty");
    run("DROP TABLE events");
    fails("DROP TABLE events", "Table not found");
    run("DROP TABLE IF EXISTS events");
    run("DROP DATABASE lake CASCADE");
    assertThat(run("SHOW DATABASES")).isEqualTo("default\n");
  }

  @Test
  void hostileStatementsFail() {
    fails("SELECT " + "(".repeat(60_000) + "1", "nested");
    fails("SELECT 1" + "+1".repeat(60_000), "depth");
    fails("SELECT sequence(1, 2000000000)", "more than 10000 entries");
    fails("SELECT sequence(1, 100000, 2)", "more than 10000 entries");
    fails("SELECT lpad('x', 2000000000, 'y')", "Target length");
    var ctes = new StringBuilder("WITH a0 AS (SELECT 1)");
    for (int i = 1; i < 3000; i++) {
      ctes.append(", a").append(i).append(" AS (SELECT * FROM a").append(i - 1).append(')');
    }
    fails(ctes + " SELECT * FROM a2999", "QUERY_HAS_TOO_MANY_STAGES");
    fails(
        "CREATE EXTERNAL TABLE x (a " + "array<".repeat(30_000) + "int) LOCATION 's3://a/'",
        "nested too deep");
    assertThat(one("SELECT sequence(DATE '2025-01-30', DATE '2025-02-01')"))
        .isEqualTo("[2025-01-30, 2025-01-31, 2025-02-01]");
    assertThat(one("SELECT sequence(1, 7, 3)")).isEqualTo("[1, 4, 7]");
    assertThat(one("SELECT lpad('x', 3, 'y')")).isEqualTo("yyx");
  }

  @Test
  void aCancelledStatementStops() {
    var cancellation = new Cancellation();
    cancellation.cancel();
    assertThatThrownBy(
            () ->
                engine.run(
                    new SqlEngine.Job("q", "SELECT 1", List.of(), "lake", NOW),
                    catalog,
                    objects,
                    cancellation,
                    SqlResult::rows))
        .hasMessage("Query cancelled by user");
  }
}
