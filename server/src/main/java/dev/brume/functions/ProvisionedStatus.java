package dev.brume.functions;

import org.jspecify.annotations.Nullable;

/// How far the provisioned environments of a version are.
///
/// @param requested how many were asked for
/// @param allocated how many there are, those that still initialise included
/// @param available how many have initialised, those that work on an event included
/// @param inUse how many work on an event
/// @param failure why the last one could not be initialised; null unless that is why there are
///   fewer than requested. They are tried again every minute
public record ProvisionedStatus(
    int requested, int allocated, int available, int inUse, @Nullable String failure) {
  /// Lambda's status `READY`.
  public boolean ready() {
    return available >= requested;
  }
}
