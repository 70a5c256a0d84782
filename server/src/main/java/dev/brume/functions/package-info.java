/// Execution environments: processes that run functions. Knows no service.
///
/// An environment is one process in one sandbox with one Unix socket, on which it speaks the Lambda
/// Runtime API. [Functions] keeps them in a pool: waiting ones that know no function yet, idle ones
/// that wait for the next event of theirs. The thread that invokes does the I/O itself.
///
/// A function's process sees the machine's clock, not the virtual one: deadlines are real time.
@NullMarked
package dev.brume.functions;

import org.jspecify.annotations.NullMarked;
