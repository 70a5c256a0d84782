/// Execution environments: processes, runtime API, pools, sandbox. Knows no service.
@NullMarked
package dev.brume.functions;

import org.jspecify.annotations.NullMarked;
