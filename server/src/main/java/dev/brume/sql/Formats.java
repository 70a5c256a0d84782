package dev.brume.sql;

import java.util.Locale;
import java.util.Map;

/// The Hadoop and Hive classes that stand for file formats.
final class Formats {
  static final String LAZY_SIMPLE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
  static final String OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
  static final String OPENX_JSON = "org.openx.data.jsonserde.JsonSerDe";
  static final String HIVE_JSON = "org.apache.hive.hcatalog.data.JsonSerDe";
  static final String HIVE_JSON_3 = "org.apache.hadoop.hive.serde2.JsonSerDe";
  static final String PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";
  static final String TEXT_INPUT = "org.apache.hadoop.mapred.TextInputFormat";
  static final String TEXT_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";
  static final String PARQUET_INPUT =
      "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat";
  static final String PARQUET_OUTPUT =
      "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat";

  private Formats() {}

  /// What `STORED AS <format>` means.
  static Storage storedAs(String format, String location) {
    return switch (format.toUpperCase(Locale.ROOT)) {
      case "TEXTFILE" -> new Storage(location, TEXT_INPUT, TEXT_OUTPUT, LAZY_SIMPLE, Map.of());
      case "JSONFILE" -> new Storage(location, TEXT_INPUT, TEXT_OUTPUT, HIVE_JSON, Map.of());
      case "PARQUET" -> new Storage(location, PARQUET_INPUT, PARQUET_OUTPUT, PARQUET, Map.of());
      case "ORC" ->
          new Storage(
              location,
              "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
              "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
              "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
              Map.of());
      case "AVRO" ->
          new Storage(
              location,
              "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
              "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat",
              "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
              Map.of());
      default ->
          throw SqlFailure.semantic(
              "Unrecognized file format in STORED AS clause: '" + format + "'");
    };
  }
}
