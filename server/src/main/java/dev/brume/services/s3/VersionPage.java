package dev.brume.services.s3;

import dev.brume.store.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One page of versions: every version of every key, newest first, with common prefixes rolled up.
final class VersionPage {
  private final String prefix;
  private final String delimiter;
  private final int entriesMax;
  private final List<Entry> entries = new ArrayList<>();
  private final List<String> commonPrefixes = new ArrayList<>();
  private boolean truncated;
  private String lastKey = "";
  private @Nullable String lastId;
  private String seenKey = "";
  private boolean pastMarker = true;

  /// @param latest the newest of its key
  record Entry(Version version, boolean latest) {}

  VersionPage(@Nullable String prefix, @Nullable String delimiter, int entriesMax) {
    this.prefix = prefix == null ? "" : prefix;
    this.delimiter = delimiter == null ? "" : delimiter;
    this.entriesMax = entriesMax;
  }

  List<Entry> entries() {
    return entries;
  }

  List<String> commonPrefixes() {
    return commonPrefixes;
  }

  boolean truncated() {
    return truncated;
  }

  String lastKey() {
    return lastKey;
  }

  @Nullable String lastId() {
    return lastId;
  }

  /// @param keyMarker to go on after: after all its versions, or after the one with `idMarker`
  void fill(
      S3Store store,
      Reader reader,
      String bucket,
      @Nullable String keyMarker,
      @Nullable String idMarker) {
    if (entriesMax == 0) {
      return;
    }
    String after = keyMarker == null ? "" : keyMarker;
    String from = after.compareTo(prefix) > 0 ? after : prefix;
    pastMarker = idMarker == null;
    store.scan(reader, bucket, from, version -> visit(version, after, idMarker));
  }

  private boolean visit(Version version, String after, @Nullable String idMarker) {
    String key = version.key();
    boolean latest = !key.equals(seenKey);
    seenKey = key;
    if (!key.startsWith(prefix)) {
      return key.compareTo(prefix) < 0;
    }
    if (key.equals(after) && !after.isEmpty()) {
      if (!pastMarker) {
        pastMarker = version.versionId().equals(idMarker);
        return true;
      }
      if (idMarker == null) {
        return true;
      }
    }
    int end = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
    String common = end < 0 ? null : key.substring(0, end + delimiter.length());
    if (common != null
        && (common.equals(after)
            || !commonPrefixes.isEmpty() && common.equals(commonPrefixes.getLast()))) {
      return true;
    }
    if (entries.size() + commonPrefixes.size() == entriesMax) {
      truncated = true;
      return false;
    }
    if (common == null) {
      entries.add(new Entry(version, latest));
      lastKey = key;
      lastId = version.versionId();
    } else {
      commonPrefixes.add(common);
      lastKey = common;
      lastId = null;
    }
    return true;
  }
}
