package dev.brume.runtime;

import com.amazonaws.services.lambda.runtime.api.client.LambdaRequestHandler;
import com.amazonaws.services.lambda.runtime.api.client.logging.LambdaContextLogger;
import com.amazonaws.services.lambda.runtime.logging.LogFormat;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.amazonaws.services.lambda.runtime.serialization.factories.GsonFactory;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Starts as a waiter that knows no function; one message turns it into one.
public final class Bootstrap {
  private static final byte[] ASSIGN =
      "GET /brume/assign HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  // Where code is in the sandboxes that have it when the process starts.
  private static final String TASK = "/var/task";
  private static final String JARS = "BRUME_FUNCTION_JARS";
  private static final String PRACTICE = "BRUME_PRACTICE";
  private static final String INITIALIZATION_TYPE = "AWS_LAMBDA_INITIALIZATION_TYPE";
  private static final String SNAP_START = "snap-start";

  private Bootstrap() {}

  /// What turns the process into a function.
  static final class Assignment {
    Map<String, String> env;
    String notice;
  }

  /// What is prepared before the function is known.
  ///
  /// @param clients null when the process can become any function
  record Ready(Surroundings surroundings, AwsRuntime runtime, Clients clients) {}

  /// The socket is named by the variable `BRUME_SOCKET`.
  public static void main(String[] arguments) throws Throwable {
    String jars = System.getenv(JARS);
    if (jars == null) {
      live();
      return;
    }
    if (System.getenv(PRACTICE) == null) {
      ClassPath.insert(TASK, jars.split(File.pathSeparator, 2)[0]);
    } else {
      // Classes have to come from the jars then.
      ClassPath.append(TASK);
    }
    new Main().start();
  }

  private static void live() throws IOException, ReflectiveOperationException {
    var wire = new Wire(System.getenv("BRUME_SOCKET"));
    try {
      run(wire, ready(wire));
    } catch (EOFException e) {
      // Nobody needs this process any more.
      System.exit(0);
    }
  }

  /// The thread of a function whose classes are on the class path. AWS's runtime gives its thread a
  /// class loader of its own for them, and it would not be the one that has them: frameworks that
  /// make classes beside others, in the same package, need that it is.
  private static final class Main extends Thread {
    Main() {
      super("main");
      super.setContextClassLoader(ClassLoader.getSystemClassLoader());
    }

    @Override
    public void setContextClassLoader(ClassLoader loader) {
      if (loader == null || !loader.getClass().getSimpleName().equals("CustomerClassLoader")) {
        super.setContextClassLoader(loader);
      }
    }

    @Override
    public void run() {
      try {
        live();
      } catch (Throwable e) {
        e.printStackTrace();
        System.exit(1);
      }
    }
  }

  /// Gets ready, and asks which function it is.
  static Ready ready(Wire wire) throws IOException, ReflectiveOperationException {
    String jars = System.getenv(JARS);
    Clients clients = jars == null ? null : new Clients(jars);
    var ready = new Ready(new Surroundings(), new AwsRuntime(), clients);
    Warmth.gather();
    wire.send(ASSIGN);
    var aside =
        new Thread(
            () -> {
              Warmth.trust();
              if (clients != null) {
                clients.rehearse();
              }
            },
            "brume-rehearsal");
    aside.setDaemon(true);
    aside.start();
    return ready;
  }

  /// Becomes that function. Throws [EOFException] when it is not needed any more.
  static void run(Wire wire, Ready ready) throws IOException, ReflectiveOperationException {
    Assignment assignment = read(wire.receive("brume-assign").body());
    boolean practises = System.getenv(PRACTICE) != null;
    // Elsewhere Brume looks into the pipe.
    boolean endFrames = System.getenv("BRUME_END_FRAMES") != null;
    boolean startedForIt = assignment.env == null;
    if (startedForIt) {
      // It has been started with them.
      assignment.env = new HashMap<>(System.getenv());
      assignment.env.keySet().removeIf(name -> name.startsWith("BRUME_"));
    }
    if (ready.clients() != null) {
      ready.clients().stop();
    }
    ready.surroundings().become(assignment.env);
    var frames = new Frames(endFrames);
    var logger =
        new LambdaContextLogger(
            frames,
            LogLevel.fromString(assignment.env.getOrDefault("AWS_LAMBDA_LOG_LEVEL", "UNDEFINED")),
            LogFormat.fromString(assignment.env.getOrDefault("AWS_LAMBDA_LOG_FORMAT", "TEXT")));
    if (assignment.notice != null) {
      logger.log(assignment.notice, LogLevel.WARN);
    }
    var api = new RuntimeApi(wire, frames);
    LambdaRequestHandler handler =
        ready.runtime().load(assignment.env.get("_HANDLER"), logger, api);
    if (!startedForIt && SNAP_START.equals(assignment.env.get(INITIALIZATION_TYPE))) {
      // AWS's class has looked at the variable when it was loaded, and does it itself if it was
      // set.
      ready.runtime().checkpoint(logger, api);
    }
    if (practises) {
      Rehearsal.others();
    }
    ready.runtime().serve(handler, logger, api);
    api.flush();
    System.exit(1);
  }

  static Assignment read(byte[] message) {
    return GsonFactory.getInstance()
        .getSerializer(Assignment.class)
        .fromJson(new ByteArrayInputStream(message));
  }
}
