package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said about a machine that does not allow a full sandbox.
class SandboxProbeTest {
  @TempDir Path folder;

  @Test
  void theSwitchThatForbidsUserNamespacesIsNamed() throws IOException {
    assertThat(SandboxProbe.forbidden(folder, "unshare: Operation not permitted"))
        .isEqualTo("unshare: Operation not permitted");
    Files.createDirectories(folder.resolve("kernel"));
    Files.writeString(folder.resolve("kernel/apparmor_restrict_unprivileged_userns"), "1\n");
    assertThat(SandboxProbe.forbidden(folder, "unshare: Operation not permitted"))
        .isEqualTo(
            "user namespaces are forbidden by kernel.apparmor_restrict_unprivileged_userns=1;"
                + " sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 allows them");
  }

  @Test
  void aTrialLeavesNothingBehindAndWhatIsMissingAgreesWithTheTier() throws IOException {
    var leaks = new Leaks(folder);
    SandboxFacts facts = SandboxFacts.probe();
    assertThat(facts.tier()).isIn("root", "user", "reduced");
    assertThat(facts.missing().isEmpty())
        .isEqualTo(facts.tier().equals("root") && facts.network().equals("endpoint"));
    leaks.awaitNone();
  }

  @Test
  void whereAFullSandboxIsRequiredItIsThereOrNothingRuns() throws Exception {
    try (var fixture = new FunctionsFixture(folder, FunctionsSettings.Isolation.REQUIRE)) {
      FunctionsFixture.await("a trial", () -> fixture.functions.status().sandbox() != null);
      List<String> missing = fixture.functions.status().sandbox().missing();
      if (missing.isEmpty()) {
        assertThat(fixture.node("kinds.echo", "1")).isEqualTo("1");
      } else {
        assertThatThrownBy(() -> fixture.node("kinds.echo", "1"))
            .isInstanceOf(RuntimeUnavailable.class)
            .hasMessageContaining(String.join("; ", missing));
      }
    }
  }
}
