package dev.brume.events;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An event on its way to a target.
///
/// @param id unique; a delivery repeated after a crash carries the same id
/// @param targetArn where to: `arn:aws:{sqs|sns|lambda|…}:…`
/// @param source who sends: the service principal, e.g. `s3.amazonaws.com`
/// @param sourceArn the bucket, topic or rule that sends
/// @param sourceAccount the account that owns it
/// @param payload the message body or the function's event, UTF-8
/// @param subject of a notification (targets that are topics), null if none
/// @param attributes message attributes by name (topics and queues)
/// @param system what is for the target's machinery only: `MessageGroupId`,
///   `MessageDeduplicationId`, `AWSTraceHeader`, …
/// @param retry when to give up
/// @param deadLetterArn the queue for what could not be delivered, null if none
/// @param createdMillis when the cause was committed, on the virtual clock
public record Event(
    String id,
    String targetArn,
    String source,
    String sourceArn,
    String sourceAccount,
    byte[] payload,
    @Nullable String subject,
    Map<String, Attribute> attributes,
    Map<String, String> system,
    Retry retry,
    @Nullable String deadLetterArn,
    long createdMillis) {

  /// A message attribute as in SQS and SNS: `dataType` is `String`, `Number`, `Binary` or one of
  /// them with a suffix, e.g. `String.Array` ; one of the two values is set.
  public record Attribute(
      String dataType, @Nullable String stringValue, byte @Nullable [] binaryValue) {}

  /// @param attemptsMax deliveries in all, at least 1
  /// @param ageMaxSeconds from [Event#createdMillis]
  /// @param backoffSeconds wait before the second, third, … attempt; the last one repeats
  public record Retry(int attemptsMax, long ageMaxSeconds, int[] backoffSeconds) {
    /// Until it works, for up to a day: 1 s, 2 s, 5 s, 10 s, 20 s, then every minute.
    public static final Retry PATIENT =
        new Retry(1000, Duration.ofDays(1).toSeconds(), new int[] {1, 2, 5, 10, 20, 60});
  }
}
