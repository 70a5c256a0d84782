package dev.brume.gateway;

import dev.brume.http.Exchange;
import dev.brume.http.Headers;
import dev.brume.ids.Ids;
import dev.brume.model.Body;
import dev.brume.model.Operation;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel.Protocol;
import dev.brume.model.Struct;
import dev.brume.protocol.Codec;
import dev.brume.protocol.Codecs;
import dev.brume.protocol.Route;
import dev.brume.protocol.WireResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Base64;
import java.util.zip.CRC32;

/// Sends what came out of a request, with the headers that every answer has.
///
/// @param requestId the id that logs and answer share
/// @param cors what the browser is told about the page that asks
record Answer(Exchange exchange, Route route, String requestId, Ids ids, Headers cors) {
  private static final int BUFFERED_BYTES_MAX = 256 << 10;

  void success(Operation operation, Struct output) throws IOException {
    send(codec().encode(route.model(), operation, output, requestId));
  }

  void error(ServiceError error) throws IOException {
    if (exchange.responded()) {
      exchange.abort();
      return;
    }
    send(codec().encodeError(route.model(), error, requestId));
  }

  void preflight(Headers headers) throws IOException {
    send(new WireResponse(200, headers, Body.of("")));
  }

  private Codec codec() {
    return Codecs.of(route.protocol());
  }

  private void send(WireResponse response) throws IOException {
    Headers headers = response.headers();
    cors.forEach(headers::set);
    if (route.protocol() == Protocol.REST_XML) {
      headers.set("x-amz-request-id", requestId);
      headers.set("x-amz-id-2", Base64.getEncoder().encodeToString(ids.bytes(48)));
    } else {
      headers.set("x-amzn-RequestId", requestId);
    }
    if (response.events() != null) {
      events(response, response.events());
      return;
    }
    Body body = response.body();
    try (InputStream in = body.stream()) {
      if (body.lengthBytes() >= 0 && body.lengthBytes() <= BUFFERED_BYTES_MAX) {
        byte[] bytes = in.readAllBytes();
        if (route.model().name().equals("dynamodb")) {
          var crc = new CRC32();
          crc.update(bytes);
          headers.set("x-amz-crc32", Long.toString(crc.getValue()));
        }
        exchange.respond(response.status(), headers, bytes);
      } else {
        stream(response, in);
      }
    }
  }

  // Nothing is sent before the first event, so that an operation can still fail until then.
  private void events(WireResponse response, WireResponse.Events events) throws IOException {
    var out = new LateStream(() -> exchange.stream(response.status(), response.headers(), -1));
    events.writeTo(out);
    out.close();
  }

  private void stream(WireResponse response, InputStream in) throws IOException {
    OutputStream out =
        exchange.stream(response.status(), response.headers(), response.body().lengthBytes());
    if (!exchange.method().equals("HEAD")) {
      in.transferTo(out);
    }
    out.close();
  }
}
