package dev.brume.sql;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A database of the catalog.
public record Database(
    String name,
    @Nullable String comment,
    @Nullable String location,
    Map<String, String> parameters) {}
