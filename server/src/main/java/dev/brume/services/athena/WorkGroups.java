package dev.brume.services.athena;

import dev.brume.model.Call;
import dev.brume.model.athena.*;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import dev.brume.store.Tx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Workgroups and their tags; `primary` is always there.
final class WorkGroups {
  static final String PRIMARY = "primary";
  static final EngineVersion ENGINE =
      new EngineVersion()
          .selectedEngineVersion("AUTO")
          .effectiveEngineVersion("Athena engine version 3");
  private static final String KIND = "workgroup";
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,128}");
  private final Kv kv;
  private final AthenaStore store;

  WorkGroups(Kv kv, AthenaStore store) {
    this.kv = kv;
    this.store = store;
  }

  WorkGroup get(Call call, @Nullable String name) {
    return kv.read(reader -> required(reader, call, name == null ? PRIMARY : name));
  }

  private WorkGroup required(Reader reader, Call call, String name) {
    WorkGroup found = store.struct(reader, call, KIND, WorkGroup::new, name);
    if (found == null && name.equals(PRIMARY)) {
      return new WorkGroup()
          .name(PRIMARY)
          .state("ENABLED")
          .creationTime(Instant.EPOCH)
          .configuration(
              complete(new WorkGroupConfiguration().enforceWorkGroupConfiguration(false)));
    }
    if (found == null) {
      throw AthenaErrors.noWorkGroup(name);
    }
    return found;
  }

  private static WorkGroupConfiguration complete(WorkGroupConfiguration it) {
    if (it.executionRole() != null
        || it.identityCenterConfiguration() != null
        || it.managedQueryResultsConfiguration() != null) {
      throw AthenaErrors.invalid(
          "Brume does not implement execution roles, Identity Center and managed query results of"
              + " workgroups yet");
    }
    if (it.resultConfiguration() != null) {
      checkResults(it.resultConfiguration());
    } else {
      it.resultConfiguration(new ResultConfiguration());
    }
    if (it.enforceWorkGroupConfiguration() == null) {
      it.enforceWorkGroupConfiguration(true);
    }
    if (it.publishCloudWatchMetricsEnabled() == null) {
      it.publishCloudWatchMetricsEnabled(false);
    }
    if (it.requesterPaysEnabled() == null) {
      it.requesterPaysEnabled(false);
    }
    return it.engineVersion(ENGINE);
  }

  /// Refuses what would be kept and not done. `SSE_S3` is what buckets do anyway.
  static void checkResults(@Nullable ResultConfiguration results) {
    if (results == null) {
      return;
    }
    checkLocation(results.outputLocation());
    EncryptionConfiguration encryption = results.encryptionConfiguration();
    if (encryption != null && !"SSE_S3".equals(encryption.encryptionOption())) {
      throw AthenaErrors.invalid(
          "EncryptionOption "
              + encryption.encryptionOption()
              + " of query results is not supported by Brume yet");
    }
  }

  private static void checkLocation(@Nullable String location) {
    if (location != null && !location.matches("s3://[^/]+(/.*)?")) {
      throw AthenaErrors.invalid("outputLocation is not a valid S3 path.");
    }
  }

  void create(Call call, CreateWorkGroupInput in) {
    if (!NAME.matcher(in.name()).matches()) {
      throw AthenaErrors.invalid("WorkGroup name is invalid: " + in.name());
    }
    WorkGroupConfiguration configuration =
        complete(Objects.requireNonNullElseGet(in.configuration(), WorkGroupConfiguration::new));
    var group =
        new WorkGroup()
            .name(in.name())
            .state("ENABLED")
            .description(in.description())
            .creationTime(call.now())
            .configuration(configuration);
    kv.tx(
        tx -> {
          if (in.name().equals(PRIMARY)
              || store.struct(tx, call, KIND, WorkGroup::new, in.name()) != null) {
            throw AthenaErrors.invalid("WorkGroup is already created");
          }
          store.put(tx, call, KIND, group, in.name());
          putTags(tx, call, arn(call, in.name()), in.tags());
          return 0;
        });
  }

  List<WorkGroupSummary> list(Call call) {
    var all = new ArrayList<WorkGroup>();
    kv.read(
        reader -> {
          all.addAll(store.structs(reader, call, KIND, WorkGroup::new));
          if (all.stream().noneMatch(g -> g.name().equals(PRIMARY))) {
            all.add(required(reader, call, PRIMARY));
          }
          return 0;
        });
    return all.stream()
        .map(
            g ->
                new WorkGroupSummary()
                    .name(g.name())
                    .state(g.state())
                    .description(g.description())
                    .creationTime(g.creationTime())
                    .engineVersion(ENGINE))
        .toList();
  }

  void update(Call call, UpdateWorkGroupInput in) {
    kv.tx(
        tx -> {
          WorkGroup group = required(tx, call, in.workGroup());
          if (in.description() != null) {
            group.description(in.description());
          }
          if (in.state() != null) {
            group.state(in.state());
          }
          WorkGroupConfiguration configuration =
              Objects.requireNonNullElseGet(group.configuration(), WorkGroupConfiguration::new);
          if (in.configurationUpdates() != null) {
            change(configuration, in.configurationUpdates());
          }
          store.put(tx, call, KIND, group.configuration(complete(configuration)), group.name());
          return 0;
        });
  }

  private static void change(WorkGroupConfiguration it, WorkGroupConfigurationUpdates updates) {
    if (updates.enforceWorkGroupConfiguration() != null) {
      it.enforceWorkGroupConfiguration(updates.enforceWorkGroupConfiguration());
    }
    if (updates.publishCloudWatchMetricsEnabled() != null) {
      it.publishCloudWatchMetricsEnabled(updates.publishCloudWatchMetricsEnabled());
    }
    if (updates.requesterPaysEnabled() != null) {
      it.requesterPaysEnabled(updates.requesterPaysEnabled());
    }
    if (updates.bytesScannedCutoffPerQuery() != null) {
      it.bytesScannedCutoffPerQuery(updates.bytesScannedCutoffPerQuery());
    }
    if (Boolean.TRUE.equals(updates.removeBytesScannedCutoffPerQuery())) {
      it.bytesScannedCutoffPerQuery(null);
    }
    ResultConfigurationUpdates results = updates.resultConfigurationUpdates();
    if (results != null) {
      ResultConfiguration own =
          Objects.requireNonNullElseGet(it.resultConfiguration(), ResultConfiguration::new);
      if (results.outputLocation() != null) {
        own.outputLocation(results.outputLocation());
      }
      if (Boolean.TRUE.equals(results.removeOutputLocation())) {
        own.outputLocation(null);
      }
      if (results.encryptionConfiguration() != null) {
        own.encryptionConfiguration(results.encryptionConfiguration());
      }
      if (Boolean.TRUE.equals(results.removeEncryptionConfiguration())) {
        own.encryptionConfiguration(null);
      }
      checkResults(own);
      it.resultConfiguration(own);
    }
  }

  void delete(Call call, DeleteWorkGroupInput in) {
    String name = in.workGroup();
    if (name.equals(PRIMARY)) {
      throw AthenaErrors.invalid("WorkGroup primary is not allowed to be deleted");
    }
    kv.tx(
        tx -> {
          required(tx, call, name);
          boolean full =
              !store.structs(tx, call, "statement", PreparedStatement::new, name).isEmpty()
                  || store.structs(tx, call, "named", NamedQuery::new).stream()
                      .anyMatch(q -> name.equals(q.workGroup()));
          if (full && !Boolean.TRUE.equals(in.recursiveDeleteOption())) {
            throw AthenaErrors.invalid("WorkGroup " + name + " is not empty");
          }
          for (PreparedStatement it :
              store.structs(tx, call, "statement", PreparedStatement::new, name)) {
            store.delete(tx, call, "statement", name, String.valueOf(it.statementName()));
          }
          for (NamedQuery it : store.structs(tx, call, "named", NamedQuery::new)) {
            if (name.equals(it.workGroup())) {
              store.delete(tx, call, "named", String.valueOf(it.namedQueryId()));
            }
          }
          store.delete(tx, call, KIND, name);
          store.delete(tx, call, "tags", arn(call, name));
          return 0;
        });
  }

  static String arn(Call call, String name) {
    return call.arn("athena", "workgroup/" + name);
  }

  Map<String, String> tags(Call call, String arn) {
    return kv.read(
        reader -> {
          requireResource(reader, call, arn);
          return tags(reader, call, arn);
        });
  }

  void tag(Call call, String arn, List<Tag> added, List<String> removed) {
    kv.tx(
        tx -> {
          requireResource(tx, call, arn);
          Map<String, String> tags = tags(tx, call, arn);
          added.forEach(t -> tags.put(String.valueOf(t.key()), String.valueOf(t.value())));
          removed.forEach(tags::remove);
          putTags(tx, call, arn, list(tags));
          return 0;
        });
  }

  private void requireResource(Reader reader, Call call, String arn) {
    String prefix = WorkGroups.arn(call, "");
    if (!arn.startsWith(prefix)) {
      throw new ResourceNotFoundException("Resource not found: " + arn).resourceName(arn);
    }
    required(reader, call, arn.substring(prefix.length()));
  }

  private Map<String, String> tags(Reader reader, Call call, String arn) {
    var tags = new LinkedHashMap<String, String>();
    var stored = store.struct(reader, call, "tags", ListTagsForResourceOutput::new, arn);
    if (stored != null) {
      stored.tags().forEach(t -> tags.put(String.valueOf(t.key()), String.valueOf(t.value())));
    }
    return tags;
  }

  private void putTags(Tx tx, Call call, String arn, List<Tag> tags) {
    store.put(tx, call, "tags", new ListTagsForResourceOutput().tags(tags), arn);
  }

  static List<Tag> list(Map<String, String> tags) {
    return tags.entrySet().stream()
        .map(e -> new Tag().key(e.getKey()).value(e.getValue()))
        .toList();
  }
}
