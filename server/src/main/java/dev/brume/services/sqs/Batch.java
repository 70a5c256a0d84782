package dev.brume.services.sqs;

import dev.brume.model.ServiceError;
import dev.brume.model.sqs.BatchResultErrorEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The rules that all batch operations share.
final class Batch {
  private Batch() {}

  /// Checks number and ids of the entries. Throws AWS's error.
  ///
  /// @param entryType for the error's text
  static <E> void check(List<E> entries, Function<E, @Nullable String> idOf, String entryType) {
    if (entries.isEmpty()) {
      throw SqsErrors.emptyBatch(entryType);
    }
    if (entries.size() > SqsLimits.BATCH_ENTRIES_MAX) {
      throw SqsErrors.batchTooLarge(entries.size());
    }
    var seen = new HashSet<String>();
    for (E entry : entries) {
      String id = idOf.apply(entry);
      if (id == null || !SqsLimits.BATCH_ENTRY_ID.matcher(id).matches()) {
        throw SqsErrors.batchId();
      }
      if (!seen.add(id)) {
        throw SqsErrors.batchIdRepeated(id);
      }
    }
  }

  /// Runs the step for every entry; what it throws becomes an entry of the second list.
  static <E, R> List<R> each(
      List<E> entries,
      Function<E, @Nullable String> idOf,
      Function<E, R> step,
      List<BatchResultErrorEntry> failed) {
    var done = new ArrayList<R>();
    for (E entry : entries) {
      try {
        done.add(step.apply(entry));
      } catch (ServiceError e) {
        failed.add(
            new BatchResultErrorEntry()
                .id(idOf.apply(entry))
                .senderFault(e.senderFault())
                .code(e.code())
                .message(e.getMessage()));
      }
    }
    return done;
  }
}
