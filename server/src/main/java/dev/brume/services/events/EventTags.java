package dev.brume.services.events;

import dev.brume.model.Call;
import dev.brume.model.events.ListTagsForResourceRequest;
import dev.brume.model.events.ListTagsForResourceResponse;
import dev.brume.model.events.Tag;
import dev.brume.model.events.TagResourceRequest;
import dev.brume.model.events.TagResourceResponse;
import dev.brume.model.events.UntagResourceRequest;
import dev.brume.model.events.UntagResourceResponse;
import dev.brume.store.Kv;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Tags of buses and rules, by ARN.
final class EventTags {
  private final Kv kv;
  private final EventsStore store;

  EventTags(Kv kv, EventsStore store) {
    this.kv = kv;
    this.store = store;
  }

  TagResourceResponse add(Call call, TagResourceRequest in) {
    retag(
        call, in.resourceARN(), tags -> in.tags().forEach(tag -> tags.put(tag.key(), tag.value())));
    return new TagResourceResponse();
  }

  UntagResourceResponse remove(Call call, UntagResourceRequest in) {
    retag(call, in.resourceARN(), tags -> in.tagKeys().forEach(tags::remove));
    return new UntagResourceResponse();
  }

  ListTagsForResourceResponse list(Call call, ListTagsForResourceRequest in) {
    Map<String, String> tags =
        kv.read(
            reader -> {
              String[] path = resource(in.resourceARN()).split("/");
              if (path[0].equals("event-bus")) {
                EventsStore.Bus bus = store.find(reader, call, path[path.length - 1]);
                return bus == null ? Map.<String, String>of() : bus.tags();
              }
              return store
                  .needed(
                      reader, call, path.length == 3 ? path[1] : "default", path[path.length - 1])
                  .tags();
            });
    return new ListTagsForResourceResponse()
        .tags(
            tags.entrySet().stream()
                .map(e -> new Tag().key(e.getKey()).value(e.getValue()))
                .toList());
  }

  private void retag(Call call, String arn, Consumer<Map<String, String>> change) {
    kv.tx(
        tx -> {
          String[] path = resource(arn).split("/");
          String name = path[path.length - 1];
          if (path[0].equals("event-bus")) {
            EventsStore.Bus bus = store.find(tx, call, name);
            if (bus == null) {
              throw EventsErrors.noResource(arn);
            }
            var tags = new LinkedHashMap<>(bus.tags());
            change.accept(tags);
            store.put(
                tx,
                call,
                new EventsStore.Bus(bus.name(), bus.createdMillis(), bus.description(), tags));
          } else {
            Rule rule = store.needed(tx, call, path.length == 3 ? path[1] : "default", name);
            var tags = new LinkedHashMap<>(rule.tags());
            change.accept(tags);
            store.put(tx, call, rule.withTags(tags));
          }
          return 0;
        });
  }

  private static String resource(String arn) {
    String[] parts = arn.split(":", 6);
    if (parts.length < 6) {
      throw EventsErrors.noResource(arn);
    }
    return parts[5];
  }
}
