package dev.brume.sql;

import java.util.List;

/// A partition of a table.
///
/// @param values one per partition key, in their order
/// @param storage its own, often only the location differs from the table's
public record Partition(List<String> values, Storage storage) {}
