package example;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Handlers of every kind that Lambda takes. */
public class Kinds {
  private int calls;

  public static class Order {
    private String id;
    private int count;
    private List<Order> parts = new ArrayList<>();

    public String getId() {
      return id;
    }

    public void setId(String id) {
      this.id = id;
    }

    public int getCount() {
      return count;
    }

    public void setCount(int count) {
      this.count = count;
    }

    public List<Order> getParts() {
      return parts;
    }

    public void setParts(List<Order> parts) {
      this.parts = parts;
    }
  }

  public static class Maps implements RequestHandler<Map<String, Object>, Map<String, Object>> {
    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
      return event;
    }
  }

  abstract static class Typed<T> implements RequestHandler<T, T> {}

  public static class Orders extends Typed<Order> {
    @Override
    public Order handleRequest(Order order, Context context) {
      order.setCount(order.getCount() + order.getParts().size());
      return order;
    }
  }

  public static class Streams implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream in, OutputStream out, Context context)
        throws IOException {
      byte[] all = in.readAllBytes();
      out.write(("\"" + all.length + " bytes\"").getBytes(StandardCharsets.UTF_8));
    }
  }

  public Integer count(Integer by) {
    return calls += by;
  }

  public static String shout(String text, Context context) {
    return text.toUpperCase() + context.getFunctionName().length();
  }

  public void nothing() {}

  public void copy(InputStream in, OutputStream out) throws IOException {
    in.transferTo(out);
  }

  public void overloaded(String text) {
    throw new IllegalStateException("the shorter one");
  }

  public String overloaded(String text, Context context) {
    return "the longer one";
  }

  public Map<String, Object> context(Map<String, Object> event, Context context) throws Exception {
    Map<String, Object> seen = new LinkedHashMap<>();
    seen.put("name", context.getFunctionName());
    seen.put("version", context.getFunctionVersion());
    seen.put("arn", context.getInvokedFunctionArn());
    seen.put("memory", context.getMemoryLimitInMB());
    seen.put("group", context.getLogGroupName());
    seen.put("stream", context.getLogStreamName());
    seen.put("remaining", context.getRemainingTimeInMillis());
    seen.put(
        "identity", context.getIdentity() == null ? null : context.getIdentity().getIdentityId());
    ClientContext client = context.getClientContext();
    seen.put("client", client == null ? null : client.getClient().getAppTitle());
    seen.put("custom", client == null ? null : client.getCustom());
    seen.put("env", new TreeMap<>(System.getenv()));
    seen.put("trace", System.getProperty("com.amazonaws.xray.traceHeader"));
    seen.put("folder", Path.of("").toAbsolutePath().toString());
    seen.put("heap", Runtime.getRuntime().maxMemory() >> 20);
    seen.put("zone", java.util.TimeZone.getDefault().getID());
    seen.put("java", Runtime.version().feature());
    Process child = new ProcessBuilder("/bin/sh", "-c", "echo $CUSTOMER").start();
    seen.put(
        "child", new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim());
    seen.put(
        "resource",
        new String(
            Kinds.class.getResourceAsStream("/note.txt").readAllBytes(), StandardCharsets.UTF_8));
    seen.put("file", Files.readString(Path.of("note.txt")));
    return seen;
  }

  public Map<String, Object> options(Map<String, Object> event) {
    Map<String, Object> seen = new LinkedHashMap<>();
    seen.put("heap", Runtime.getRuntime().maxMemory() >> 20);
    seen.put("mine", System.getProperty("mine"));
    StringBuilder collectors = new StringBuilder();
    java.lang.management.ManagementFactory.getGarbageCollectorMXBeans()
        .forEach(bean -> collectors.append(bean.getName()).append(' '));
    seen.put("collectors", collectors.toString());
    return seen;
  }

  /** Takes long to start. */
  public static class Slow implements RequestHandler<Map<String, Object>, Map<String, Object>> {
    private final ClassLoader early = Thread.currentThread().getContextClassLoader();

    public Slow() throws InterruptedException {
      // Functions may have none for a while.
      Thread.currentThread().setContextClassLoader(null);
      Thread.currentThread().setContextClassLoader(early);
      Thread.sleep(300);
    }

    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
      return Map.of(
          "loader",
          Kinds.class.getClassLoader().getClass().getSimpleName(),
          "library",
          library.Which.name(),
          "resource",
          Kinds.class.getResource("/note.txt").toString(),
          "context",
          early == Kinds.class.getClassLoader()
              && early == Thread.currentThread().getContextClassLoader(),
          "memory",
          context.getMemoryLimitInMB());
    }
  }

  public String openByName(Map<String, Object> event) throws IOException {
    try (InputStream in = new FileInputStream("note.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  public String throwing(Map<String, Object> event) {
    try {
      throw new IOException("the cause");
    } catch (IOException e) {
      throw new IllegalArgumentException("bad ü", e);
    }
  }

  public String exits(Map<String, Object> event) {
    System.exit(3);
    return "not reached";
  }

  public String error(Map<String, Object> event) {
    throw new StackOverflowError("deep");
  }

  public String outOfHeap(Map<String, Object> event) {
    List<byte[]> all = new ArrayList<>();
    while (true) {
      all.add(new byte[1 << 20]);
    }
  }

  public String slow(Map<String, Object> event) throws InterruptedException {
    Thread.sleep(60_000);
    return "late";
  }

  public Object unwritable(Map<String, Object> event) {
    return new Object() {
      public Object getSelf() {
        throw new IllegalStateException("no");
      }
    };
  }

  public String large(Map<String, Object> event) {
    return "x".repeat(7_000_000);
  }

  public String logs(Map<String, Object> event, Context context) {
    System.out.println("one\ntwo");
    System.err.println("three");
    LambdaLogger logger = context.getLogger();
    logger.log("first\nsecond\n");
    logger.log("a warning", LogLevel.WARN);
    logger.log("a detail", LogLevel.DEBUG);
    return "logged";
  }

  public static class FailsToStart implements RequestHandler<Object, Object> {
    public FailsToStart() {
      throw new IllegalStateException("cannot start");
    }

    @Override
    public Object handleRequest(Object event, Context context) {
      return null;
    }
  }

  public static class NoHandler {}

  public String library(Map<String, Object> event) {
    return library.Which.name();
  }
}
