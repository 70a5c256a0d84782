/// What the command line does to a server that runs: `clock`, `logs`, `invoke`. Speaks HTTP to it,
/// as any other client would.
@NullMarked
package dev.brume.commands;

import org.jspecify.annotations.NullMarked;
