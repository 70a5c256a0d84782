package dev.brume.services.events;

import dev.brume.model.Call;
import dev.brume.store.Key;
import dev.brume.store.Reader;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rows: buses by name, rules by bus and name.
final class EventsStore {
  static final String SCHEDULE_TIMER = "events.schedule";
  private static final Row<Rule> RULE = Row.of(Rule.class);
  private static final Row<Bus> BUS = Row.of(Bus.class);

  record Bus(
      String name, long createdMillis, @Nullable String description, Map<String, String> tags) {}

  private static Key root(Call call, String kind) {
    return Key.of("events", call.account(), call.region(), kind);
  }

  /// A bus by name or ARN; `default` always exists. Throws ResourceNotFoundException.
  String bus(Reader reader, Call call, @Nullable String nameOrArn) {
    String name = nameOrArn == null || nameOrArn.isEmpty() ? "default" : nameOrArn;
    if (name.startsWith("arn:")) {
      name = name.substring(name.lastIndexOf('/') + 1);
    }
    if (!name.equals("default") && reader.get(root(call, "bus").then(name)) == null) {
      throw EventsErrors.noBus(name);
    }
    return name;
  }

  @Nullable Bus find(Reader reader, Call call, String name) {
    byte[] row = reader.get(root(call, "bus").then(name));
    return row == null ? null : BUS.read(row);
  }

  void put(Tx tx, Call call, Bus bus) {
    tx.put(root(call, "bus").then(bus.name()), BUS.write(bus));
  }

  void deleteBus(Tx tx, Call call, String name) {
    tx.delete(root(call, "bus").then(name));
  }

  List<Bus> buses(Reader reader, Call call) {
    var buses = new ArrayList<Bus>();
    buses.add(new Bus("default", 0, null, Map.of()));
    reader.scan(root(call, "bus"), (_, value) -> buses.add(BUS.read(value)));
    return buses;
  }

  @Nullable Rule rule(Reader reader, Call call, String bus, String name) {
    byte[] row = reader.get(root(call, "rule").then(bus, name));
    return row == null ? null : RULE.read(row);
  }

  Rule needed(Reader reader, Call call, String bus, String name) {
    Rule rule = rule(reader, call, bus, name);
    if (rule == null) {
      throw EventsErrors.noRule(name, bus);
    }
    return rule;
  }

  void put(Tx tx, Call call, Rule rule) {
    tx.put(root(call, "rule").then(rule.bus(), rule.name()), RULE.write(rule));
  }

  void delete(Tx tx, Call call, Rule rule) {
    tx.delete(root(call, "rule").then(rule.bus(), rule.name()));
  }

  List<Rule> rules(Reader reader, Call call, String bus) {
    var rules = new ArrayList<Rule>();
    reader.scan(root(call, "rule").then(bus), (_, value) -> rules.add(RULE.read(value)));
    return rules;
  }
}
