package dev.brume.services.lambda;

import dev.brume.functions.CodeStore;
import dev.brume.gateway.FrontDoor;
import dev.brume.http.Exchange;
import dev.brume.http.Headers;
import dev.brume.model.Call;
import java.io.IOException;

/// Where `Code.Location` and a layer's `Content.Location` point: the zip, for whoever knows its
/// hash.
public final class CodeDoor implements FrontDoor {
  private static final String PATH = "/_brume/code/";
  private static final int HASH_LENGTH = 64;
  private final CodeStore code;

  public CodeDoor(CodeStore code) {
    this.code = code;
  }

  /// Up to the hash.
  static String location(Call call) {
    return call.endpoint() + PATH;
  }

  @Override
  public boolean handle(Exchange exchange) throws IOException {
    if (!exchange.rawPath().startsWith(PATH)) {
      return false;
    }
    String hash = exchange.rawPath().substring(PATH.length());
    boolean form =
        hash.length() == HASH_LENGTH
            && hash.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
    if (!form || !code.has(hash)) {
      exchange.respond(404, Headers.of("Content-Type", "text/plain"), new byte[0]);
      return true;
    }
    exchange.respond(200, Headers.of("Content-Type", "application/zip"), code.zip(hash));
    return true;
  }
}
