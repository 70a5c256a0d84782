package dev.brume.services.events;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// When a scheduled rule fires: `rate(5 minutes)` or `cron(0 1 * * ? *)`, in UTC.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html>
sealed interface Schedule {
  /// The next time strictly after `after`, null if never again.
  ///
  /// @param last when it fired last (or was created): where a rate counts from
  @Nullable Instant next(Instant after, Instant last);

  record Rate(Duration period) implements Schedule {
    @Override
    public Instant next(Instant after, Instant last) {
      long periods = Math.floorDiv(Duration.between(last, after).toMillis(), period.toMillis()) + 1;
      return last.plus(period.multipliedBy(Math.max(1, periods)));
    }
  }

  record Cron(CronExpression expression) implements Schedule {
    @Override
    public @Nullable Instant next(Instant after, Instant last) {
      return expression.next(after);
    }
  }

  /// Throws ValidationException.
  static Schedule of(String text) {
    Matcher rate =
        Pattern.compile("rate\\((\\d{1,9}) (minute|minutes|hour|hours|day|days)\\)").matcher(text);
    if (rate.matches()) {
      long count = Long.parseLong(rate.group(1));
      boolean plural = rate.group(2).endsWith("s");
      if (count == 0 || plural != count > 1) {
        throw EventsErrors.badSchedule();
      }
      return new Rate(
          switch (rate.group(2).charAt(0)) {
            case 'm' -> Duration.ofMinutes(count);
            case 'h' -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
          });
    }
    if (text.startsWith("cron(") && text.endsWith(")")) {
      return new Cron(CronExpression.of(text.substring(5, text.length() - 1)));
    }
    throw EventsErrors.badSchedule();
  }
}
