package dev.brume.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The same contract for both stores.
class KvTest {
  @TempDir Path folder;

  private Kv open(String kind) {
    return kind.equals("memory")
        ? new MemoryKv()
        : new RocksKv(folder.resolve("kv"), failure -> {});
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocks"})
  void randomTransactionsMatchASortedMap(String kind) {
    try (Kv kv = open(kind)) {
      var random = new Random(7);
      var expected = new TreeMap<Key, String>();
      for (int step = 0; step < 2000; step++) {
        Key key = Key.of("k", random.nextInt(50), "x" + random.nextInt(3));
        boolean delete = random.nextInt(4) == 0;
        String value = "v" + step;
        kv.tx(
            tx -> {
              if (delete) {
                tx.delete(key);
              } else {
                tx.put(key, value.getBytes());
              }
              return list(tx, Key.of("k"));
            });
        if (delete) {
          expected.remove(key);
        } else {
          expected.put(key, value);
        }
        if (step % 100 == 0) {
          assertThat(kv.<List<String>>read(reader -> list(reader, Key.of("k"))))
              .isEqualTo(lines(expected));
          assertThat(kv.<List<String>>read(reader -> back(reader, Key.of("k"))))
              .isEqualTo(lines(expected).reversed());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocks"})
  void aTransactionSeesItsOwnWritesInOrder(String kind) {
    try (Kv kv = open(kind)) {
      kv.tx(
          tx -> {
            tx.put(Key.of("a", 1), new byte[] {1});
            tx.put(Key.of("a", 3), new byte[] {3});
            return 0;
          });
      List<String> seen =
          kv.tx(
              tx -> {
                tx.put(Key.of("a", 2), new byte[] {2});
                tx.delete(Key.of("a", 3));
                tx.put(Key.of("a", 4), new byte[] {4});
                return list(tx, Key.of("a"));
              });
      assertThat(seen).hasSize(3);
      assertThat(kv.<Boolean>read(reader -> reader.get(Key.of("a", 3)) == null)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocks"})
  void aFailingTransactionWritesNothingAndHarmsNoOther(String kind) throws Exception {
    try (Kv kv = open(kind);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var results = new ArrayList<Future<?>>();
      for (int i = 0; i < 200; i++) {
        int number = i;
        results.add(
            threads.submit(
                () -> {
                  if (number % 3 == 0) {
                    assertThatThrownBy(
                            () ->
                                kv.tx(
                                    tx -> {
                                      tx.put(Key.of("f", number), new byte[] {1});
                                      throw new IllegalArgumentException("no");
                                    }))
                        .hasMessage("no");
                  } else {
                    kv.tx(
                        tx -> {
                          tx.put(Key.of("f", number), new byte[] {1});
                          return 0;
                        });
                  }
                }));
      }
      for (Future<?> result : results) {
        result.get();
      }
      assertThat(kv.<List<String>>read(reader -> list(reader, Key.of("f")))).hasSize(133);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocks"})
  void afterCommitRunsInOrderAndOnlyForCommitted(String kind) {
    try (Kv kv = open(kind)) {
      var seen = new ArrayList<Integer>();
      for (int i = 0; i < 5; i++) {
        int number = i;
        kv.tx(
            tx -> {
              tx.afterCommit(() -> seen.add(number));
              return 0;
            });
      }
      assertThatThrownBy(
              () ->
                  kv.tx(
                      tx -> {
                        tx.afterCommit(() -> seen.add(99));
                        throw new IllegalStateException();
                      }))
          .isInstanceOf(IllegalStateException.class);
      assertThat(seen).containsExactly(0, 1, 2, 3, 4);
    }
  }

  private static List<String> lines(TreeMap<Key, String> map) {
    return map.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  private static List<String> list(Reader reader, Key prefix) {
    var found = new ArrayList<String>();
    reader.scan(prefix, (key, value) -> found.add(key + "=" + new String(value)));
    return found;
  }

  private static List<String> back(Reader reader, Key prefix) {
    var found = new ArrayList<String>();
    reader.scanBack(prefix, prefix.end(), (key, value) -> found.add(key + "=" + new String(value)));
    return found;
  }
}
