package dev.brume.commands;

import dev.brume.functions.SandboxFacts;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/// `brume doctor`, the part of it that only a trial can tell: how functions are held in here.
public final class DoctorCommand {
  private DoctorCommand() {}

  /// Returns 0 for a full sandbox and 1 for less. Throws IllegalArgumentException with a line for
  /// the user.
  public static int run(List<String> arguments, PrintStream out) throws IOException {
    if (!arguments.isEmpty()) {
      throw new IllegalArgumentException("usage: brume doctor");
    }
    SandboxFacts facts = SandboxFacts.probe();
    out.println("Sandbox  tier " + facts.tier() + (facts.missing().isEmpty() ? ", complete" : ""));
    out.println("         network: " + facts.network());
    out.println("         memory:  " + facts.memory());
    out.println("         /tmp:    " + facts.storage());
    out.println("         freeze:  " + facts.freeze());
    for (String missing : facts.missing()) {
      out.println("         missing  " + missing);
    }
    return facts.missing().isEmpty() ? 0 : 1;
  }
}
