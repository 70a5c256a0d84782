package dev.brume.services.lambda;

import dev.brume.functions.Invocation;
import dev.brume.functions.Outcome;
import dev.brume.functions.ResponseSink;
import dev.brume.model.Call;
import dev.brume.model.EventStream;
import dev.brume.model.lambda.*;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/// Invocations whose answer is a stream of events: chunks of the answer while the function writes
/// them, then one event that says how it ended.
///
/// <https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html>
final class StreamedInvokes {
  private final Invoker invoker;

  StreamedInvokes(Invoker invoker) {
    this.invoker = invoker;
  }

  InvokeWithResponseStreamResponse invoke(Call call, InvokeWithResponseStreamRequest in) {
    FunctionName name = FunctionName.anyones(call, in.functionName(), in.qualifier());
    invoker.authorize(call, name);
    Invoker.Chosen chosen = invoker.choose(name);
    if (in.tenantId() != null) {
      throw LambdaErrors.noTenancy();
    }
    String context = Invoker.clientContext(in.clientContext());
    byte[] event = Invoker.event(in.payload(), LambdaLimits.SYNCHRONOUS_PAYLOAD_BYTES_MAX);
    if ("DryRun".equals(in.invocationType())) {
      return new InvokeWithResponseStreamResponse().statusCode(204);
    }
    boolean tail = "Tail".equals(in.logType());
    Invocation invocation =
        invoker.invocation(chosen, call.requestId(), event, context, call.trace(), tail);
    return new InvokeWithResponseStreamResponse()
        .statusCode(200)
        .executedVersion(chosen.configuration().version())
        .eventStream(
            sink -> {
              Outcome outcome = invoker.run(chosen, invocation, new Chunks(sink));
              sink.send(
                  new InvokeWithResponseStreamResponseEvent().invokeComplete(end(outcome, tail)));
            });
  }

  private static InvokeWithResponseStreamCompleteEvent end(Outcome outcome, boolean tail) {
    var end = new InvokeWithResponseStreamCompleteEvent();
    if (outcome instanceof Outcome.Failed failed) {
      end.errorCode("Unhandled").errorDetails(new String(failed.payload(), StandardCharsets.UTF_8));
    }
    if (tail) {
      end.logResult(Base64.getEncoder().encodeToString(outcome.report().logTail()));
    }
    return end;
  }

  /// Makes events of what a function writes.
  private record Chunks(EventStream.Sink sink) implements ResponseSink {
    @Override
    public void begin(String contentType) {}

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      byte[] chunk = Arrays.copyOfRange(bytes, offset, offset + length);
      sink.send(
          new InvokeWithResponseStreamResponseEvent()
              .payloadChunk(new InvokeResponseStreamUpdate().payload(chunk)));
    }
  }
}
