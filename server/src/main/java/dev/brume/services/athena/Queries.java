package dev.brume.services.athena;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.athena.*;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Named queries and prepared statements: texts that are kept, nothing that runs.
final class Queries {
  private static final String NAMED = "named";
  private static final String STATEMENT = "statement";
  private final Kv kv;
  private final AthenaStore store;
  private final Ids ids;
  private final WorkGroups groups;

  Queries(Kv kv, AthenaStore store, Ids ids, WorkGroups groups) {
    this.kv = kv;
    this.store = store;
    this.ids = ids;
    this.groups = groups;
  }

  String create(Call call, CreateNamedQueryInput in) {
    String group = groups.get(call, in.workGroup()).name();
    String id = ids.uuid();
    var query =
        new NamedQuery()
            .namedQueryId(id)
            .name(in.name())
            .description(in.description())
            .database(in.database())
            .queryString(in.queryString())
            .workGroup(group);
    return kv.tx(
        tx -> {
          String token = in.clientRequestToken();
          if (token != null) {
            AthenaStore.Token made = store.token(tx, call, "named " + token);
            if (made != null) {
              return made.id();
            }
            store.putToken(tx, call, "named " + token, new AthenaStore.Token(id, in.queryString()));
          }
          store.put(tx, call, NAMED, query, id);
          return id;
        });
  }

  NamedQuery named(Call call, String id) {
    return kv.read(reader -> named(reader, call, id));
  }

  private NamedQuery named(Reader reader, Call call, String id) {
    NamedQuery found = store.struct(reader, call, NAMED, NamedQuery::new, id);
    if (found == null) {
      throw AthenaErrors.noNamedQuery(id);
    }
    return found;
  }

  List<String> named(Call call, @Nullable String workGroup, boolean all) {
    String group = groups.get(call, workGroup).name();
    return kv.read(
        reader ->
            store.structs(reader, call, NAMED, NamedQuery::new).stream()
                .filter(q -> all || group.equals(q.workGroup()))
                .map(q -> String.valueOf(q.namedQueryId()))
                .toList());
  }

  void update(Call call, UpdateNamedQueryInput in) {
    kv.tx(
        tx -> {
          NamedQuery query = named(tx, call, in.namedQueryId());
          query.name(in.name()).queryString(in.queryString());
          if (in.description() != null) {
            query.description(in.description());
          }
          store.put(tx, call, NAMED, query, in.namedQueryId());
          return 0;
        });
  }

  void deleteNamed(Call call, String id) {
    kv.tx(
        tx -> {
          named(tx, call, id);
          store.delete(tx, call, NAMED, id);
          return 0;
        });
  }

  void create(Call call, CreatePreparedStatementInput in) {
    String group = groups.get(call, in.workGroup()).name();
    var statement =
        new PreparedStatement()
            .statementName(in.statementName())
            .queryStatement(in.queryStatement())
            .workGroupName(group)
            .description(in.description())
            .lastModifiedTime(call.now());
    kv.tx(
        tx -> {
          if (store.struct(tx, call, STATEMENT, PreparedStatement::new, group, in.statementName())
              != null) {
            throw AthenaErrors.invalid(
                "PreparedStatement " + in.statementName() + " already exists");
          }
          store.put(tx, call, STATEMENT, statement, group, in.statementName());
          return 0;
        });
  }

  PreparedStatement statement(Call call, String group, String name) {
    groups.get(call, group);
    return kv.read(reader -> statement(reader, call, group, name));
  }

  private PreparedStatement statement(Reader reader, Call call, String group, String name) {
    PreparedStatement found =
        store.struct(reader, call, STATEMENT, PreparedStatement::new, group, name);
    if (found == null) {
      throw AthenaErrors.noStatement(name);
    }
    return found;
  }

  List<PreparedStatementSummary> statements(Call call, String group) {
    groups.get(call, group);
    var all = new ArrayList<PreparedStatementSummary>();
    kv.read(reader -> store.structs(reader, call, STATEMENT, PreparedStatement::new, group))
        .forEach(
            s ->
                all.add(
                    new PreparedStatementSummary()
                        .statementName(s.statementName())
                        .lastModifiedTime(s.lastModifiedTime())));
    return all;
  }

  void update(Call call, UpdatePreparedStatementInput in) {
    kv.tx(
        tx -> {
          PreparedStatement statement = statement(tx, call, in.workGroup(), in.statementName());
          statement.queryStatement(in.queryStatement()).lastModifiedTime(call.now());
          if (in.description() != null) {
            statement.description(in.description());
          }
          store.put(tx, call, STATEMENT, statement, in.workGroup(), in.statementName());
          return 0;
        });
  }

  void deleteStatement(Call call, String group, String name) {
    kv.tx(
        tx -> {
          statement(tx, call, group, name);
          store.delete(tx, call, STATEMENT, group, name);
          return 0;
        });
  }
}
