package dev.brume;

import dev.brume.functions.FunctionsSettings.Isolation;
import dev.brume.functions.SandboxSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What the command line configures.
///
/// @param host the address to listen on; loopback unless told otherwise, since whoever reaches the
///   port is trusted like the owner of an account
/// @param port 0 for any free one
/// @param data the data folder, null to keep everything in memory
/// @param iamEnforced whether roles may do only what their policies allow
/// @param isolation how much less than a full sandbox will do for functions: `best`, `require` or
///   `none`
/// @param sandbox what the sandbox of functions is to be
/// @param region where requests without a credential scope go
/// @param watched functions may take their code from folders below this one, null for none
public record Settings(
    String host,
    int port,
    @Nullable Path data,
    boolean iamEnforced,
    Isolation isolation,
    SandboxSettings sandbox,
    String region,
    @Nullable Path watched) {
  public static final Settings DEFAULT =
      new Settings(
          "127.0.0.1",
          4566,
          Path.of(".brume"),
          true,
          Isolation.BEST,
          SandboxSettings.DEFAULT,
          "us-east-1",
          null);

  private static final List<String> VALUED =
      List.of(
          "--data",
          "--port",
          "--host",
          "--iam",
          "--isolation",
          "--function-network",
          "--function-freeze",
          "--function-memory",
          "--watch");

  /// A throw-away store on a free port, for tests.
  public static Settings forTests() {
    return DEFAULT.withData(null).withPort(0);
  }

  /// Reads the options of `brume up`. Throws IllegalArgumentException with a line for the user.
  static Settings parse(List<String> options) {
    Settings settings = DEFAULT;
    for (int i = 0; i < options.size(); i++) {
      String option = options.get(i);
      if (option.equals("--memory")) {
        settings = settings.withData(null);
        continue;
      }
      if (i + 1 == options.size()) {
        throw new IllegalArgumentException(
            VALUED.contains(option) ? option + " needs a value" : "unknown option " + option);
      }
      String value = options.get(++i);
      settings =
          switch (option) {
            case "--data" -> settings.withData(Path.of(value));
            case "--port" -> settings.withPort(port(value));
            case "--host" -> settings.withHost(value);
            case "--iam" -> settings.withIam(value);
            case "--watch" -> settings.withWatched(Path.of(value));
            case "--isolation" -> settings.withIsolation(value);
            case "--function-network" -> settings.withNetwork(value);
            case "--function-freeze" -> settings.withFreeze(value);
            case "--function-memory" -> settings.withIdleMemory(value);
            default -> throw new IllegalArgumentException("unknown option " + option);
          };
    }
    return settings;
  }

  public Settings withData(@Nullable Path folder) {
    return new Settings(host, port, folder, iamEnforced, isolation, sandbox, region, watched);
  }

  public Settings withPort(int number) {
    return new Settings(host, number, data, iamEnforced, isolation, sandbox, region, watched);
  }

  private Settings withWatched(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("--watch: there is no folder " + folder);
    }
    return new Settings(
        host, port, data, iamEnforced, isolation, sandbox, region, folder.toAbsolutePath());
  }

  private Settings withHost(String address) {
    return new Settings(address, port, data, iamEnforced, isolation, sandbox, region, watched);
  }

  private Settings withIam(String value) {
    if (!value.equals("enforce") && !value.equals("off")) {
      throw new IllegalArgumentException("--iam must be enforce or off, not " + value);
    }
    return new Settings(
        host, port, data, value.equals("enforce"), isolation, sandbox, region, watched);
  }

  private Settings withIsolation(String value) {
    for (Isolation one : Isolation.values()) {
      if (one.name().equalsIgnoreCase(value)) {
        return new Settings(host, port, data, iamEnforced, one, sandbox, region, watched);
      }
    }
    throw new IllegalArgumentException("--isolation must be best, require or none, not " + value);
  }

  private Settings withNetwork(String value) {
    for (SandboxSettings.Reach one : SandboxSettings.Reach.values()) {
      if (one.name().toLowerCase(Locale.ROOT).equals(value)) {
        return withSandbox(sandbox.with(one));
      }
    }
    throw new IllegalArgumentException("--function-network must be endpoint or host, not " + value);
  }

  private Settings withFreeze(String value) {
    for (SandboxSettings.Freeze one : SandboxSettings.Freeze.values()) {
      if (one.name().toLowerCase(Locale.ROOT).equals(value)) {
        return withSandbox(sandbox.with(one));
      }
    }
    throw new IllegalArgumentException(
        "--function-freeze must be idle, strict or off, not " + value);
  }

  private Settings withIdleMemory(String value) {
    if (!value.matches("\\d{1,9}")) {
      throw new IllegalArgumentException(
          "--function-memory must be a number of megabytes, not " + value);
    }
    return withSandbox(sandbox.withIdleMemory(Long.parseLong(value)));
  }

  private Settings withSandbox(SandboxSettings other) {
    return new Settings(host, port, data, iamEnforced, isolation, other, region, watched);
  }

  private static int port(String text) {
    if (text.matches("\\d{1,5}") && Integer.parseInt(text) <= 65_535) {
      return Integer.parseInt(text);
    }
    throw new IllegalArgumentException("--port must be from 0 to 65535, not " + text);
  }
}
