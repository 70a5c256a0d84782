package dev.brume.sql;

import java.nio.file.Path;
import java.util.List;

/// What a statement gave.
///
/// @param columns none for a statement without rows
/// @param file its rows as Athena writes them: CSV with a header for queries, lines of text for the
///   others. Deleted by whoever ran the statement
/// @param rows how many there are, without the header
/// @param scannedBytes the sizes of the objects that were read
public record SqlResult(List<ResultColumn> columns, Path file, long rows, long scannedBytes) {}
