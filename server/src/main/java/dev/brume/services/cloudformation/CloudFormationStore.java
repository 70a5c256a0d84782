package dev.brume.services.cloudformation;

import dev.brume.store.Key;
import dev.brume.store.Reader;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keys and rows: `stack` by ARN, `name` (of a stack that lives) to ARN, `template` by id, of a
/// stack `resource` by logical id and `event` by time, `changeset` by stack and name, `export` by
/// name, `import` by export and stack; and across all accounts `running`: the stacks with an
/// operation in progress.
final class CloudFormationStore {
  private static final String SERVICE = "cloudformation";
  private static final Row<StackRow> STACK = Row.of(StackRow.class);
  private static final Row<ResourceRow> RESOURCE = Row.of(ResourceRow.class);
  private static final Row<EventRow> EVENT = Row.of(EventRow.class);
  private static final Row<ChangeSetRow> CHANGE_SET = Row.of(ChangeSetRow.class);
  private static final Row<ExportRow> EXPORT = Row.of(ExportRow.class);
  private static final Key RUNNING = Key.of(SERVICE, "running");

  record ExportRow(String name, String value, String stackArn) {}

  private CloudFormationStore() {}

  private static Key key(String account, String region, String kind) {
    return Key.of(SERVICE, account, region, kind);
  }

  // arn:aws:cloudformation:<region>:<account>:…
  private static Key key(String arn, String kind) {
    String[] parts = arn.split(":", 6);
    return key(parts[4], parts[3], kind);
  }

  static void put(Tx tx, StackRow stack) {
    tx.put(key(stack.arn(), "stack").then(stack.arn()), STACK.write(stack));
    Key name = key(stack.arn(), "name").then(stack.name());
    if (!stack.deleted()) {
      tx.put(name, bytes(stack.arn()));
    } else if (stack.arn().equals(arnOf(tx, stack.account(), stack.region(), stack.name()))) {
      tx.delete(name);
    }
    Key running = RUNNING.then(stack.arn());
    if (stack.operation() != null) {
      tx.put(running, new byte[0]);
    } else {
      tx.delete(running);
    }
  }

  static @Nullable StackRow stack(Reader reader, String arn) {
    byte[] row = reader.get(key(arn, "stack").then(arn));
    return row == null ? null : STACK.read(row);
  }

  static @Nullable String arnOf(Reader reader, String account, String region, String name) {
    byte[] arn = reader.get(key(account, region, "name").then(name));
    return arn == null ? null : new String(arn, StandardCharsets.UTF_8);
  }

  static List<StackRow> stacks(Reader reader, String account, String region) {
    var stacks = new ArrayList<StackRow>();
    reader.scan(
        key(account, region, "stack"),
        (_, row) -> {
          stacks.add(STACK.read(row));
          return true;
        });
    return stacks;
  }

  static List<String> running(Reader reader) {
    var arns = new ArrayList<String>();
    reader.scan(
        RUNNING,
        (key, _) -> {
          arns.add(key.lastString());
          return true;
        });
    return arns;
  }

  /// Removes a stack that never was (in review) with all that belongs to it.
  static void forget(Tx tx, StackRow stack) {
    tx.delete(key(stack.arn(), "stack").then(stack.arn()));
    tx.delete(key(stack.arn(), "name").then(stack.name()));
  }

  static void putTemplate(Tx tx, String stackArn, String id, String text) {
    tx.put(key(stackArn, "template").then(id), bytes(text));
  }

  static String template(Reader reader, String stackArn, String id) {
    byte[] text = reader.get(key(stackArn, "template").then(id));
    return text == null ? "" : new String(text, StandardCharsets.UTF_8);
  }

  static void put(Tx tx, String stackArn, ResourceRow row) {
    tx.put(key(stackArn, "resource").then(stackArn, row.logicalId()), RESOURCE.write(row));
  }

  static void deleteResource(Tx tx, String stackArn, String logicalId) {
    tx.delete(key(stackArn, "resource").then(stackArn, logicalId));
  }

  static List<ResourceRow> resources(Reader reader, String stackArn) {
    var rows = new ArrayList<ResourceRow>();
    reader.scan(
        key(stackArn, "resource").then(stackArn),
        (_, row) -> {
          rows.add(RESOURCE.read(row));
          return true;
        });
    return rows;
  }

  /// Appends an event, its time after that of the event before.
  static void append(Tx tx, String stackArn, EventRow event) {
    Key events = key(stackArn, "event").then(stackArn);
    long[] last = {0};
    tx.scanBack(
        events,
        events.end(),
        (_, row) -> {
          last[0] = EVENT.read(row).millis();
          return false;
        });
    EventRow timed = event.at(Math.max(event.millis(), last[0] + 1));
    tx.put(events.then(timed.millis()), EVENT.write(timed));
  }

  /// Events, newest first, those before a time.
  static List<EventRow> events(Reader reader, String stackArn, long beforeMillis, int max) {
    Key events = key(stackArn, "event").then(stackArn);
    var rows = new ArrayList<EventRow>();
    reader.scanBack(
        events,
        beforeMillis == Long.MAX_VALUE ? events.end() : events.then(beforeMillis),
        (_, row) -> {
          rows.add(EVENT.read(row));
          return rows.size() < max;
        });
    return rows;
  }

  static void put(Tx tx, ChangeSetRow row) {
    tx.put(
        key(row.stackArn(), "changeset").then(row.stackArn(), row.name()), CHANGE_SET.write(row));
    tx.put(key(row.stackArn(), "changeset-arn").then(row.arn()), bytes(row.stackArn()));
  }

  static void delete(Tx tx, ChangeSetRow row) {
    tx.delete(key(row.stackArn(), "changeset").then(row.stackArn(), row.name()));
    tx.delete(key(row.stackArn(), "changeset-arn").then(row.arn()));
  }

  static @Nullable ChangeSetRow changeSet(Reader reader, String stackArn, String name) {
    byte[] row = reader.get(key(stackArn, "changeset").then(stackArn, name));
    return row == null ? null : CHANGE_SET.read(row);
  }

  static @Nullable ChangeSetRow changeSetByArn(Reader reader, String arn) {
    byte[] stackArn = reader.get(key(arn, "changeset-arn").then(arn));
    String[] parts = arn.split("/");
    if (stackArn == null || parts.length < 3) {
      return null;
    }
    ChangeSetRow row = changeSet(reader, new String(stackArn, StandardCharsets.UTF_8), parts[1]);
    return row != null && row.arn().equals(arn) ? row : null;
  }

  static List<ChangeSetRow> changeSets(Reader reader, String stackArn) {
    var rows = new ArrayList<ChangeSetRow>();
    reader.scan(
        key(stackArn, "changeset").then(stackArn),
        (_, row) -> {
          rows.add(CHANGE_SET.read(row));
          return true;
        });
    return rows;
  }

  /// The change sets that were made for the stack as it was can no longer be executed.
  static void outdate(Tx tx, String stackArn) {
    for (ChangeSetRow row : changeSets(tx, stackArn)) {
      if (row.executionStatus().equals("AVAILABLE")) {
        put(tx, row.executed("OBSOLETE"));
      }
    }
  }

  static List<ExportRow> exports(Reader reader, String account, String region) {
    var rows = new ArrayList<ExportRow>();
    reader.scan(
        key(account, region, "export"),
        (_, row) -> {
          rows.add(EXPORT.read(row));
          return true;
        });
    return rows;
  }

  static @Nullable ExportRow export(Reader reader, String stackArn, String name) {
    byte[] row = reader.get(key(stackArn, "export").then(name));
    return row == null ? null : EXPORT.read(row);
  }

  static void put(Tx tx, ExportRow row) {
    tx.put(key(row.stackArn(), "export").then(row.name()), EXPORT.write(row));
  }

  static void deleteExport(Tx tx, String stackArn, String name) {
    tx.delete(key(stackArn, "export").then(name));
  }

  static void putImport(Tx tx, String stackArn, String export) {
    tx.put(key(stackArn, "import").then(export, stackArn), new byte[0]);
  }

  /// The ARNs of the stacks that import the export.
  static List<String> importers(Reader reader, String inArn, String export) {
    var arns = new ArrayList<String>();
    reader.scan(
        key(inArn, "import").then(export),
        (key, _) -> {
          arns.add(key.lastString());
          return true;
        });
    return arns;
  }

  static void deleteImports(Tx tx, String stackArn) {
    var keys = new ArrayList<Key>();
    tx.scan(
        key(stackArn, "import"),
        (key, _) -> {
          if (key.lastString().equals(stackArn)) {
            keys.add(key);
          }
          return true;
        });
    keys.forEach(tx::delete);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
