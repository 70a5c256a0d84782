package dev.brume.commands;

import dev.brume.functions.FunctionsSettings;
import dev.brume.functions.RuntimeEntry;
import dev.brume.functions.Runtimes;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/// `brume runtimes [add nodejs22.x]`: which program serves which of Lambda's runtimes. Needs no
/// server.
public final class RuntimesCommand {
  private static final String ROW = "%-12s %-9s %-10s %s%n";

  private RuntimesCommand() {}

  /// Throws IllegalArgumentException with a line for the user.
  public static int run(List<String> arguments, PrintStream out) throws IOException {
    var settings = FunctionsSettings.of(Path.of(".brume"));
    if (arguments.isEmpty()) {
      print(Runtimes.table(settings), out);
      return 0;
    }
    if (arguments.size() != 2 || !arguments.getFirst().equals("add")) {
      throw new IllegalArgumentException("usage: brume runtimes [add nodejs22.x]");
    }
    out.println(arguments.get(1) + " is in " + Runtimes.add(settings, arguments.get(1)));
    out.println("A server that runs finds it when it is started again.");
    return 0;
  }

  private static void print(List<RuntimeEntry> table, PrintStream out) {
    out.printf(ROW, "RUNTIME", "SERVED", "VERSION", "BY");
    for (RuntimeEntry entry : table) {
      if (entry.program() == null) {
        out.printf(ROW, entry.runtime(), "missing", "-", "needs " + entry.needs());
      } else {
        String how = entry.exact() ? "exactly" : "nearest";
        out.printf(ROW, entry.runtime(), how, entry.version(), entry.program());
      }
    }
    boolean add =
        table.stream().anyMatch(entry -> entry.runtime().startsWith("nodejs") && !entry.exact());
    if (add) {
      out.println();
      out.println("./brume runtimes add nodejs22.x installs another Node for functions.");
    }
    out.println("dotnet* and go1.x are refused: executables of their own run on provided.al2023.");
  }
}
