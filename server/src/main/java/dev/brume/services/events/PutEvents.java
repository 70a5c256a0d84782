package dev.brume.services.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.brume.json.Json;
import dev.brume.model.events.PutEventsRequestEntry;
import dev.brume.model.events.PutEventsResultEntry;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Checks of single entries of PutEvents, which fail one by one.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
final class PutEvents {
  private PutEvents() {}

  static @Nullable PutEventsResultEntry problem(PutEventsRequestEntry entry) {
    if (blank(entry.source())) {
      return failed(
          "InvalidArgument",
          "Parameter Source is not valid. Reason: Source is a required argument.");
    }
    if (blank(entry.detailType())) {
      return failed(
          "InvalidArgument",
          "Parameter DetailType is not valid. Reason: DetailType is a required argument.");
    }
    if (blank(entry.detail())) {
      return failed(
          "InvalidArgument",
          "Parameter Detail is not valid. Reason: Detail is a required argument.");
    }
    if (String.valueOf(entry.source()).startsWith("aws.")) {
      return failed("NotAuthorizedForSourceException", "Not authorized for the source.");
    }
    try {
      if (!Json.parse(String.valueOf(entry.detail())).isObject()) {
        return failed("MalformedDetail", "Detail is malformed.");
      }
    } catch (JsonProcessingException e) {
      return failed("MalformedDetail", "Detail is malformed.");
    }
    return null;
  }

  /// An entry's size as AWS counts it: 14 bytes for a time, and the UTF-8 of source, detail type,
  /// detail and resources.
  /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html>
  static int size(PutEventsRequestEntry entry) {
    int size = entry.time() == null ? 0 : 14;
    size += bytes(entry.source()) + bytes(entry.detailType()) + bytes(entry.detail());
    for (String resource : entry.resources()) {
      size += bytes(resource);
    }
    return size;
  }

  private static PutEventsResultEntry failed(String code, String message) {
    return new PutEventsResultEntry().errorCode(code).errorMessage(message);
  }

  private static boolean blank(@Nullable String text) {
    return text == null || text.isEmpty();
  }

  private static int bytes(@Nullable String text) {
    return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
  }
}
