package dev.brume.sql;

import java.util.Map;

/// Where and how rows are kept.
///
/// @param location `s3://bucket/prefix/`, empty if none
/// @param inputFormat Hadoop's class
/// @param outputFormat Hadoop's class
/// @param serde the class that reads rows
/// @param serdeParameters its settings, e.g. `field.delim`
public record Storage(
    String location,
    String inputFormat,
    String outputFormat,
    String serde,
    Map<String, String> serdeParameters) {
  public Storage at(String newLocation) {
    return new Storage(newLocation, inputFormat, outputFormat, serde, serdeParameters);
  }
}
