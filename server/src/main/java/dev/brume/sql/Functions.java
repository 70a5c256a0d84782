package dev.brume.sql;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which of Trino's functions there are. Most have the same name and meaning in DuckDB; the others
/// are macros in DuckDB's SQL. Anything else is refused by name, so that no function of DuckDB that
/// reads files, settings or the environment can be reached.
final class Functions {
  /// The same in both, and what DuckDB's parser makes of operators and special forms.
  private static final Set<String> NATIVE =
      Set.of(
          ("abs acos asin atan atan2 ceil ceiling cos cosh cbrt degrees exp floor ln log log2 log10"
                  + " mod pi pow power radians rand random round sign sin sinh sqrt tan tanh greatest"
                  + " least coalesce nullif length lower upper trim ltrim rtrim reverse replace"
                  + " substr substring strpos position split split_part starts_with chr"
                  + " concat translate count count_star count_if sum avg min max min_by max_by"
                  + " bool_and bool_or array_agg any_value stddev stddev_pop stddev_samp variance"
                  + " var_pop var_samp corr covar_pop covar_samp regr_slope regr_intercept histogram"
                  + " row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value"
                  + " last_value nth_value grouping grouping_id year month day hour minute second"
                  + " quarter week yearweek date_part contains array_distinct"
                  + " array_intersect array_position array_to_string list_transform list_filter"
                  + " list_value list_concat array_concat struct_pack struct_extract row map map_keys map_values"
                  + " map_entries map_concat flatten unnest json_extract json_array_length"
                  + " url_encode url_decode to_base64 from_base64 bit_count"
                  + " timezone to_days to_months to_years to_hours to_minutes to_seconds"
                  + " to_weeks to_milliseconds trunc like_escape not_like_escape ilike_escape"
                  + " not_ilike_escape array_extract array_slice list_extract if error printf"
                  + " kurtosis skewness entropy geometric_mean ordinality try")
              .split("\\s+"));

  private static final Map<String, List<String>> MACROS = macros();

  private Functions() {}

  /// Whether a statement may call it.
  static boolean known(String name) {
    return NATIVE.contains(name) || MACROS.containsKey(name);
  }

  /// The definitions that make the macro of this name, none for a function that needs none.
  static List<String> definitions(String name) {
    return MACROS.getOrDefault(name, List.of());
  }

  /// How Trino's name is written for DuckDB where a macro cannot stand for it.
  static String renamed(String name) {
    return switch (name) {
      case "transform" -> "list_transform";
      case "filter" -> "list_filter";
      case "format" -> "printf";
      default -> name;
    };
  }

  private static Map<String, List<String>> macros() {
    var all = new HashMap<String, List<String>>();
    one(all, "approx_distinct(x) AS approx_count_distinct(x)");
    one(all, "approx_percentile(x, p) AS approx_quantile(x, p)");
    one(all, "arbitrary(x) AS any_value(x)");
    one(all, "every(x) AS bool_and(x)");
    one(all, "map_agg(k, v) AS map(list(k), list(v))");
    one(all, "element_at(x, k) AS x[k]");
    one(all, "cardinality(x) AS len(x)");
    one(
        all,
        "array_join(a, s) AS array_to_string(a, s), (a, s, n) AS"
            + " array_to_string(list_transform(a, e -> coalesce(CAST(e AS VARCHAR), n)), s)");
    one(all, "array_max(a) AS list_max(a)");
    one(all, "array_min(a) AS list_min(a)");
    one(all, "array_sort(a) AS list_sort(a)");
    one(all, "array_union(a, b) AS list_distinct(list_concat(a, b))");
    one(all, "array_except(a, b) AS list_distinct(list_filter(a, e -> NOT list_contains(b, e)))");
    one(all, "array_remove(a, x) AS list_filter(a, e -> e <> x)");
    one(all, "arrays_overlap(a, b) AS list_has_any(a, b)");
    sequences(all);
    one(all, "slice(a, s, n) AS array_slice(a, s, s + n - 1)");
    one(all, "json_extract_scalar(j, p) AS json_extract_string(j, p)");
    one(all, "json_parse(s) AS CAST(s AS JSON)");
    one(all, "json_format(j) AS CAST(j AS VARCHAR)");
    one(
        all,
        "json_array_contains(j, v) AS list_contains(CAST(CAST(j AS JSON) AS VARCHAR[]),"
            + " CAST(v AS VARCHAR))");
    one(
        all,
        "json_size(j, p) AS CASE json_type(j, p) WHEN 'ARRAY' THEN json_array_length(j, p)"
            + " WHEN 'OBJECT' THEN len(json_keys(j, p)) ELSE 0 END");
    one(all, "is_json_scalar(j) AS json_type(j) NOT IN ('ARRAY', 'OBJECT')");
    regularExpressions(all);
    bytes(all);
    numbers(all);
    dates(all);
    return Map.copyOf(all);
  }

  /// Trino's own bound of 10000 entries, and one for padding: DuckDB's lists and texts are outside
  /// its memory limit. The bound is on an argument, because a call with constants is evaluated
  /// wherever it stands.
  private static void sequences(Map<String, List<String>> all) {
    String refusal =
        "error('INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than"
            + " 10000 entries')";
    String numbers = "CASE WHEN abs(b - a) > 9999 * abs(%s) THEN " + refusal + " ELSE b END";
    String days = "CASE WHEN abs(b - a) > 9999 THEN " + refusal + " ELSE b END";
    String times =
        "CASE WHEN abs(epoch(b) - epoch(a)) > 9999 * abs(epoch(s)) THEN " + refusal + " ELSE b END";
    one(
        all,
        "sequence(a BIGINT, b BIGINT) AS generate_series(a, "
            + numbers.formatted("1")
            + "), (a BIGINT, b BIGINT, s BIGINT) AS generate_series(a, "
            + numbers.formatted("s")
            + ", s), (a DATE, b DATE) AS CAST(generate_series(a, "
            + days
            + ", to_days(1)) AS DATE[]), (a DATE, b DATE, s INTERVAL) AS CAST(generate_series(a, "
            + times
            + ", s) AS DATE[]), (a TIMESTAMP, b TIMESTAMP, s INTERVAL) AS generate_series(a, "
            + times
            + ", s)");
    String length =
        "CASE WHEN n > 1000000 THEN error('INVALID_FUNCTION_ARGUMENT: Target length must be in the"
            + " range [0..1000000]') ELSE CAST(n AS INTEGER) END";
    one(all, "lpad(s, n, p) AS system.main.lpad(s, " + length + ", p)");
    one(all, "rpad(s, n, p) AS system.main.rpad(s, " + length + ", p)");
  }

  private static void regularExpressions(Map<String, List<String>> all) {
    one(all, "regexp_like(s, p) AS regexp_matches(s, p)");
    one(
        all,
        "regexp_extract(s, p) AS CASE WHEN regexp_matches(s, p) THEN"
            + " system.main.regexp_extract(s, p) END, (s, p, g) AS CASE WHEN regexp_matches(s, p) THEN"
            + " system.main.regexp_extract(s, p, g) END");
    one(
        all,
        "regexp_extract_all(s, p) AS system.main.regexp_extract_all(s, p), (s, p, g) AS"
            + " system.main.regexp_extract_all(s, p, g)");
    one(
        all,
        "regexp_replace(s, p) AS system.main.regexp_replace(s, p, '', 'g'), (s, p, r) AS"
            + " system.main.regexp_replace(s, p, system.main.regexp_replace(r, '\\$(\\d)', '\\\\\\1',"
            + " 'g'), 'g')");
    one(all, "regexp_split(s, p) AS string_split_regex(s, p)");
    one(all, "regexp_count(s, p) AS len(system.main.regexp_extract_all(s, p))");
    one(all, "codepoint(s) AS unicode(s)");
    one(all, "levenshtein_distance(a, b) AS levenshtein(a, b)");
    one(all, "hamming_distance(a, b) AS hamming(a, b)");
    one(all, "ends_with(s, x) AS suffix(s, x)");
  }

  private static void bytes(Map<String, List<String>> all) {
    one(all, "to_hex(b) AS hex(b)");
    one(all, "from_hex(s) AS unhex(s)");
    one(all, "to_utf8(s) AS encode(s)");
    one(all, "from_utf8(b) AS decode(b)");
    one(all, "md5(b) AS unhex(system.main.md5(b))");
    one(all, "sha1(b) AS unhex(system.main.sha1(b))");
    one(all, "sha256(b) AS unhex(system.main.sha256(b))");
  }

  private static void numbers(Map<String, List<String>> all) {
    one(all, "truncate(x) AS trunc(x)");
    one(all, "e() AS exp(1.0)");
    one(all, "is_nan(x) AS isnan(x)");
    one(all, "is_finite(x) AS isfinite(x)");
    one(all, "is_infinite(x) AS isinf(x)");
    one(all, "infinity() AS CAST('inf' AS DOUBLE)");
    one(all, "nan() AS CAST('nan' AS DOUBLE)");
    one(all, "bitwise_and(a, b) AS a & b");
    one(all, "bitwise_or(a, b) AS a | b");
    one(all, "bitwise_xor(a, b) AS xor(a, b)");
    one(
        all,
        "from_base(s, b) AS CASE WHEN b = 16 THEN CAST('0x' || s AS BIGINT) ELSE"
            + " CAST(s AS BIGINT) END");
  }

  private static void dates(Map<String, List<String>> all) {
    String span =
        "CASE lower(u) WHEN 'millisecond' THEN to_milliseconds(n) WHEN 'second' THEN to_seconds(n)"
            + " WHEN 'minute' THEN to_minutes(n) WHEN 'hour' THEN to_hours(n) WHEN 'day' THEN"
            + " to_days(CAST(n AS INTEGER)) WHEN 'week' THEN to_days(CAST(7 * n AS INTEGER)) WHEN"
            + " 'month' THEN to_months(CAST(n AS INTEGER)) WHEN 'quarter' THEN to_months(CAST(3 * n"
            + " AS INTEGER)) WHEN 'year' THEN to_years(CAST(n AS INTEGER)) ELSE error('INVALID_FUNCTION_ARGUMENT: '''"
            + " || u || ''' is not a valid Timestamp field') END";
    one(
        all,
        "date_add(u, n, x DATE) AS CAST(x + "
            + span
            + " AS DATE), (u, n, x TIMESTAMP) AS x + "
            + span
            + ", (u, n, x TIMESTAMPTZ) AS x + "
            + span);
    one(
        all,
        "date_trunc(u, x DATE) AS CAST(system.main.date_trunc(u, x) AS DATE), (u, x TIMESTAMP)"
            + " AS CAST(system.main.date_trunc(u, x) AS TIMESTAMP), (u, x TIMESTAMPTZ) AS"
            + " CAST(system.main.date_trunc(u, x) AS TIMESTAMPTZ)");
    one(all, "date_diff(u, a, b) AS date_sub(u, CAST(a AS TIMESTAMP), CAST(b AS TIMESTAMP))");
    one(all, "date_format(t, f) AS strftime(CAST(t AS TIMESTAMP), f)");
    one(all, "date_parse(s, f) AS strptime(s, f)");
    one(all, "format_datetime(t, f) AS strftime(CAST(t AS TIMESTAMP), f)");
    one(all, "parse_datetime(s, f) AS CAST(strptime(s, f) AS TIMESTAMPTZ)");
    one(all, "from_unixtime(n) AS to_timestamp(n)");
    one(all, "to_unixtime(t) AS CAST(epoch(t) AS DOUBLE)");
    one(all, "from_iso8601_timestamp(s) AS CAST(s AS TIMESTAMPTZ)");
    one(all, "from_iso8601_date(s) AS CAST(s AS DATE)");
    one(
        all,
        "to_iso8601(t DATE) AS strftime(t, '%Y-%m-%d'), (t TIMESTAMP) AS"
            + " strftime(t, '%Y-%m-%dT%H:%M:%S.%g'), (t TIMESTAMPTZ) AS"
            + " strftime(CAST(t AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%gZ')");
    one(all, "date(x) AS CAST(x AS DATE)");
    one(all, "day_of_week(x) AS isodow(x)");
    one(all, "dow(x) AS isodow(x)");
    one(all, "day_of_month(x) AS dayofmonth(x)");
    one(all, "day_of_year(x) AS dayofyear(x)");
    one(all, "doy(x) AS dayofyear(x)");
    one(all, "week_of_year(x) AS weekofyear(x)");
    one(all, "year_of_week(x) AS isoyear(x)");
    one(all, "millisecond(x) AS system.main.millisecond(x) % 1000");
    one(all, "last_day_of_month(x) AS last_day(x)");
    one(all, "at_timezone(t, z) AS timezone(z, t)");
    one(all, "with_timezone(t, z) AS timezone(z, t)");
  }

  private static void one(Map<String, List<String>> all, String definition) {
    all.put(
        definition.substring(0, definition.indexOf('(')),
        List.of("CREATE MACRO awsdatacatalog.\"$brume\"." + definition));
  }
}
