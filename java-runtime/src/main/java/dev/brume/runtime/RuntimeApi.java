package dev.brume.runtime;

import com.amazonaws.services.lambda.runtime.api.client.logging.LambdaContextLogger;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.DtoSerializers;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.LambdaError;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.LambdaRuntimeApiClient;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.dto.InvocationRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What AWS's runtime asks of the Runtime API. An answer is held back until the next event is asked
/// for, so that both go out in one write.
final class RuntimeApi implements LambdaRuntimeApiClient {
  private static final String API = "/2018-06-01/runtime";
  private static final byte[] NEXT =
      ("GET " + API + "/invocation/next HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] RESTORE =
      ("GET " + API + "/restore/next HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] NOTHING = {};
  private static final int CAUSE_BYTES_MAX = 1024 * 1024;
  private final Wire wire;
  private final Frames frames;
  private byte[] head = NOTHING;
  private byte[] body = NOTHING;
  private String running = "";

  RuntimeApi(Wire wire, Frames frames) {
    this.wire = wire;
    this.frames = frames;
  }

  @Override
  public InvocationRequest nextInvocation() throws IOException {
    finish();
    // An interrupt that nobody took would close the socket.
    Thread.interrupted();
    wire.send(head, body, NEXT);
    head = NOTHING;
    body = NOTHING;
    Wire.Response response = wire.receive("lambda-runtime-aws-request-id");
    Map<String, String> headers = response.headers();
    var request = new InvocationRequest();
    running = headers.get("lambda-runtime-aws-request-id");
    request.setId(running);
    request.setXrayTraceId(headers.get("lambda-runtime-trace-id"));
    request.setInvokedFunctionArn(headers.get("lambda-runtime-invoked-function-arn"));
    request.setDeadlineTimeInMs(Long.parseLong(headers.get("lambda-runtime-deadline-ms")));
    request.setClientContext(headers.get("lambda-runtime-client-context"));
    request.setCognitoIdentity(headers.get("lambda-runtime-cognito-identity"));
    request.setTenantId(headers.get("lambda-runtime-aws-tenant-id"));
    request.setContent(response.body());
    return request;
  }

  /// Sends an answer that no other event is asked for after.
  void flush() throws IOException {
    finish();
    Thread.interrupted();
    wire.send(head, body);
    head = NOTHING;
    body = NOTHING;
  }

  private void finish() {
    if (!running.isEmpty()) {
      System.out.flush();
      System.err.flush();
      frames.end(running);
      running = "";
    }
  }

  @Override
  public InvocationRequest nextInvocationWithExponentialBackoff(LambdaContextLogger logger)
      throws IOException {
    return nextInvocation();
  }

  @Override
  public void reportInvocationSuccess(String requestId, byte[] response) {
    post("/invocation/" + requestId + "/response", "", response);
  }

  @Override
  public void reportInvocationError(String requestId, LambdaError error) {
    post("/invocation/" + requestId + "/error", headers(error), document(error));
  }

  @Override
  public void reportInitError(LambdaError error) throws IOException {
    post("/init/error", headers(error), document(error));
    flush();
  }

  @Override
  public void restoreNext() throws IOException {
    System.out.flush();
    System.err.flush();
    Thread.interrupted();
    wire.send(RESTORE);
    wire.receive("brume-restore");
  }

  @Override
  public void reportRestoreError(LambdaError error) throws IOException {
    post("/restore/error", headers(error), document(error));
    flush();
  }

  private void post(String where, String headers, byte[] document) {
    head =
        ("POST "
                + API
                + where
                + " HTTP/1.1\r\nContent-Type: application/json\r\n"
                + headers
                + "Content-Length: "
                + document.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    body = document;
  }

  private static byte[] document(LambdaError error) {
    return DtoSerializers.serialize(error.errorRequest);
  }

  private static String headers(LambdaError error) {
    String headers =
        "Lambda-Runtime-Function-Error-Type: " + error.errorType.getRapidError() + "\r\n";
    if (error.xRayErrorCause != null) {
      byte[] cause = DtoSerializers.serialize(error.xRayErrorCause);
      String text = new String(cause, StandardCharsets.UTF_8).replaceAll("[^ -~]", "?");
      if (text.length() < CAUSE_BYTES_MAX) {
        headers += "Lambda-Runtime-Function-XRay-Error-Cause: " + text + "\r\n";
      }
    }
    return headers;
  }
}
