package dev.brume.services.lambda;

import dev.brume.functions.Functions;
import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.lambda.*;
import dev.brume.services.lambda.LambdaStore.AliasRow;
import dev.brume.services.lambda.LambdaStore.FunctionRow;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Functions, their versions and aliases.
final class Catalog {
  private final Kv kv;
  private final Ids ids;
  private final Functions functions;
  private final Executions executions;
  private final Roles roles;
  private final DestinationAccess access;
  private final Admission admission;
  private final CodeSource source;
  private final Layers layers;
  private final SnapStarts snapStarts;
  private final Map<String, Resolved> resolved = new ConcurrentHashMap<>();

  Catalog(
      Kv kv,
      Ids ids,
      Functions functions,
      Executions executions,
      Roles roles,
      DestinationAccess access,
      Admission admission,
      CodeSource source,
      Layers layers,
      SnapStarts snapStarts) {
    this.kv = kv;
    this.ids = ids;
    this.functions = functions;
    this.executions = executions;
    this.roles = roles;
    this.access = access;
    this.admission = admission;
    this.source = source;
    this.layers = layers;
    this.snapStarts = snapStarts;
  }

  /// A function as it is to be invoked.
  ///
  /// @param alias the alias that was asked for, null if none
  record Resolved(FunctionRow row, Configuration configuration, @Nullable AliasRow alias) {}

  FunctionConfiguration create(Call call, CreateFunctionRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    if (kv.read(reader -> reader.get(LambdaStore.function(name))) != null) {
      throw LambdaErrors.functionExists(name.name());
    }
    if (name.name().length() > LambdaLimits.NAME_LENGTH_MAX) {
      throw LambdaErrors.nameTooLong(name.name());
    }
    Admission.check(in);
    var settings =
        Configuration.Settings.of(in, name.name(), this.layers.references(call, name, in.layers()));
    RuntimeNames.check(functions, settings.runtime());
    Admission.check(settings);
    admission.checkKey(name, settings.kmsKeyArn());
    roles.check(call, name, settings.role());
    access.checkDeadLetters(name, settings.role(), settings.deadLetterArn());
    var code =
        source.code(
            call,
            "CreateFunction",
            in.code().zipFile(),
            in.code().s3Bucket(),
            in.code().s3Key(),
            in.code().s3ObjectVersion(),
            CodeSource.architecture(in.architectures()));
    admission.checkSize(code, settings.layers());
    long now = call.now().toEpochMilli();
    var latest =
        new Configuration(name.name(), Configuration.LATEST, code, settings, ids.uuid(), now);
    String published = ids.uuid();
    Configuration answer =
        kv.tx(
            tx -> {
              if (tx.get(LambdaStore.function(name)) != null) {
                throw LambdaErrors.functionExists(name.name());
              }
              CodeSigning.verify(tx, name, in.codeSigningConfigArn());
              var row =
                  new FunctionRow(
                      name.name(),
                      0,
                      Map.copyOf(in.tags()),
                      null,
                      in.codeSigningConfigArn(),
                      null,
                      now);
              put(tx, name, latest);
              tx.put(LambdaStore.function(name), LambdaStore.FUNCTION.write(row));
              return Boolean.TRUE.equals(in.publish())
                  ? publish(tx, name, row, latest, null, published, now)
                  : latest;
            });
    return shape(name, answer, !answer.version().equals(Configuration.LATEST));
  }

  FunctionConfiguration updateCode(Call call, UpdateFunctionCodeRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    Configuration before = latest(name);
    revision(in.revisionId(), before);
    Admission.check(in);
    var code =
        source.code(
            call,
            "UpdateFunctionCode",
            in.zipFile(),
            in.s3Bucket(),
            in.s3Key(),
            in.s3ObjectVersion(),
            in.hasArchitectures()
                ? CodeSource.architecture(in.architectures())
                : before.code().architecture());
    admission.checkSize(code, before.settings().layers());
    long now = call.now().toEpochMilli();
    String revision = ids.uuid();
    String published = ids.uuid();
    if (Boolean.TRUE.equals(in.dryRun())) {
      return shape(name, before.changed(code, before.settings(), revision, now), false);
    }
    Configuration answer =
        kv.tx(
            tx -> {
              Configuration old = latest(tx, name);
              CodeSigning.verify(tx, name, row(tx, name).signingConfigArn());
              Configuration changed = old.changed(code, old.settings(), revision, now);
              put(tx, name, changed);
              return Boolean.TRUE.equals(in.publish())
                  ? publish(tx, name, row(tx, name), changed, null, published, now)
                  : changed;
            });
    functions.retire(name.account(), name.region(), name.name());
    return shape(name, answer, !answer.version().equals(Configuration.LATEST));
  }

  FunctionConfiguration updateConfiguration(Call call, UpdateFunctionConfigurationRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    Configuration before = latest(name);
    revision(in.revisionId(), before);
    List<Configuration.LayerReference> layers =
        in.hasLayers() ? this.layers.references(call, name, in.layers()) : null;
    Admission.check(in);
    if (layers != null) {
      admission.checkSize(before.code(), layers);
    }
    admission.checkKey(name, in.kmsKeyArn());
    String role = in.role();
    if (role != null) {
      roles.check(call, name, role);
    }
    if (in.runtime() != null) {
      RuntimeNames.check(functions, in.runtime());
    }
    if (in.deadLetterConfig() != null) {
      String sender = role == null ? before.settings().role() : role;
      access.checkDeadLetters(name, sender, in.deadLetterConfig().targetArn());
    }
    long now = call.now().toEpochMilli();
    String revision = ids.uuid();
    Configuration answer =
        kv.tx(
            tx -> {
              Configuration old = latest(tx, name);
              if (layers != null && !old.settings().layers().containsAll(layers)) {
                CodeSigning.verify(tx, name, row(tx, name).signingConfigArn());
              }
              Configuration changed =
                  old.changed(old.code(), old.settings().with(in, layers), revision, now);
              Admission.check(changed.settings());
              put(tx, name, changed);
              return changed;
            });
    functions.retire(name.account(), name.region(), name.name());
    return shape(name, answer, false);
  }

  void delete(Call call, DeleteFunctionRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), in.qualifier());
    if (Configuration.LATEST.equals(name.qualifier())) {
      throw LambdaErrors.invalid(
          "$LATEST version cannot be deleted without deleting the function.");
    }
    kv.tx(
        tx -> {
          row(tx, name);
          if (name.qualifier() != null) {
            deleteVersion(tx, name);
          } else {
            tx.delete(LambdaStore.function(name));
            LambdaStore.deleteAll(tx, LambdaStore.versions(name));
            LambdaStore.deleteAll(tx, LambdaStore.aliases(name));
            LambdaStore.deleteAll(tx, LambdaStore.policies(name));
            LambdaStore.deleteAll(tx, LambdaStore.invokeConfigs(name));
            LambdaStore.deleteAll(tx, LambdaStore.provisioned(name));
            LambdaStore.deleteAll(tx, LambdaStore.snapshots(name));
            executions.changed(tx, name);
            FunctionUrls.deleteAll(tx, name);
          }
          forget(tx, name);
          return 0;
        });
    functions.retire(name.account(), name.region(), name.name(), name.qualifier());
  }

  private void deleteVersion(Tx tx, FunctionName name) {
    if (!name.numbered() || name.qualifier() == null) {
      throw LambdaErrors.invalid("Deletion of aliases is not currently supported.");
    }
    String version = name.qualifier();
    var using =
        LambdaStore.all(tx, LambdaStore.aliases(name), LambdaStore.ALIAS).stream()
            .filter(
                alias -> alias.version().equals(version) || alias.weights().containsKey(version))
            .map(AliasRow::name)
            .toList();
    if (!using.isEmpty()) {
      throw LambdaErrors.versionInUse(String.join(", ", using));
    }
    tx.delete(LambdaStore.version(name, version));
    tx.delete(LambdaStore.provisioned(name, version));
    tx.delete(LambdaStore.snapshot(name));
    executions.changed(tx, name);
  }

  FunctionConfiguration publish(Call call, PublishVersionRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    revision(in.revisionId(), latest(name));
    String revision = ids.uuid();
    Configuration answer =
        kv.tx(
            tx -> {
              Configuration latest = latest(tx, name);
              String sha = in.codeSha256();
              if (sha != null && !sha.isEmpty() && !sha.equals(latest.code().sha256())) {
                throw LambdaErrors.invalid(
                    "CodeSHA256 ("
                        + sha
                        + ") is different from current CodeSHA256 in $LATEST ("
                        + latest.code().sha256()
                        + "). Please try again with the CodeSHA256 in $LATEST.");
              }
              return publish(
                  tx,
                  name,
                  row(tx, name),
                  latest,
                  in.description(),
                  revision,
                  call.now().toEpochMilli());
            });
    return shape(name, answer, true);
  }

  // A version equal to the newest one is not published again: the newest is the answer.
  private Configuration publish(
      Tx tx,
      FunctionName name,
      FunctionRow row,
      Configuration latest,
      @Nullable String description,
      String revision,
      long now) {
    if (row.lastVersion() > 0) {
      Configuration newest =
          LambdaStore.get(
              tx,
              LambdaStore.version(name, Long.toString(row.lastVersion())),
              LambdaStore.CONFIGURATION);
      if (newest != null
          && newest.code().equals(latest.code())
          && newest.settings().described("").equals(latest.settings().described(""))) {
        return newest;
      }
    }
    long number = row.lastVersion() + 1;
    Configuration published = latest.published(number, description, revision, now);
    tx.put(
        LambdaStore.version(name, published.version()), LambdaStore.CONFIGURATION.write(published));
    tx.put(LambdaStore.function(name), LambdaStore.FUNCTION.write(row.published(number)));
    snapStarts.published(tx, name.at(published.version()), published);
    return published;
  }

  GetFunctionResponse get(Call call, GetFunctionRequest in, String location) {
    FunctionName name = FunctionName.of(call, in.functionName(), in.qualifier());
    Resolved found = resolve(name);
    var out =
        new GetFunctionResponse()
            .configuration(shown(name, found.configuration(), name.arn()))
            .code(
                new FunctionCodeLocation()
                    .repositoryType("S3")
                    .location(location + found.configuration().code().hash()));
    if (!found.row().tags().isEmpty()) {
      out.tags(new TreeMap<>(found.row().tags()));
    }
    if (found.row().reservedConcurrency() != null) {
      out.concurrency(
          new Concurrency().reservedConcurrentExecutions(found.row().reservedConcurrency()));
    }
    return out;
  }

  FunctionConfiguration configuration(Call call, GetFunctionConfigurationRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), in.qualifier());
    return shown(name, resolve(name).configuration(), name.arn());
  }

  ListFunctionsResponse list(Call call, ListFunctionsRequest in) {
    boolean all = "ALL".equals(in.functionVersion());
    if (in.masterRegion() != null && !all) {
      throw LambdaErrors.invalid("FunctionVersion must be set to ALL if MasterRegion is specified");
    }
    if (in.masterRegion() != null && !in.masterRegion().equals("ALL")) {
      // Copies of functions at the edge: there are none.
      return new ListFunctionsResponse().functions(List.of());
    }
    var found =
        kv.read(
            reader -> {
              var shapes = new ArrayList<FunctionConfiguration>();
              for (FunctionRow row :
                  LambdaStore.all(
                      reader,
                      LambdaStore.functions(call.account(), call.region()),
                      LambdaStore.FUNCTION)) {
                FunctionName name = FunctionName.of(call, row.name(), null);
                for (Configuration one :
                    LambdaStore.all(
                        reader, LambdaStore.versions(name), LambdaStore.CONFIGURATION)) {
                  if (all || one.version().equals(Configuration.LATEST)) {
                    shapes.add(shape(name, one, all));
                  }
                }
              }
              return shapes;
            });
    var page = Page.of(found, in.marker(), in.maxItems());
    return new ListFunctionsResponse().functions(page.items()).nextMarker(page.next());
  }

  ListVersionsByFunctionResponse versions(Call call, ListVersionsByFunctionRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    List<FunctionConfiguration> found =
        kv.read(
            reader -> {
              row(reader, name);
              return LambdaStore.all(reader, LambdaStore.versions(name), LambdaStore.CONFIGURATION)
                  .stream()
                  .map(one -> shape(name, one, true))
                  .toList();
            });
    var page = Page.of(found, in.marker(), in.maxItems());
    return new ListVersionsByFunctionResponse().versions(page.items()).nextMarker(page.next());
  }

  /// The function, version or alias of this name. Throws ResourceNotFoundException.
  Resolved resolve(FunctionName name) {
    String key = name.arn();
    Resolved known = resolved.get(key);
    if (known == null) {
      known = kv.read(reader -> resolve(reader, name));
      resolved.put(key, known);
      // A change in between has already forgotten the key; what was read before it must not stay.
      Resolved again = kv.read(reader -> resolve(reader, name));
      if (!again.equals(known)) {
        resolved.remove(key);
        known = again;
      }
    }
    return known;
  }

  private static Resolved resolve(Reader reader, FunctionName name) {
    FunctionRow row = LambdaStore.get(reader, LambdaStore.function(name), LambdaStore.FUNCTION);
    if (row == null) {
      throw LambdaErrors.functionNotFound(name.arn());
    }
    String qualifier = name.qualifier();
    AliasRow alias = null;
    String version = qualifier == null ? Configuration.LATEST : qualifier;
    if (!name.latest() && !name.numbered() && qualifier != null) {
      alias = LambdaStore.get(reader, LambdaStore.alias(name, qualifier), LambdaStore.ALIAS);
      if (alias == null) {
        throw LambdaErrors.functionNotFound(name.arn());
      }
      version = alias.version();
    }
    Configuration configuration =
        LambdaStore.get(reader, LambdaStore.version(name, version), LambdaStore.CONFIGURATION);
    if (configuration == null) {
      throw LambdaErrors.functionNotFound(name.arn());
    }
    return new Resolved(row, configuration, alias);
  }

  /// Forgets what is known of a function once the transaction is durable.
  void forget(Tx tx, FunctionName name) {
    String arn = name.functionArn();
    tx.afterCommit(
        () -> resolved.keySet().removeIf(key -> key.equals(arn) || key.startsWith(arn + ":")));
  }

  static FunctionRow row(Reader reader, FunctionName name) {
    FunctionRow row = LambdaStore.get(reader, LambdaStore.function(name), LambdaStore.FUNCTION);
    if (row == null) {
      throw LambdaErrors.functionNotFound(name.functionArn());
    }
    return row;
  }

  private void put(Tx tx, FunctionName name, Configuration latest) {
    tx.put(
        LambdaStore.version(name, Configuration.LATEST), LambdaStore.CONFIGURATION.write(latest));
    forget(tx, name);
  }

  private Configuration latest(FunctionName name) {
    return kv.read(reader -> latest(reader, name));
  }

  private static Configuration latest(Reader reader, FunctionName name) {
    Configuration latest =
        LambdaStore.get(
            reader, LambdaStore.version(name, Configuration.LATEST), LambdaStore.CONFIGURATION);
    if (latest == null) {
      throw LambdaErrors.functionNotFound(name.functionArn());
    }
    return latest;
  }

  private static void revision(@Nullable String given, Configuration latest) {
    if (given != null && !given.equals(latest.revisionId())) {
      throw LambdaErrors.revision();
    }
  }

  private FunctionConfiguration shape(FunctionName name, Configuration of, boolean qualified) {
    return shown(
        name, of, qualified ? name.functionArn() + ":" + of.version() : name.functionArn());
  }

  private FunctionConfiguration shown(FunctionName name, Configuration of, String arn) {
    return snapStarts.shown(name, of, Shapes.configuration(name, of, arn));
  }
}
