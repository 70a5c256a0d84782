package dev.brume.events.patterns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.json.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventPatternTest {
  private static final String EVENT =
      """
      {"source": "shop", "detail-type": "Order", "detail": {"state": "PAID", "total": 42.50, "tags": ["new", "big"], "ip": "10.1.2.3",
       "empty": "", "none": null, "ok": true, "lines": [{"sku": "a", "count": 1}, {"sku": "b", "count": 5}]}}""";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      true  | {"source": ["shop", "other"]}
      false | {"source": ["other"]}
      true  | {"detail": {"state": ["PAID"], "ok": [true], "none": [null], "empty": [""]}}
      true  | {"detail": {"tags": ["big"]}}
      true  | {"detail": {"state": [{"prefix": "PA"}]}}
      true  | {"detail": {"state": [{"prefix": {"equals-ignore-case": "pa"}}]}}
      true  | {"detail": {"state": [{"suffix": "ID"}]}}
      true  | {"detail": {"state": [{"equals-ignore-case": "paid"}]}}
      true  | {"detail": {"state": [{"anything-but": "OPEN"}]}}
      false | {"detail": {"state": [{"anything-but": ["OPEN", "PAID"]}]}}
      false | {"detail": {"state": [{"anything-but": {"prefix": "PA"}}]}}
      false | {"detail": {"missing": [{"anything-but": "x"}]}}
      true  | {"detail": {"total": [{"numeric": [">", 40, "<=", 42.5]}]}}
      false | {"detail": {"total": [{"numeric": [">", 42.5]}]}}
      true  | {"detail": {"total": [42.5]}}
      true  | {"detail": {"missing": [{"exists": false}], "state": [{"exists": true}]}}
      false | {"detail": {"state": [{"exists": false}]}}
      true  | {"detail": {"ip": [{"cidr": "10.1.0.0/16"}]}}
      false | {"detail": {"ip": [{"cidr": "10.2.0.0/16"}]}}
      true  | {"detail": {"state": [{"wildcard": "P*I*"}]}}
      false | {"detail": {"state": [{"wildcard": "P*X"}]}}
      true  | {"detail": {"lines": {"sku": ["b"], "count": [{"numeric": [">", 3]}]}}}
      false | {"detail": {"lines": {"sku": ["a"], "count": [{"numeric": [">", 3]}]}}}
      true  | {"$or": [{"source": ["other"]}, {"detail": {"state": ["PAID"]}}]}
      false | {"$or": [{"source": ["other"]}, {"detail": {"state": ["OPEN"]}}]}
      """)
  void operators(boolean expected, String pattern) throws Exception {
    assertThat(EventPattern.of(pattern).matches(Json.parseOwn(EVENT))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      {}                                    | Empty patterns are not allowed
      []                                    | Filter is not an object
      {"a": "b"}                            | "a" must be an object or an array
      {"a": []}                             | Empty arrays are not allowed
      {"a": [{"numeric": [">", "x"]}]}      | Value of > must be numeric
      {"a": [{"nosuch": 1}]}                | Unrecognized match type nosuch
      {"a": [{"wildcard": "a**b"}]}         | Consecutive wildcard characters at pos 1
      {"a": [{"cidr": "10.0.0.0/99"}]}      | Malformed CIDR, one '/' required: 10.0.0.0/99
      """)
  void refused(String pattern, String reason) {
    assertThatThrownBy(() -> EventPattern.of(pattern))
        .isInstanceOf(EventPattern.Invalid.class)
        .hasMessage(reason);
  }
}
