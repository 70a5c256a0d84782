package dev.brume.services.s3;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a listing goes through the keys: by prefix, with everything below a delimiter rolled up into
/// one common prefix, so many entries at a time.
final class Listing {
  private final String prefix;
  private final String delimiter;
  private final String after;
  private final int entriesMax;

  /// @param prefix of the keys, "" for all
  /// @param delimiter "" for none
  /// @param after key or common prefix that the listing goes on from, exclusive; "" for the start
  Listing(
      @Nullable String prefix, @Nullable String delimiter, @Nullable String after, int entriesMax) {
    this.prefix = prefix == null ? "" : prefix;
    this.delimiter = delimiter == null ? "" : delimiter;
    this.after = after == null ? "" : after;
    this.entriesMax = entriesMax;
  }

  /// Something with a key.
  interface Source<T> {
    /// Visits entries in the order of their keys from this key on, until the visitor returns false.
    void scan(String fromKey, Visitor<T> visitor);
  }

  interface Visitor<T> {
    boolean visit(String key, T entry);
  }

  /// @param last the last key or common prefix of the page, "" if it is empty
  record Page<T>(List<T> entries, List<String> commonPrefixes, boolean truncated, String last) {}

  /// What one pass over the source found: where to go on, null at the end.
  private static final class Progress<T> {
    final List<T> entries = new ArrayList<>();
    final List<String> prefixes = new ArrayList<>();
    @Nullable String resume;
    boolean truncated;
    String last = "";

    int size() {
      return entries.size() + prefixes.size();
    }
  }

  <T> Page<T> page(Source<T> source) {
    var progress = new Progress<T>();
    if (entriesMax > 0) {
      progress.resume = start();
      while (progress.resume != null) {
        String from = progress.resume;
        progress.resume = null;
        source.scan(from, (key, entry) -> visit(progress, key, entry));
      }
    }
    return new Page<>(progress.entries, progress.prefixes, progress.truncated, progress.last);
  }

  private String start() {
    if (isRolledUp(after)) {
      return past(after);
    }
    return after.compareTo(prefix) > 0 ? after : prefix;
  }

  private <T> boolean visit(Progress<T> progress, String key, T entry) {
    if (!key.startsWith(prefix)) {
      // Past the prefix, unless the scan started before it.
      return key.compareTo(prefix) < 0;
    }
    if (key.equals(after) && !after.isEmpty()) {
      return true;
    }
    if (progress.size() == entriesMax) {
      progress.truncated = true;
      return false;
    }
    int end = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
    if (end < 0) {
      progress.entries.add(entry);
      progress.last = key;
      return true;
    }
    String common = key.substring(0, end + delimiter.length());
    progress.prefixes.add(common);
    progress.last = common;
    // Jumps over everything below, however much it is.
    progress.resume = past(common);
    return false;
  }

  private boolean isRolledUp(String key) {
    return !delimiter.isEmpty()
        && key.startsWith(prefix)
        && key.length() > prefix.length()
        && key.indexOf(delimiter, prefix.length()) == key.length() - delimiter.length();
  }

  /// The first string after all that start with this one, in the order of UTF-8.
  static String past(String start) {
    int last = start.codePointBefore(start.length());
    int next = last == 0xD7FF ? 0xE000 : last + 1;
    String head = start.substring(0, start.length() - Character.charCount(last));
    return next > Character.MAX_CODE_POINT
        ? start + Character.toString(Character.MAX_CODE_POINT)
        : head + Character.toString(next);
  }
}
