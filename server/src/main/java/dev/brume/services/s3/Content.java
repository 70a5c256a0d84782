package dev.brume.services.s3;

/// Where bytes are.
///
/// @param id of the inline row or the blob
/// @param inline in the store itself
record Content(String id, boolean inline, long sizeBytes) {}
