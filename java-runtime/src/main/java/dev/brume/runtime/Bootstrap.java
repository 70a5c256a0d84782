package dev.brume.runtime;

import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.api.client.LambdaRequestHandler;
import com.amazonaws.services.lambda.runtime.api.client.logging.LambdaContextLogger;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.LambdaRuntimeApiClient;
import com.amazonaws.services.lambda.runtime.api.client.util.ConcurrencyConfig;
import com.amazonaws.services.lambda.runtime.logging.LogFormat;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.amazonaws.services.lambda.runtime.serialization.factories.GsonFactory;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Starts as a waiter that knows no function; one message turns it into one.
public final class Bootstrap {
  private static final byte[] ASSIGN =
      "GET /brume/assign HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private Bootstrap() {}

  /// What turns the process into a function.
  static final class Assignment {
    Map<String, String> env;
    String notice;
  }

  /// The socket is named by the variable `BRUME_SOCKET`.
  public static void main(String[] arguments) throws Throwable {
    var wire = new Wire(System.getenv("BRUME_SOCKET"));
    Warmth.gather();
    wire.send(ASSIGN);
    try {
      run(wire);
    } catch (EOFException e) {
      // Nobody needs this process any more.
      Runtime.getRuntime().halt(0);
    }
  }

  private static void run(Wire wire) throws Throwable {
    byte[] message = wire.receive("brume-assign").body();
    var assignment = read(message);
    Surroundings.become(assignment.env);
    var frames = new Frames();
    var logger =
        new LambdaContextLogger(
            frames,
            LogLevel.fromString(assignment.env.getOrDefault("AWS_LAMBDA_LOG_LEVEL", "UNDEFINED")),
            LogFormat.fromString(assignment.env.getOrDefault("AWS_LAMBDA_LOG_FORMAT", "TEXT")));
    if (assignment.notice != null) {
      logger.log(assignment.notice, LogLevel.WARN);
    }
    var api = new RuntimeApi(wire, frames);
    Object handler = invoke(loader(), assignment.env.get("_HANDLER"), logger, api);
    invoke(loop(), handler, logger, new ConcurrencyConfig(logger), api);
    api.flush();
    System.exit(1);
  }

  static Assignment read(byte[] message) {
    return GsonFactory.getInstance()
        .getSerializer(Assignment.class)
        .fromJson(new ByteArrayInputStream(message));
  }

  // AWS's runtime takes another way to its API only from inside.
  private static Method loader() throws NoSuchMethodException {
    return method(
        "getLambdaRequestHandlerObject",
        String.class,
        LambdaContextLogger.class,
        LambdaRuntimeApiClient.class);
  }

  private static Method loop() throws NoSuchMethodException {
    return method(
        "startRuntimeLoops",
        LambdaRequestHandler.class,
        LambdaContextLogger.class,
        ConcurrencyConfig.class,
        LambdaRuntimeApiClient.class);
  }

  private static Method method(String name, Class<?>... parameters) throws NoSuchMethodException {
    Method method = AWSLambda.class.getDeclaredMethod(name, parameters);
    method.setAccessible(true);
    return method;
  }

  private static Object invoke(Method method, Object... arguments) throws Throwable {
    try {
      return method.invoke(null, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
