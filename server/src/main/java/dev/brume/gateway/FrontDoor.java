package dev.brume.gateway;

import dev.brume.http.Exchange;
import java.io.IOException;

/// A way in that is not an AWS API call: invoke URLs of APIs, function URLs, Brume's own pages.
/// Asked in order before the AWS services.
public interface FrontDoor {
  /// Answers the request if it is for this door, else returns false without touching body or
  /// response.
  boolean handle(Exchange exchange) throws IOException;
}
