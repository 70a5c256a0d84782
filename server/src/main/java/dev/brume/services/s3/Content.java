package dev.brume.services.s3;

import org.jspecify.annotations.Nullable;

/// Where bytes are.
///
/// @param id of the inline row or the blob
/// @param inline in the store itself
/// @param iv hex, what the key of the object is used with; null when the bytes are not encrypted
record Content(String id, boolean inline, long sizeBytes, @Nullable String iv) {}
