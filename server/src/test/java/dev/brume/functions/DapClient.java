package dev.brume.functions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;

/// As much of an editor as it takes to stop at a line.
/// https://microsoft.github.io/debug-adapter-protocol/specification
final class DapClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;
  private final Socket socket;
  private final DataInputStream in;
  private final Deque<JsonNode> events = new ArrayDeque<>();
  private int sequence;

  DapClient(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new DataInputStream(socket.getInputStream());
  }

  /// Asks for something, and does not wait for the answer.
  ///
  /// @param arguments JSON
  int send(String command, String arguments) throws IOException {
    ObjectNode request = Json.object();
    request.put("seq", ++sequence);
    request.put("type", "request");
    request.put("command", command);
    request.set("arguments", Json.parseOwn(arguments));
    byte[] body = Json.write(request).getBytes(StandardCharsets.UTF_8);
    String head = "Content-Length: " + body.length + "\r\n\r\n";
    socket.getOutputStream().write((head).getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(body);
    return sequence;
  }

  /// Asks for something, and gives the answer's body.
  JsonNode ask(String command, String arguments) throws IOException {
    return answer(send(command, arguments));
  }

  /// Waits for the answer to a request.
  JsonNode answer(int to) throws IOException {
    while (true) {
      JsonNode message = read();
      if (!message.path("type").asText().equals("response")) {
        events.add(message);
      } else if (message.path("request_seq").asInt() == to) {
        if (!message.path("success").asBoolean()) {
          throw new AssertionError(message);
        }
        return message.path("body");
      }
    }
  }

  /// Waits for an event, which may have come already.
  JsonNode event(String name) throws IOException {
    Predicate<JsonNode> wanted =
        message ->
            message.path("type").asText().equals("event")
                && message.path("event").asText().equals(name);
    for (JsonNode message : events) {
      if (wanted.test(message)) {
        events.remove(message);
        return message.path("body");
      }
    }
    while (true) {
      JsonNode message = read();
      if (wanted.test(message)) {
        return message.path("body");
      }
      events.add(message);
    }
  }

  private JsonNode read() throws IOException {
    int length = -1;
    for (String line = line(); !line.isEmpty(); line = line()) {
      if (line.startsWith("Content-Length:")) {
        length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
      }
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException();
    }
    return Json.parseOwn(new String(body, StandardCharsets.UTF_8));
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
