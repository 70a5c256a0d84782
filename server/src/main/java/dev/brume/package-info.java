/// Brume: one process that speaks the AWS APIs and really runs serverless applications. [Brume]
/// wires everything; [Main] is the command line.
@NullMarked
package dev.brume;

import org.jspecify.annotations.NullMarked;
