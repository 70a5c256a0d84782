package dev.brume.services.events;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// AWS's six fields: minutes, hours, day of month, month, day of week, year.
///
/// @param dayOfMonth null when it is `?`
/// @param dayOfWeek null when it is `?`
record CronExpression(
    BitSet minutes,
    BitSet hours,
    @Nullable DayOfMonth dayOfMonth,
    BitSet months,
    @Nullable WeekDay dayOfWeek,
    BitSet years) {
  private static final int YEAR_MIN = 1970;
  private static final int YEAR_MAX = 2199;
  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
  private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

  /// @param days listed days
  /// @param last `L`
  /// @param nearest `15W`: the weekday nearest to this day, 0 if none
  record DayOfMonth(BitSet days, boolean last, int nearest) {
    boolean has(LocalDate date) {
      if (last) {
        return date.getDayOfMonth() == date.lengthOfMonth();
      }
      return nearest > 0 ? date.equals(nearestWeekday(date)) : days.get(date.getDayOfMonth());
    }

    private LocalDate nearestWeekday(LocalDate date) {
      LocalDate target = date.withDayOfMonth(Math.min(nearest, date.lengthOfMonth()));
      return switch (target.getDayOfWeek()) {
        case SATURDAY -> target.getDayOfMonth() == 1 ? target.plusDays(2) : target.minusDays(1);
        case SUNDAY ->
            target.getDayOfMonth() == target.lengthOfMonth()
                ? target.minusDays(2)
                : target.plusDays(1);
        case MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY -> target;
      };
    }
  }

  /// @param days listed days, 1 is Sunday
  /// @param ordinal `3#2` the second, `5L` the last (-1), 0 for every one
  record WeekDay(BitSet days, int ordinal) {
    boolean has(LocalDate date) {
      DayOfWeek day = date.getDayOfWeek();
      if (!days.get(day.getValue() % 7 + 1)) {
        return false;
      }
      return ordinal == 0
          || date.equals(date.with(TemporalAdjusters.dayOfWeekInMonth(ordinal, day)));
    }
  }

  /// Throws ValidationException.
  static CronExpression of(String text) {
    String[] fields = text.strip().toUpperCase(Locale.ROOT).split("\\s+");
    if (fields.length != 6 || fields[2].equals("?") == fields[4].equals("?")) {
      throw EventsErrors.badSchedule();
    }
    return new CronExpression(
        set(fields[0], 0, 59, List.of()),
        set(fields[1], 0, 23, List.of()),
        dayOfMonth(fields[2]),
        set(fields[3], 1, 12, MONTHS),
        weekDay(fields[4]),
        set(fields[5], YEAR_MIN, YEAR_MAX, List.of()));
  }

  private static @Nullable DayOfMonth dayOfMonth(String field) {
    if (field.equals("?")) {
      return null;
    }
    if (field.equals("L")) {
      return new DayOfMonth(new BitSet(), true, 0);
    }
    if (field.endsWith("W")) {
      return new DayOfMonth(
          new BitSet(), false, number(field.substring(0, field.length() - 1), 1, 31, List.of()));
    }
    return new DayOfMonth(set(field, 1, 31, List.of()), false, 0);
  }

  private static @Nullable WeekDay weekDay(String field) {
    if (field.equals("?")) {
      return null;
    }
    int hash = field.indexOf('#');
    if (hash > 0) {
      return new WeekDay(
          set(field.substring(0, hash), 1, 7, DAYS),
          number(field.substring(hash + 1), 1, 5, List.of()));
    }
    if (field.equals("L")) {
      return new WeekDay(set("7", 1, 7, DAYS), 0);
    }
    if (field.endsWith("L")) {
      return new WeekDay(set(field.substring(0, field.length() - 1), 1, 7, DAYS), -1);
    }
    return new WeekDay(set(field, 1, 7, DAYS), 0);
  }

  private static BitSet set(String field, int min, int max, List<String> names) {
    var set = new BitSet();
    for (String part : field.split(",", -1)) {
      String[] stepped = part.split("/", -1);
      if (stepped.length > 2) {
        throw EventsErrors.badSchedule();
      }
      int step = stepped.length == 2 ? number(stepped[1], 1, max, List.of()) : 1;
      int from = min;
      int to = max;
      if (!stepped[0].equals("*")) {
        String[] range = stepped[0].split("-", -1);
        if (range.length > 2) {
          throw EventsErrors.badSchedule();
        }
        from = number(range[0], min, max, names);
        to =
            range.length == 2
                ? number(range[1], min, max, names)
                : stepped.length == 2 ? max : from;
      }
      // A range may run over the end, as in FRI-MON.
      for (int value = from; value <= (to < from ? to + max - min + 1 : to); value += step) {
        set.set(value > max ? value - (max - min + 1) : value);
      }
    }
    return set;
  }

  private static int number(String text, int min, int max, List<String> names) {
    int named = names.indexOf(text);
    if (named >= 0) {
      return named + min;
    }
    if (!text.matches("\\d{1,4}")) {
      throw EventsErrors.badSchedule();
    }
    int number = Integer.parseInt(text);
    if (number < min || number > max) {
      throw EventsErrors.badSchedule();
    }
    return number;
  }

  @Nullable Instant next(Instant after) {
    var start =
        after.atOffset(ZoneOffset.UTC).toLocalDateTime().plusMinutes(1).withSecond(0).withNano(0);
    LocalDate date = start.toLocalDate();
    LocalTime from = start.toLocalTime();
    while (date.getYear() <= YEAR_MAX) {
      if (!years.get(date.getYear())) {
        int year = years.nextSetBit(date.getYear());
        if (year < 0) {
          return null;
        }
        date = LocalDate.of(year, 1, 1);
        from = LocalTime.MIDNIGHT;
      }
      LocalTime time = has(date) ? nextTime(from) : null;
      if (time != null) {
        return date.atTime(time).toInstant(ZoneOffset.UTC);
      }
      date =
          months.get(date.getMonthValue())
              ? date.plusDays(1)
              : date.plusMonths(1).withDayOfMonth(1);
      from = LocalTime.MIDNIGHT;
    }
    return null;
  }

  private boolean has(LocalDate date) {
    return months.get(date.getMonthValue())
        && (dayOfMonth == null || dayOfMonth.has(date))
        && (dayOfWeek == null || dayOfWeek.has(date));
  }

  private @Nullable LocalTime nextTime(LocalTime from) {
    for (int hour = hours.nextSetBit(from.getHour());
        hour >= 0;
        hour = hours.nextSetBit(hour + 1)) {
      int minute = minutes.nextSetBit(hour == from.getHour() ? from.getMinute() : 0);
      if (minute >= 0) {
        return LocalTime.of(hour, minute);
      }
    }
    return null;
  }
}
