package dev.brume.compat;

import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// `kill -9` at random moments while flows of requests come in.
final class KillLoop {
  private static final int WORKERS = 2;

  /// Sends one request that carries this id; returns when it was acknowledged, throws when it was not.
  interface Flow {
    void send(String id) throws Exception;
  }

  private KillLoop() {}

  /// Kills and restarts the server this often while the flows run; answers the ids that were acknowledged, by flow.
  static Map<String, Set<String>> run(Server server, int kills, long seed, Map<String, Flow> flows) throws InterruptedException {
    Map<String, Set<String>> acknowledged = new ConcurrentHashMap<>();
    var random = new Random(seed);
    var stop = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      flows.forEach((name, flow) -> {
        Set<String> ids = ConcurrentHashMap.newKeySet();
        acknowledged.put(name, ids);
        for (int worker = 0; worker < WORKERS; worker++) {
          String prefix = name + "-" + worker + "-";
          threads.submit(() -> {
            for (int i = 0; !stop.get(); i++) {
              try {
                flow.send(prefix + i);
                ids.add(prefix + i);
              } catch (Exception e) {
                // Not acknowledged, since the server was just killed: it may have had its effect or not.
                TimeUnit.MILLISECONDS.sleep(20);
              }
            }
            return 0;
          });
        }
      });
      for (int kill = 0; kill < kills; kill++) {
        TimeUnit.MILLISECONDS.sleep(700 + random.nextInt(1500));
        server.kill();
        server.start();
      }
      TimeUnit.MILLISECONDS.sleep(500);
      stop.set(true);
    }
    return acknowledged;
  }
}
