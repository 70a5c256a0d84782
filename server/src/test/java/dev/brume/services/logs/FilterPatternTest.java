package dev.brume.services.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterPatternTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
      ERROR                                        ; [ERROR 400] BAD REQUEST        ; true
      ERROR                                        ; error                          ; false
      ERROR 400                                    ; [ERROR 400] BAD REQUEST        ; true
      ERROR 401                                    ; [ERROR 400] BAD REQUEST        ; false
      "BAD REQUEST"                                ; [ERROR 400] BAD REQUEST        ; true
      "REQUEST BAD"                                ; [ERROR 400] BAD REQUEST        ; false
      ERROR -BAD                                   ; [ERROR 400] BAD REQUEST        ; false
      ?WARN ?ERROR                                 ; [ERROR 400] BAD REQUEST        ; true
      ?WARN ?INFO                                  ; [ERROR 400] BAD REQUEST        ; false
      %ERR.R [45]00%                               ; [ERROR 400] BAD REQUEST        ; true
      { $.level = "error" }                        ; {"level":"error"}              ; true
      { $.level = "err*" }                         ; {"level":"error"}              ; true
      { $.level = %^err% }                         ; {"level":"error"}              ; true
      { $.level != "error" }                       ; {"level":"error"}              ; false
      { $.level != "error" }                       ; {"other":1}                    ; false
      { $.a.b[1] >= 4.99e2 }                       ; {"a":{"b":[1,499]}}            ; true
      { $.a.b[1] > 499 }                           ; {"a":{"b":[1,499]}}            ; false
      { $.x = 1 && ($.y = 2 || $.y = 3) }      ; {"x":1,"y":3}                  ; true
      { $.x = 1 && ($.y = 2 || $.y = 3) }      ; {"x":1,"y":4}                  ; false
      { $.x IS NULL }                              ; {"x":null}                     ; true
      { $.x IS TRUE }                              ; {"x":true}                     ; true
      { $.x NOT EXISTS }                           ; {"y":1}                        ; true
      { $.x EXISTS }                               ; {"y":1}                        ; false
      { $.ip = 10.0.* }                            ; {"ip":"10.0.0.1"}              ; true
      { $.level = "error" }                        ; plain text                     ; false
      { $["a b"] = 1 }                             ; {"a b":1}                      ; true
      [ip, user, status=4*]                        ; 10.0.0.1 ann 404               ; true
      [ip, user, status=4*]                        ; 10.0.0.1 ann 404 x             ; false
      [ip, ..., status>=400 && status!=404, size]  ; 10.0.0.1 "a b" c 403 12        ; true
      [ip, ..., status>=400 && status!=404, size]  ; 10.0.0.1 "a b" c 404 12        ; false
      """)
  void matches(String pattern, String message, boolean expected) throws Exception {

    assertThat(FilterPattern.of(pattern).matches(message)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ $.a }",
        "{ $.a = }",
        "{ $.a = 1",
        "{ a = 1 }",
        "{ $.a > \"x\" }",
        "[a, b",
        "[..., b, ...]",
        "\"open",
        "%open",
        "%(a+)+%",
        "%[%",
        "{ $.a = 1 } x",
        "-"
      })
  void isRefused(String pattern) {
    assertThatThrownBy(() -> FilterPattern.of(pattern)).isInstanceOf(FilterPattern.Invalid.class);
  }
}
