package dev.brume.model;

import org.jspecify.annotations.Nullable;

/// A value of a structure or union shape. The only contract between generated types and the codecs.
///
/// Values by kind: string and enum `String`, integer `Integer`, long `Long`, boolean `Boolean`,
/// float `Float`, double `Double`, timestamp `java.time.Instant`,
/// blob `byte[]` (a streaming blob: [Body]), stream of events [EventStream], document `Object` (maps, lists, strings, numbers,
/// booleans, null), list `java.util.List`, map `java.util.Map<String, ?>` in order, structure
/// `Struct`.
public interface Struct {
  /// The shape that this value has.
  Shape shape();

  /// The value of the member with this index in [Shape#members()], null when absent.
  @Nullable Object get(int member);

  /// Sets the member with this index; null clears it.
  void set(int member, @Nullable Object value);
}
