package dev.brume.sql;

/// A column of a result.
///
/// @param type Athena's name, e.g. `varchar`, `bigint`, `row`
public record ResultColumn(String name, String type, int precision, int scale) {}
