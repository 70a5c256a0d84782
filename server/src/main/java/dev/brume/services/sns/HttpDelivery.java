package dev.brume.services.sns;

import dev.brume.events.Event;
import dev.brume.events.Targets;
import dev.brume.model.ServiceError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Posts notifications to HTTP endpoints. Only to this machine unless told otherwise: who may
/// subscribe must not be able to make the server call into its network.
final class HttpDelivery implements Targets.Receiver {
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final Topics topics;
  private final boolean remoteEndpoints;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable HttpClient client;

  /// @param remoteEndpoints whether to call other machines
  HttpDelivery(Topics topics, boolean remoteEndpoints) {
    this.topics = topics;
    this.remoteEndpoints = remoteEndpoints;
  }

  @Override
  public void deliver(Event event) throws Targets.DeliveryFailed {
    Subscription to;
    try {
      to = topics.requireSubscription(event.targetArn().replaceFirst(":sns-http:", ":sns:"));
    } catch (ServiceError e) {
      // Unsubscribed since: nobody wants it any more.
      return;
    }
    URI uri = URI.create(to.endpoint());
    requireAllowed(uri);
    var request =
        HttpRequest.newBuilder(uri)
            .timeout(TIMEOUT)
            .header("Content-Type", "text/plain; charset=UTF-8")
            .header("User-Agent", "Amazon Simple Notification Service Agent")
            .header("x-amz-sns-message-type", event.system().getOrDefault("Type", "Notification"))
            .header("x-amz-sns-message-id", event.system().getOrDefault("MessageId", event.id()))
            .header("x-amz-sns-topic-arn", to.topicArn())
            .POST(HttpRequest.BodyPublishers.ofByteArray(event.payload()));
    if (to.confirmed()) {
      request.header("x-amz-sns-subscription-arn", to.arn());
      if (to.raw()) {
        request.header("x-amz-sns-rawdelivery", "true");
      }
    }
    int status = send(request.build());
    if (status < 200 || status > 299) {
      boolean retryable = status >= 500 || status == 429 || status < 400;
      throw new Targets.DeliveryFailed(
          Integer.toString(status), to.endpoint() + " answered " + status, retryable);
    }
  }

  private int send(HttpRequest request) throws Targets.DeliveryFailed {
    try {
      return client().send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      throw new Targets.DeliveryFailed(
          "ConnectionFailed", request.uri() + " did not answer: " + e.getMessage(), true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Targets.DeliveryFailed("Interrupted", "interrupted", true);
    }
  }

  // Not made at start: most processes never need it.
  private HttpClient client() {
    lock.lock();
    try {
      HttpClient made = client;
      if (made == null) {
        made =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(TIMEOUT)
                .build();
        client = made;
      }
      return made;
    } finally {
      lock.unlock();
    }
  }

  private void requireAllowed(URI uri) throws Targets.DeliveryFailed {
    if (remoteEndpoints) {
      return;
    }
    try {
      for (InetAddress address : InetAddress.getAllByName(uri.getHost())) {
        if (!address.isLoopbackAddress()) {
          throw new Targets.DeliveryFailed(
              "EndpointNotAllowed",
              uri.getHost() + " is not this machine; deliveries to others are not switched on",
              false);
        }
      }
    } catch (UnknownHostException e) {
      throw new Targets.DeliveryFailed("UnknownHost", uri.getHost() + " is not known", true);
    }
  }
}
