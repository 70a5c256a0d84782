package dev.brume.sql;

import org.jspecify.annotations.Nullable;

/// A column as the catalog has it.
///
/// @param name lower case
/// @param type Hive's type, e.g. `array<string>`
/// @param comment null if none
public record Column(String name, String type, @Nullable String comment) {
  public Column(String name, String type) {
    this(name, type, null);
  }
}
