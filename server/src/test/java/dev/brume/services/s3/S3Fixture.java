package dev.brume.services.s3;

import dev.brume.events.Event;
import dev.brume.events.Targets;
import dev.brume.ids.Ids;
import dev.brume.model.Body;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.Principal;
import dev.brume.model.Struct;
import dev.brume.model.s3.CreateBucketRequest;
import dev.brume.model.s3.PutObjectRequest;
import dev.brume.services.kms.KmsService;
import dev.brume.store.Kv;
import dev.brume.store.MemoryBlobs;
import dev.brume.store.MemoryKv;
import dev.brume.store.Tx;
import dev.brume.time.DurableTimers;
import dev.brume.time.VirtualClock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// S3 on a store in memory, with targets that only note what they were handed.
final class S3Fixture {
  static final Instant NOW = Instant.parse("2026-11-23T10:00:00.123Z");

  final Ids ids = new Ids(new Random(1));
  final Kv kv = new MemoryKv();
  final MemoryBlobs blobs = new MemoryBlobs(ids);
  final List<Event> sent = new ArrayList<>();
  final VirtualClock clock = new VirtualClock(kv, InstantSource.fixed(NOW));
  final DurableTimers timers = new DurableTimers(kv, clock);
  final KmsService kms = new KmsService(kv, timers, ids);
  final S3Service s3 = new S3Service(kv, blobs, timers, new Noted(), this::kms, ids);
  final Call call =
      new Call(
          "000000000000",
          "us-east-1",
          new Principal.Root("000000000000"),
          "REQUEST1",
          NOW,
          "http://127.0.0.1:4566");

  private final class Noted implements Targets {
    @Override
    public void receive(String arnService, Receiver receiver) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void probe(Event event) throws DeliveryFailed {
      if (event.targetArn().endsWith(":missing")) {
        throw new DeliveryFailed("NonExistentQueue", "The destination queue does not exist", false);
      }
      sent.add(event);
    }

    @Override
    public void send(Tx tx, Event event) {
      tx.afterCommit(() -> sent.add(event));
    }
  }

  private Struct kms(Call caller, String service, String operation, Struct input) {
    return kms.call(kms.model().operation(operation).index(), caller, input);
  }

  Operations operations() {
    return (caller, service, operation, input) ->
        s3.call(s3.model().operation(operation).index(), caller, input);
  }

  void bucket(String name) {
    s3.createBucket(call, new CreateBucketRequest().bucket(name));
  }

  String put(String bucket, String key, String body) {
    return s3.putObject(call, new PutObjectRequest().bucket(bucket).key(key).body(Body.of(body)))
        .versionId();
  }
}
