package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionsSettingsTest {
  @ParameterizedTest
  @CsvSource({"1024, 32", "4096, 32", "8192, 64", "16384, 128", "524288, 400"})
  void asManyEnvironmentsAsThereIsMemoryFor(long machineMegabytes, int environments) {
    assertThat(FunctionsSettings.environmentsFor(machineMegabytes)).isEqualTo(environments);
  }
}
