package dev.brume.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What every [Kv] must do.
class KvContractTest {
  enum Engine {
    MEMORY,
    ROCKS
  }

  @TempDir Path folder;
  private final List<Kv> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(Kv::close);
  }

  private Kv open(Engine engine) throws IOException {
    Kv kv =
        switch (engine) {
          case MEMORY -> new MemoryKv();
          case ROCKS -> new RocksKv(folder, failure -> {});
        };
    opened.add(kv);
    return kv;
  }

  @ParameterizedTest
  @EnumSource
  void aTransactionReadsItsOwnWritesAndIsSeenAfterwards(Engine engine) throws IOException {
    Kv kv = open(engine);
    String seen =
        kv.tx(
            tx -> {
              tx.put(Key.of("a", 1), bytes("one"));
              tx.put(Key.of("a", 2), bytes("two"));
              tx.delete(Key.of("a", 2));
              return text(tx.get(Key.of("a", 1))) + text(tx.get(Key.of("a", 2)));
            });
    assertThat(seen).isEqualTo("one-");
    assertThat(kv.<String>read(r -> text(r.get(Key.of("a", 1))))).isEqualTo("one");
    assertThat(kv.<String>read(r -> text(r.get(Key.of("a", 2))))).isEqualTo("-");
  }

  @ParameterizedTest
  @EnumSource
  void anExceptionReachesTheCallerAndWritesNothing(Engine engine) throws IOException {
    Kv kv = open(engine);
    var acted = new AtomicInteger();
    assertThatThrownBy(
            () ->
                kv.tx(
                    tx -> {
                      tx.put(Key.of("a"), bytes("x"));
                      tx.afterCommit(acted::incrementAndGet);
                      throw new IllegalArgumentException("no");
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no");
    assertThat(kv.<String>read(r -> text(r.get(Key.of("a"))))).isEqualTo("-");
    assertThat(acted).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  void transactionsAreSerialAndActionsRunInOrderBeforeTheCallerGoesOn(Engine engine)
      throws Exception {
    Kv kv = open(engine);
    var order = new ArrayList<Integer>();
    var seenByCaller = new ConcurrentHashMap<Integer, Boolean>();
    int threads = 32;
    int each = 20;
    inThreads(
        threads,
        t -> {
          for (int i = 0; i < each; i++) {
            int number =
                kv.tx(
                    tx -> {
                      byte[] old = tx.get(Key.of("count"));
                      int next = old == null ? 1 : Integer.parseInt(text(old)) + 1;
                      tx.put(Key.of("count"), bytes(Integer.toString(next)));
                      tx.afterCommit(() -> order.add(next));
                      return next;
                    });
            int durable = kv.read(r -> Integer.parseInt(text(r.get(Key.of("count")))));
            seenByCaller.put(number, durable >= number);
          }
        });
    assertThat(order).isSorted().hasSize(threads * each).doesNotHaveDuplicates();
    assertThat(seenByCaller).hasSize(threads * each).doesNotContainValue(false);
  }

  @ParameterizedTest
  @EnumSource
  void scansAreBoundedOrderedAndStopWhenTold(Engine engine) throws IOException {
    Kv kv = open(engine);
    kv.tx(
        tx -> {
          for (int i = 0; i < 10; i++) {
            tx.put(Key.of("k", i), bytes("v" + i));
          }
          tx.put(Key.of("l"), bytes("other"));
          return tx;
        });
    var found = new ArrayList<String>();
    kv.read(
        r -> {
          r.scan(Key.of("k"), (key, value) -> found.add(text(value)) && found.size() < 3);
          r.scanBack(Key.of("k", 2), Key.of("k", 9), (key, value) -> found.add(text(value)));
          r.scan(Key.of("k", 5), Key.of("k", 5), (key, value) -> found.add("never"));
          return found;
        });
    assertThat(found).containsExactly("v0", "v1", "v2", "v8", "v7", "v6", "v5", "v4", "v3", "v2");
  }

  @ParameterizedTest
  @EnumSource
  void aVisitorMayWriteWhileItWalks(Engine engine) throws IOException {
    Kv kv = open(engine);
    kv.tx(
        tx -> {
          for (int i = 0; i < 5; i++) {
            tx.put(Key.of("k", i), bytes("v"));
          }
          return tx;
        });
    int visited =
        kv.tx(
            tx -> {
              var count = new AtomicInteger();
              tx.scan(
                  Key.of("k"),
                  (key, value) -> {
                    tx.delete(key);
                    tx.put(Key.of("j", count.incrementAndGet()), bytes("moved"));
                    return true;
                  });
              return count.get();
            });
    assertThat(visited).isEqualTo(5);
    assertThat(kv.<Integer>read(r -> count(r, Key.of("k")))).isZero();
    assertThat(kv.<Integer>read(r -> count(r, Key.of("j")))).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource
  void aTransactionInsideATransactionAndUseAfterItsEndAreRefused(Engine engine) throws IOException {
    Kv kv = open(engine);
    assertThatThrownBy(() -> kv.tx(tx -> kv.<String>tx(inner -> "x")))
        .isInstanceOf(IllegalStateException.class);
    Tx ended = kv.tx(tx -> tx);
    assertThatThrownBy(() -> ended.put(Key.of("a"), bytes("x")))
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @EnumSource
  void aClosedStoreSaysSo(Engine engine) throws IOException {
    Kv kv = open(engine);
    kv.close();
    assertThatThrownBy(() -> kv.<String>tx(tx -> "x")).isInstanceOf(StoreClosed.class);
    kv.close();
  }

  @ParameterizedTest
  @EnumSource
  void behavesAsAModelUnderRandomOperations(Engine engine) throws IOException {
    Kv kv = open(engine);
    for (long seed = 1; seed <= 5; seed++) {
      simulate(kv, new Random(seed), seed);
    }
  }

  private static void simulate(Kv kv, Random random, long seed) {
    var model = new TreeMap<Key, String>();
    for (int i = 0; i < 200; i++) {
      var after = new TreeMap<>(model);
      boolean fails = random.nextInt(5) == 0;
      long stepSeed = random.nextLong();
      try {
        kv.tx(tx -> step(tx, after, new Random(stepSeed), seed, fails));
        model = after;
      } catch (UnsupportedOperationException e) {
        assertThat(fails).isTrue();
      }
      Map<Key, String> expected = model;
      var found = new TreeMap<Key, String>();
      kv.read(
          r -> {
            r.scan(Key.of(seed), (key, value) -> found.put(key, text(value)) == null);
            return found;
          });
      assertThat(found).as("seed %d step %d", seed, i).isEqualTo(expected);
    }
  }

  private static boolean step(
      Tx tx, TreeMap<Key, String> model, Random random, long seed, boolean fails) {
    int operations = 1 + random.nextInt(6);
    for (int i = 0; i < operations; i++) {
      Key key = Key.of(seed, random.nextInt(40));
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          String value = Integer.toString(random.nextInt());
          tx.put(key, bytes(value));
          model.put(key, value);
        }
        case 2 -> {
          tx.delete(key);
          model.remove(key);
        }
        case 3 -> assertThat(text(tx.get(key))).isEqualTo(model.getOrDefault(key, "-"));
        default -> {
          Key to = Key.of(seed, random.nextInt(40));
          var found = new ArrayList<Key>();
          boolean back = random.nextBoolean();
          if (back) {
            tx.scanBack(key, to, (k, v) -> found.add(k));
          } else {
            tx.scan(key, to, (k, v) -> found.add(k));
          }
          var expected = new ArrayList<Key>();
          if (key.compareTo(to) < 0) {
            var range = model.subMap(key, true, to, false);
            expected.addAll(back ? range.descendingKeySet() : range.keySet());
          }
          assertThat(found).isEqualTo(expected);
        }
      }
    }
    if (fails) {
      throw new UnsupportedOperationException();
    }
    return true;
  }

  @Test
  void rocksKeepsWhatWasCommittedAndLocksItsFolder() throws IOException {
    Kv first = open(Engine.ROCKS);
    first.tx(
        tx -> {
          tx.put(Key.of("a"), bytes("kept"));
          return tx;
        });
    assertThatThrownBy(() -> open(Engine.ROCKS))
        .isInstanceOf(StoreLocked.class)
        .hasMessageContaining(folder.toString());
    first.close();
    assertThat(open(Engine.ROCKS).<String>read(r -> text(r.get(Key.of("a"))))).isEqualTo("kept");
  }

  @Test
  void aCrashInMemoryKeepsWhatWasCommitted() {
    var kv = new MemoryKv();
    kv.tx(
        tx -> {
          tx.put(Key.of("a"), bytes("kept"));
          return tx;
        });
    MemoryKv found = kv.afterCrash();
    opened.add(found);
    assertThat(found.<String>read(r -> text(r.get(Key.of("a"))))).isEqualTo("kept");
    assertThatThrownBy(() -> kv.<String>tx(tx -> "x")).isInstanceOf(StoreClosed.class);
  }

  @Test
  void aFailedAppendStopsTheStoreAndIsTold() {
    var told = new AtomicInteger();
    var committer = new Committer(new FailingEngine(), failure -> told.incrementAndGet());
    assertThatThrownBy(
            () ->
                committer.tx(
                    tx -> {
                      tx.put(Key.of("a"), bytes("x"));
                      return tx;
                    }))
        .isInstanceOf(StoreClosed.class)
        .hasMessageContaining("disk full");
    assertThatThrownBy(() -> committer.tx(tx -> "x")).isInstanceOf(StoreClosed.class);
    committer.close();
    assertThat(told).hasValue(1);
  }

  static void inThreads(int threads, java.util.function.IntConsumer work)
      throws InterruptedException {
    var start = new CountDownLatch(1);
    List<Thread> running =
        Stream.iterate(0, i -> i + 1)
            .limit(threads)
            .map(
                i ->
                    Thread.ofVirtual()
                        .start(
                            () -> {
                              try {
                                start.await();
                              } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                              }
                              work.accept(i);
                            }))
            .toList();
    start.countDown();
    for (Thread thread : running) {
      thread.join();
    }
  }

  private static int count(Reader reader, Key prefix) {
    var count = new AtomicInteger();
    reader.scan(prefix, (key, value) -> count.incrementAndGet() > 0);
    return count.get();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return bytes == null ? "-" : new String(bytes, StandardCharsets.UTF_8);
  }
}
