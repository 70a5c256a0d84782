/// The Hive and Trino SQL dialects of Athena on embedded DuckDB. Knows no service.
@NullMarked
package dev.brume.sql;

import org.jspecify.annotations.NullMarked;
