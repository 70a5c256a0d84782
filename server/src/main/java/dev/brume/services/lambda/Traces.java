package dev.brume.services.lambda;

import dev.brume.ids.Ids;
import dev.brume.time.Clock;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Gives every invocation its trace header, and ends loops: what has run a function 16 times, by
/// way of queues, topics, buckets or direct invocations, does not run it again.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>
final class Traces {
  private static final int RUNS_MAX = 16;
  private static final int PARENT_LENGTH = 16;
  private static final int ROOT_LENGTH = 24;
  private static final int SAMPLED_PERCENT = 5;
  private final Clock clock;
  private final Ids ids;
  private final AtomicLong sampledSecond = new AtomicLong();

  Traces(Clock clock, Ids ids) {
    this.clock = clock;
    this.ids = ids;
  }

  /// Whether an event has run this function as often as it may.
  static boolean loops(FunctionName name, @Nullable String header) {
    return header != null && Trace.of(header).runs(Trace.key(name)) >= RUNS_MAX;
  }

  /// The header inside the function, made of the one that came with the event. Throws
  /// RecursiveInvocationException.
  ///
  /// @param mode of the function's tracing: `Active` or `PassThrough`
  /// @param loops whether the function may be run in a loop
  String enter(FunctionName name, @Nullable String header, String mode, boolean loops) {
    Trace trace = Trace.of(header);
    String key = Trace.key(name);
    if (!loops && trace.runs(key) >= RUNS_MAX) {
      throw LambdaErrors.recursion();
    }
    long seconds = clock.millis() / 1000;
    String root = trace.root() == null ? root(seconds) : trace.root();
    return trace.inside(
        key, root, ids.hex(PARENT_LENGTH), mode.equals("Active") && sample(seconds));
  }

  private String root(long seconds) {
    return "1-" + HexFormat.of().toHexDigits(seconds, 8) + "-" + ids.hex(ROOT_LENGTH);
  }

  // X-Ray's default rule: the first request of a second, and 5% of the others.
  private boolean sample(long second) {
    return sampledSecond.getAndSet(second) != second || ids.below(100) < SAMPLED_PERCENT;
  }
}
