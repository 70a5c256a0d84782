package dev.brume.runtime;

import com.amazonaws.services.lambda.runtime.api.client.EventHandlerLoader;
import com.amazonaws.services.lambda.runtime.api.client.HandlerInfo;
import com.amazonaws.services.lambda.runtime.api.client.PojoSerializerLoader;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.DtoSerializers;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.dto.ErrorRequest;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// What a process does while it waits: loads and uses whatever does not depend on the function, so
/// that the first event finds it warm. What remembers environment variables is only loaded and not
/// used.
final class Warmth {
  private static final String CLIENT = "com.amazonaws.services.lambda.runtime.api.client.";
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

  // Java keeps the certificates only as long as somebody else has them, too.
  private static final AtomicReference<TrustManager[]> TRUSTED = new AtomicReference<>();

  private Warmth() {}

  /// Reads the certificates that Java trusts, which takes longer than all the rest of a client of
  /// the AWS SDK; to be called aside. What a function says of them later counts as ever.
  static void trust() {
    try {
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      TRUSTED.set(factory.getTrustManagers());
    } catch (GeneralSecurityException e) {
      // The function will be told when it asks for them itself.
      TRUSTED.set(new TrustManager[0]);
    }
  }

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
    Bootstrap.read("{\"env\":{\"A\":\"B\"}}".getBytes(StandardCharsets.UTF_8));
    JacksonFactory jackson = JacksonFactory.getInstance();
    use(jackson.getSerializer(Map.class));
    use(jackson.getSerializer(Sample.class));
    DtoSerializers.serialize(new ErrorRequest("a", "b", new String[] {"c"}));
    ClassLoader loader = Warmth.class.getClassLoader();
    for (String name : NAMES) {
      Class.forName(CLIENT + name, false, loader);
    }
    EventHandlerLoader.loadEventHandler(new HandlerInfo(Rehearsal.Maps.class, null));
    EventHandlerLoader.loadEventHandler(new HandlerInfo(Rehearsal.Methods.class, "shout"));
    forgetSerializer();
  }

  // The function may bring a serializer of its own, which is looked for once.
  private static void forgetSerializer() throws ReflectiveOperationException {
    Field initialized = PojoSerializerLoader.class.getDeclaredField("initialized");
    initialized.setAccessible(true);
    initialized.setBoolean(null, false);
  }

  private static <T> void use(PojoSerializer<T> serializer) {
    T event = serializer.fromJson(new ByteArrayInputStream(EVENT));
    serializer.toJson(event, new ByteArrayOutputStream());
  }
}
