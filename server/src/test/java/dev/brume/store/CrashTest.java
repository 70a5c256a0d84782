package dev.brume.store;

import static dev.brume.store.KvContractTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that is killed in the midst of its writes loses nothing that it acknowledged and
/// leaves nothing half done.
class CrashTest {
  private static final int ROUNDS = 2;
  private static final int ACKNOWLEDGED_BEFORE_KILL = 2000;

  @TempDir Path folder;

  @Test
  void everyAcknowledgedTransactionIsThereWhole() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      List<String> acknowledged = killedWriter(round);
      try (RocksKv kv = new RocksKv(folder, failure -> {})) {
        for (String id : acknowledged) {
          assertThat(parts(kv, id)).as(id).isEqualTo(3);
        }
        assertThat(torn(kv)).isEmpty();
      }
    }
  }

  private List<String> killedWriter(int round) throws IOException, InterruptedException {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                folder.toString(),
                Integer.toString(round))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var acknowledged = new ArrayList<String>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null) {
        if (line.endsWith(".")) {
          acknowledged.add(line.substring(0, line.length() - 1));
        }
        if (acknowledged.size() == ACKNOWLEDGED_BEFORE_KILL) {
          writer.toHandle().destroyForcibly();
        }
      }
    }
    assertThat(writer.waitFor()).isEqualTo(137);
    return acknowledged;
  }

  private static int parts(Kv kv, String id) {
    return kv.read(
        r -> {
          int found = 0;
          for (int part = 0; part < 3; part++) {
            found += r.get(Key.of("part" + part, id)) == null ? 0 : 1;
          }
          return found;
        });
  }

  private static List<String> torn(Kv kv) {
    var torn = new ArrayList<String>();
    for (int part = 0; part < 3; part++) {
      Key prefix = Key.of("part" + part);
      kv.read(
          r -> {
            r.scan(
                prefix,
                (key, value) -> {
                  if (parts(kv, key.lastString()) != 3) {
                    torn.add(key.lastString());
                  }
                  return true;
                });
            return torn;
          });
    }
    return torn;
  }

  /// Writes three keys per transaction from 32 virtual threads and prints each acknowledged one.
  static final class Main {
    public static void main(String[] args) throws Exception {
      RocksKv kv = new RocksKv(Path.of(args[0]), failure -> Runtime.getRuntime().halt(1));
      var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
      var next = new AtomicInteger();
      KvContractTest.inThreads(
          32,
          thread -> {
            while (true) {
              String id = args[1] + "-" + next.incrementAndGet();
              kv.tx(
                  tx -> {
                    for (int part = 0; part < 3; part++) {
                      tx.put(Key.of("part" + part, id), bytes("x".repeat(100)));
                    }
                    return id;
                  });
              synchronized (out) {
                out.println(id + ".");
                out.flush();
              }
            }
          });
    }
  }
}
