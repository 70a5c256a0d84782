package dev.brume.functions;

import org.jspecify.annotations.Nullable;

/// What serves one of Lambda's runtimes on this machine.
///
/// @param runtime Lambda's name, e.g. `nodejs22.x`
/// @param program null when nothing does
/// @param version of the program
/// @param exact whether it is the very version that the runtime has on Lambda
/// @param needs what has to be on the machine, for people
public record RuntimeEntry(
    String runtime, @Nullable String program, String version, boolean exact, String needs) {}
