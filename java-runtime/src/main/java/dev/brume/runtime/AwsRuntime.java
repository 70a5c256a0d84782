package dev.brume.runtime;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.api.client.LambdaRequestHandler;
import com.amazonaws.services.lambda.runtime.api.client.logging.LambdaContextLogger;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.LambdaRuntimeApiClient;
import com.amazonaws.services.lambda.runtime.api.client.util.ConcurrencyConfig;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// AWS's runtime, entered behind the place where it would connect to its own Runtime API.
final class AwsRuntime {
  private final MethodHandle loader;
  private final MethodHandle loop;
  private final MethodHandle initialised;

  /// Looks the ways in up, and goes them once where that does nothing, so that they are quick.
  AwsRuntime() throws ReflectiveOperationException {
    MethodHandles.Lookup inside =
        MethodHandles.privateLookupIn(AWSLambda.class, MethodHandles.lookup());
    loader =
        inside.findStatic(
            AWSLambda.class,
            "getLambdaRequestHandlerObject",
            MethodType.methodType(
                LambdaRequestHandler.class,
                String.class,
                LambdaContextLogger.class,
                LambdaRuntimeApiClient.class));
    loop =
        inside.findStatic(
            AWSLambda.class,
            "startRuntimeLoops",
            MethodType.methodType(
                void.class,
                LambdaRequestHandler.class,
                LambdaContextLogger.class,
                ConcurrencyConfig.class,
                LambdaRuntimeApiClient.class));
    initialised =
        inside.findStatic(
            AWSLambda.class,
            "onInitComplete",
            MethodType.methodType(
                void.class, LambdaContextLogger.class, LambdaRuntimeApiClient.class));
    load(MethodHandles.empty(loader.type()), "", null, null);
    serve(MethodHandles.empty(loop.type()), null, null, null, null);
    var setup = AWSLambda.class.getDeclaredMethod("setupRuntimeLogger", LambdaLogger.class);
    setup.setAccessible(true);
    setup.invoke(null, LambdaRuntime.getLogger());
  }

  /// Loads the function and initialises it; ends the process when that fails.
  LambdaRequestHandler load(String handler, LambdaContextLogger logger, RuntimeApi api) {
    return load(loader, handler, logger, api);
  }

  /// Runs the hooks that go before a snapshot, waits until it is restored, and runs those that go
  /// after it; ends the process when one fails.
  void checkpoint(LambdaContextLogger logger, LambdaRuntimeApiClient api) {
    try {
      initialised.invokeExact(logger, api);
    } catch (Throwable e) {
      throw AwsRuntime.<RuntimeException>asItIs(e);
    }
  }

  /// Serves events until one leaves the process in a state that no other may find.
  void serve(LambdaRequestHandler handler, LambdaContextLogger logger, RuntimeApi api) {
    serve(loop, handler, logger, new ConcurrencyConfig(logger), api);
  }

  private static LambdaRequestHandler load(
      MethodHandle way, String handler, LambdaContextLogger logger, LambdaRuntimeApiClient api) {
    try {
      return (LambdaRequestHandler) way.invokeExact(handler, logger, api);
    } catch (Throwable e) {
      throw AwsRuntime.<RuntimeException>asItIs(e);
    }
  }

  private static void serve(
      MethodHandle way,
      LambdaRequestHandler handler,
      LambdaContextLogger logger,
      ConcurrencyConfig concurrency,
      LambdaRuntimeApiClient api) {
    try {
      way.invokeExact(handler, logger, concurrency, api);
    } catch (Throwable e) {
      throw AwsRuntime.<RuntimeException>asItIs(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T asItIs(Throwable e) throws T {
    throw (T) e;
  }
}
