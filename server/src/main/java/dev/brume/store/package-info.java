/// Durable state: [Kv], ordered keys with transactions by closure, and [Blobs], files for large
/// bodies. Knows no service.
@NullMarked
package dev.brume.store;

import org.jspecify.annotations.NullMarked;
