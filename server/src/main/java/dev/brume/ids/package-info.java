/// The one source of randomness.
@NullMarked
package dev.brume.ids;

import org.jspecify.annotations.NullMarked;
