package dev.brume.runtime;

import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.DtoSerializers;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.dto.ErrorRequest;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a process does while it waits: loads and uses whatever does not depend on the function, so
/// that the first event finds it warm. Touches nothing that remembers environment variables.
final class Warmth {
  private static final byte[] EVENT =
      "{\"text\":\"a\",\"number\":1,\"part\":{\"list\":[true,null,0.5]}}"
          .getBytes(StandardCharsets.UTF_8);
  private static final List<String> NAMES =
      List.of(
          "AWSLambda",
          "CustomerClassLoader",
          "CustomerClassLoader$1",
          "EventHandlerLoader",
          "EventHandlerLoader$1",
          "EventHandlerLoader$2",
          "EventHandlerLoader$ClassContext",
          "EventHandlerLoader$Platform",
          "EventHandlerLoader$PojoHandlerAsStreamHandler",
          "EventHandlerLoader$PojoMethodRequestHandler",
          "HandlerInfo",
          "LambdaEnvironment",
          "LambdaRequestHandler$UserFaultHandler",
          "PojoSerializerLoader",
          "UserFault",
          "api.LambdaContext",
          "logging.JsonLogFormatter",
          "logging.LambdaContextLogger",
          "logging.LogFiltering",
          "logging.TextLogFormatter",
          "runtimeapi.LambdaError",
          "runtimeapi.RapidErrorType",
          "runtimeapi.converters.LambdaErrorConverter",
          "runtimeapi.converters.XRayErrorCauseConverter",
          "runtimeapi.dto.InvocationRequest",
          "util.ConcurrencyConfig",
          "util.LambdaOutputStream",
          "util.UnsafeUtil");

  private Warmth() {}

  /// An event of the kind that functions make for themselves.
  public static final class Sample {
    private String text;
    private int number;
    private Map<String, Object> part = new HashMap<>();

    public String getText() {
      return text;
    }

    public void setText(String text) {
      this.text = text;
    }

    public int getNumber() {
      return number;
    }

    public void setNumber(int number) {
      this.number = number;
    }

    public Map<String, Object> getPart() {
      return part;
    }

    public void setPart(Map<String, Object> part) {
      this.part = part;
    }
  }

  static void gather() throws ReflectiveOperationException {
    Surroundings.prepare();
    Bootstrap.read("{\"env\":{\"A\":\"B\"}}".getBytes(StandardCharsets.UTF_8));
    JacksonFactory jackson = JacksonFactory.getInstance();
    use(jackson.getSerializer(Map.class));
    use(jackson.getSerializer(Sample.class));
    DtoSerializers.serialize(new ErrorRequest("a", "b", new String[] {"c"}));
    ClassLoader loader = Warmth.class.getClassLoader();
    for (String name : NAMES) {
      Class.forName("com.amazonaws.services.lambda.runtime.api.client." + name, false, loader);
    }
  }

  private static <T> void use(PojoSerializer<T> serializer) {
    T event = serializer.fromJson(new ByteArrayInputStream(EVENT));
    serializer.toJson(event, new ByteArrayOutputStream());
  }
}
