package dev.brume.services.cloudformation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A stack operation on its way. Written before anything is done; a crash lets it go on from its
/// phase.
///
/// @param id the calls of the operation carry it as their request id
/// @param next what the stack shall become, null for a deletion
/// @param endpoint where the caller reached Brume
/// @param token the client's request token, for the events
/// @param stopOnFailure leave what was made where it is instead of rolling back
/// @param onFailure of a creation: `ROLLBACK`, `DELETE` or `DO_NOTHING`
/// @param retain logical ids that a deletion leaves alone, or that a continued rollback skips
/// @param reason why it is rolled back, for the events
/// @param retainExceptOnCreate whether a rollback removes what is new in spite of its
///   `DeletionPolicy`
/// @param force whether a deletion leaves behind what cannot be removed
/// @param policy the stack policy for this update only, null for the stack's own
record OperationRow(
    String id,
    Kind kind,
    Phase phase,
    @Nullable Revision next,
    Caller caller,
    String endpoint,
    @Nullable String token,
    boolean stopOnFailure,
    @Nullable String onFailure,
    List<String> retain,
    @Nullable String reason,
    boolean retainExceptOnCreate,
    boolean force,
    @Nullable String policy) {

  enum Kind {
    CREATE,
    UPDATE,
    DELETE
  }

  /// Where it is. What is made in `FORWARD` is pending until the whole succeeded; then it counts,
  /// and `CLEANUP` removes what it replaced. `BACK` undoes changes, `BACK_CLEANUP` removes what was
  /// new.
  enum Phase {
    FORWARD,
    CLEANUP,
    BACK,
    BACK_CLEANUP
  }

  /// An operation that begins.
  static OperationRow begin(
      String id, Kind kind, @Nullable Revision next, Caller caller, String endpoint) {
    return new OperationRow(
        id,
        kind,
        Phase.FORWARD,
        next,
        caller,
        endpoint,
        null,
        false,
        null,
        List.of(),
        null,
        false,
        false,
        null);
  }

  private OperationRow copy(Phase to, @Nullable String why, List<String> ids) {
    return new OperationRow(
        id,
        kind,
        to,
        next,
        caller,
        endpoint,
        token,
        stopOnFailure,
        onFailure,
        ids,
        why,
        retainExceptOnCreate,
        force,
        policy);
  }

  OperationRow in(Phase other, @Nullable String why) {
    return copy(other, why, retain);
  }

  OperationRow retaining(List<String> ids) {
    return copy(phase, reason, ids);
  }

  OperationRow with(@Nullable String requestToken, boolean stop, @Nullable String failure) {
    return new OperationRow(
        id,
        kind,
        phase,
        next,
        caller,
        endpoint,
        requestToken,
        stop,
        failure,
        retain,
        reason,
        retainExceptOnCreate,
        force,
        policy);
  }

  /// @param exceptOnCreate null stands for false
  OperationRow with(@Nullable Boolean exceptOnCreate, boolean forced, @Nullable String onlyNow) {
    return new OperationRow(
        id,
        kind,
        phase,
        next,
        caller,
        endpoint,
        token,
        stopOnFailure,
        onFailure,
        retain,
        reason,
        Boolean.TRUE.equals(exceptOnCreate),
        forced,
        onlyNow);
  }
}
