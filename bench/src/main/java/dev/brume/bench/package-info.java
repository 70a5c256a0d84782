/// Benchmarks as ratios, in one run, on one machine.
@NullMarked
package dev.brume.bench;

import org.jspecify.annotations.NullMarked;
