package dev.brume.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {
  @Test
  void optionsAreTakenOutWhereverTheyStand() {
    var words = new ArrayList<>(List.of("-f", "orders", "--since", "2h"));
    assertThat(Words.option(words, "--since")).isEqualTo("2h");
    assertThat(Words.flag(words, "-f")).isTrue();
    assertThat(Words.option(words, "--endpoint")).isNull();
    assertThat(words).containsExactly("orders");
  }

  @Test
  void anOptionWithoutItsValueIsRefused() {
    var words = new ArrayList<>(List.of("--since"));
    assertThatThrownBy(() -> Words.option(words, "--since"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--since needs a value");
  }

  @Test
  void timesAddUp() {
    assertThat(Words.duration("1d2h3m4s"))
        .isEqualTo(Duration.ofDays(1).plusHours(2).plusMinutes(3).plusSeconds(4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "2x", "h", "1h 2m", "-1h", "99999999999s"})
  void whatIsNoTimeIsRefused(String text) {
    assertThatThrownBy(() -> Words.duration(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
