package dev.brume.protocol;

import dev.brume.http.Headers;
import dev.brume.model.Body;
import org.jspecify.annotations.Nullable;

/// A request as a codec sees it.
///
/// @param path percent-encoded; for S3 already in path style
/// @param query percent-encoded, null without one
/// @param body content coding (`aws-chunked`) already removed; buffered protocols read it to the
///   end
public record WireRequest(
    String method, String path, @Nullable String query, Headers headers, Body body) {}
