package dev.brume.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A URI template of a REST operation, e.g. `/{Bucket}/{Key+}?tagging`.
///
/// @param segments of the path, in order
/// @param literals query parameters that must be there; the value "" asks only for the name
record UriTemplate(List<Segment> segments, Map<String, String> literals) {

  /// @param text the literal, or the label's name
  record Segment(String text, boolean label, boolean greedy) {}

  static UriTemplate parse(String uri) {
    int question = uri.indexOf('?');
    String path = question < 0 ? uri : uri.substring(0, question);
    var literals = new LinkedHashMap<String, String>();
    if (question >= 0) {
      Parameters.read(uri.substring(question + 1))
          .forEach((name, values) -> literals.put(name, values.getFirst()));
      // A marker that only some clients send; it tells nothing.
      literals.remove("x-id");
    }
    var segments = new ArrayList<Segment>();
    for (String part : path.substring(1).split("/", -1)) {
      if (part.startsWith("{") && part.endsWith("}")) {
        boolean greedy = part.endsWith("+}");
        segments.add(
            new Segment(part.substring(1, part.length() - (greedy ? 2 : 1)), true, greedy));
      } else {
        segments.add(new Segment(part, false, false));
      }
    }
    if (segments.size() > 1 && segments.getLast().text().isEmpty()) {
      segments.removeLast();
    }
    return new UriTemplate(List.copyOf(segments), Map.copyOf(literals));
  }

  /// The labels' values, still percent-encoded; null when the path does not match. A trailing slash
  /// more than the template has is tolerated, unless it belongs to a greedy label.
  @Nullable Map<String, String> match(String rawPath) {
    return match(parts(rawPath));
  }

  /// A path in its parts, for many templates.
  static String[] parts(String rawPath) {
    return rawPath.substring(rawPath.startsWith("/") ? 1 : 0).split("/", -1);
  }

  /// The same for a path's [#parts].
  @Nullable Map<String, String> match(String[] parts) {
    int greedyAt = greedyIndex();
    int count = parts.length;
    if (greedyAt < 0) {
      if (count == segments.size() + 1 && parts[count - 1].isEmpty()) {
        count--;
      }
      if (count != segments.size()) {
        return null;
      }
    } else if (count < segments.size()) {
      return null;
    }
    var labels = new LinkedHashMap<String, String>();
    int extra = count - segments.size();
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      int at = greedyAt >= 0 && i > greedyAt ? i + extra : i;
      String part = segment.greedy() ? joined(parts, at, at + extra) : parts[at];
      if (segment.label()) {
        if (part.isEmpty()) {
          return null;
        }
        labels.put(segment.text(), part);
      } else if (!segment.text().equals(part)) {
        return null;
      }
    }
    return labels;
  }

  private int greedyIndex() {
    for (int i = 0; i < segments.size(); i++) {
      if (segments.get(i).greedy()) {
        return i;
      }
    }
    return -1;
  }

  private static String joined(String[] parts, int from, int last) {
    return String.join("/", List.of(parts).subList(from, last + 1));
  }
}
