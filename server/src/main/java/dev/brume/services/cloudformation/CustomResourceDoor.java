package dev.brume.services.cloudformation;

import dev.brume.gateway.FrontDoor;
import dev.brume.http.Exchange;
import dev.brume.http.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Where custom resources answer: `PUT /_brume/cfn-response/<token>`.
final class CustomResourceDoor implements FrontDoor {
  private static final String PATH = "/_brume/cfn-response/";
  private static final Pattern TOKEN = Pattern.compile("[0-9a-f-]{36}");
  private final CustomResources resources;

  CustomResourceDoor(CustomResources resources) {
    this.resources = resources;
  }

  @Override
  public boolean handle(Exchange exchange) throws IOException {
    if (!exchange.rawPath().startsWith(PATH)) {
      return false;
    }
    int max = CloudFormationLimits.CUSTOM_RESPONSE_BYTES_MAX;
    byte[] body = exchange.body().readNBytes(max + 1);
    int status;
    if (!exchange.method().equals("PUT")) {
      status = 405;
    } else if (body.length > max) {
      status = 413;
    } else {
      String token = exchange.rawPath().substring(PATH.length());
      String text = new String(body, StandardCharsets.UTF_8);
      // An empty text stands for a missing answer.
      boolean taken = resources.respond(token, text.isEmpty() ? "{}" : text);
      // An answer that nobody waits for any more is taken as well, or its function would try again.
      status = taken || TOKEN.matcher(token).matches() ? 200 : 403;
    }
    exchange.respond(status, new Headers(), new byte[0]);
    return true;
  }
}
