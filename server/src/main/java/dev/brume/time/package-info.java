/// Time: the virtual [Clock] that can be advanced, and [Timers], everything that happens later.
/// Knows no service.
@NullMarked
package dev.brume.time;

import org.jspecify.annotations.NullMarked;
