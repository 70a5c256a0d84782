package dev.brume;

import dev.brume.commands.ClockCommand;
import dev.brume.commands.DoctorCommand;
import dev.brume.commands.InvokeCommand;
import dev.brume.commands.LogsCommand;
import dev.brume.commands.RuntimesCommand;
import dev.brume.http.PortInUse;
import dev.brume.store.StoreLocked;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The command line: `up`, and the commands for a server that runs.
public final class Main {
  // Held, since a logger that nobody holds forgets its level.
  private static final List<Logger> QUIET =
      List.of(Logger.getLogger("io.netty"), Logger.getLogger("io.vertx"));

  private Main() {}

  /// Starts the server and serves until the process is told to end, or sends a command to one.
  public static void main(String[] arguments) {
    setProperty("java.util.logging.SimpleFormatter.format", "%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n");
    setProperty("vertx.disableDnsResolver", "true");
    setProperty("io.netty.noUnsafe", "true");
    for (Logger logger : QUIET) {
      logger.setLevel(Level.SEVERE);
    }
    System.exit(run(List.of(arguments)));
  }

  private static void setProperty(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  private static int run(List<String> arguments) {
    String command = arguments.isEmpty() ? "" : arguments.getFirst();
    List<String> rest = arguments.subList(Math.min(1, arguments.size()), arguments.size());
    try {
      switch (command) {
        case "up" -> up(Settings.parse(rest));
        case "clock" -> {
          return ClockCommand.run(rest, System.getenv(), System.out);
        }
        case "doctor" -> {
          return DoctorCommand.run(rest, System.out);
        }
        case "logs" -> {
          return LogsCommand.run(rest, System.getenv(), System.out);
        }
        case "invoke" -> {
          return InvokeCommand.run(rest, System.getenv(), System.in, System.out, System.err);
        }
        case "runtimes" -> {
          return RuntimesCommand.run(rest, System.out);
        }
        default ->
            throw new IllegalArgumentException(
                "usage: brume up [--data DIR | --memory] [--port N] [--host ADDRESS]"
                    + " [--iam enforce|off], or brume clock | logs | invoke | runtimes …");
      }
      return 0;
    } catch (IllegalArgumentException | PortInUse | StoreLocked e) {
      System.err.println("brume: " + e.getMessage());
    } catch (FileSystemException e) {
      // Its message is the file alone.
      String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      System.err.println("brume: cannot use " + e.getFile() + ": " + reason);
    } catch (IOException e) {
      System.err.println("brume: " + (e.getMessage() == null ? e : e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 1;
  }

  private static void up(Settings settings) throws IOException, InterruptedException {
    Brume brume = Brume.start(settings);
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  brume.close();
                  stopped.countDown();
                },
                "shutdown"));
    String where = settings.data() == null ? "in memory" : "data in " + settings.data();
    for (String line :
        Arrays.asList(
            "Brume " + Brume.VERSION + " on " + brume.endpoint() + ", " + where,
            "",
            "  export AWS_ENDPOINT_URL=" + brume.endpoint(),
            "  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION="
                + settings.region(),
            "",
            "Ready.")) {
      System.out.println(line);
    }
    stopped.await();
  }
}
