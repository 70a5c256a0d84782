/// The HTTP door: a listener and [Exchange], a blocking request and response on a virtual thread.
/// Knows no AWS.
@NullMarked
package dev.brume.http;

import org.jspecify.annotations.NullMarked;
