package dev.brume.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.api.client.EventHandlerLoader;
import com.amazonaws.services.lambda.runtime.api.client.HandlerInfo;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.dto.InvocationRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// Lives through the life of a function once, so that the JVM can note in a cache which classes it
/// takes and how their methods run. No function can have a class of this package: ours come first.
public final class Rehearsal {
  private static final int EVENTS = 30;
  private static final String EVENT =
      "{\"text\":\"a\",\"number\":1,\"part\":{\"list\":[true,null,0.5]}}";

  private Rehearsal() {}

  /// A handler as most are.
  public static final class Maps
      implements RequestHandler<Map<String, Object>, Map<String, Object>> {
    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
      if (event.isEmpty()) {
        throw new IllegalArgumentException("empty");
      }
      context.getLogger().log("rehearsed\n");
      return event;
    }
  }

  /// One with events of its own.
  public static final class Samples implements RequestHandler<Warmth.Sample, Warmth.Sample> {
    @Override
    public Warmth.Sample handleRequest(Warmth.Sample event, Context context) {
      return event;
    }
  }

  /// One that takes bytes.
  public static final class Streams implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream in, OutputStream out, Context context)
        throws IOException {
      in.transferTo(out);
    }
  }

  /// A method of a class that is no handler.
  public static final class Methods {
    public String shout(String text, Context context) {
      return text + context.getRemainingTimeInMillis();
    }
  }

  /// @param arguments the path of a socket to make
  public static void main(String[] arguments) throws Throwable {
    Path socket = Path.of(arguments[0]);
    try (var door = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      door.bind(UnixDomainSocketAddress.of(socket));
      var prompter = new Thread(() -> prompt(door, socket), "prompter");
      prompter.setDaemon(true);
      prompter.start();
      var wire = new Wire(arguments[0]);
      Bootstrap.run(wire, Bootstrap.ready(wire));
    } catch (EOFException e) {
      others();
    }
  }

  // The other side: who the function is, its events, and then the end.
  private static void prompt(ServerSocketChannel door, Path socket) {
    try (SocketChannel channel = door.accept()) {
      var heard = ByteBuffer.allocate(64 * 1024);
      channel.read(heard);
      String root = socket.toAbsolutePath().getParent().toString();
      say(
          channel,
          "Brume-Assign: 1\r\n",
          "{\"env\":{\"_HANDLER\":\""
              + Maps.class.getName()
              + "\",\"LAMBDA_TASK_ROOT\":\""
              + root
              + "\",\"AWS_LAMBDA_FUNCTION_MEMORY_SIZE\":\"128\"}}");
      for (int i = 0; i < EVENTS; i++) {
        channel.read(heard.clear());
        say(
            channel,
            "Lambda-Runtime-Aws-Request-Id: 0\r\nLambda-Runtime-Deadline-Ms: 0\r\n",
            i == 1 ? "{}" : EVENT);
      }
      channel.read(heard.clear());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void say(SocketChannel channel, String headers, String body) throws IOException {
    String all =
        "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    channel.write(ByteBuffer.wrap(all.getBytes(StandardCharsets.UTF_8)));
  }

  /// How other kinds of handlers run.
  static void others() {
    Warmth.trust();
    play(Maps.class, null, EVENT);
    play(Samples.class, null, EVENT);
    play(Streams.class, null, EVENT);
    play(Methods.class, "shout", "\"a\"");
  }

  private static void play(Class<?> type, String method, String event) {
    var handler = EventHandlerLoader.loadEventHandler(new HandlerInfo(type, method));
    var request = new InvocationRequest();
    request.setId("0");
    for (int i = 0; i < EVENTS; i++) {
      request.setContent(event.getBytes(StandardCharsets.UTF_8));
      try {
        handler.call(request);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
