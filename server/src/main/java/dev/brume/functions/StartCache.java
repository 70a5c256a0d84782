package dev.brume.functions;

/// What an earlier start of a function has left for its next ones, to be seen by a process that has
/// waited for it.
///
/// @param folder below the folder of [RuntimeFamily#binds] that is [#SOURCE]
/// @param name what the folder is called inside, in [#FOLDER], when the user's number is put behind
record StartCache(String folder, String name) {
  /// Where a sandbox has those of all functions until it knows which one it is.
  static final String SOURCE = ".brume/starts";

  /// Read-only, as all of `/run/brume`.
  static final String FOLDER = "/run/brume/start";
}
