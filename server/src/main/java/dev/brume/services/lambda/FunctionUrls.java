package dev.brume.services.lambda;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.lambda.*;
import dev.brume.services.lambda.LambdaStore.UrlOwner;
import dev.brume.services.lambda.LambdaStore.UrlRow;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import dev.brume.store.Tx;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The URLs of functions and aliases, at most one for each.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html>
final class FunctionUrls {
  static final String IAM = "AWS_IAM";
  static final String STREAM = "RESPONSE_STREAM";

  /// A URL that every client can call: host names below `localhost` are not known everywhere.
  static final String PATH = "/_brume/lambda-url/";

  static final int ID_LENGTH = 32;
  private final Kv kv;
  private final Ids ids;

  FunctionUrls(Kv kv, Ids ids) {
    this.kv = kv;
    this.ids = ids;
  }

  /// What an id leads to.
  record Found(FunctionName name, UrlRow row) {}

  /// The URL with this id, null if there is none.
  @Nullable Found find(String id) {
    return kv.read(
        reader -> {
          UrlOwner owner = LambdaStore.get(reader, LambdaStore.urlOwner(id), LambdaStore.URL_OWNER);
          UrlRow row = owner == null ? null : row(reader, owner.name());
          return owner == null || row == null ? null : new Found(owner.name(), row);
        });
  }

  CreateFunctionUrlConfigResponse create(Call call, CreateFunctionUrlConfigRequest in) {
    FunctionName name = name(call, in.functionName(), in.qualifier());
    long now = call.now().toEpochMilli();
    var row =
        new UrlRow(
            ids.lower(ID_LENGTH),
            name.name(),
            name.qualifier(),
            in.authType(),
            UrlCors.of(in.cors()),
            in.invokeMode(),
            now,
            now);
    kv.tx(
        tx -> {
          String alias = name.qualifier();
          if (tx.get(LambdaStore.function(name)) == null
              || alias != null && tx.get(LambdaStore.alias(name, alias)) == null) {
            throw LambdaErrors.noFunction();
          }
          if (row(tx, name) != null) {
            throw LambdaErrors.urlExists(name.arn());
          }
          put(tx, name, row);
          return 0;
        });
    FunctionUrlConfig made = shape(call, name, row);
    return new CreateFunctionUrlConfigResponse()
        .functionUrl(made.functionUrl())
        .functionArn(made.functionArn())
        .authType(made.authType())
        .cors(made.cors())
        .creationTime(made.creationTime())
        .invokeMode(made.invokeMode());
  }

  GetFunctionUrlConfigResponse get(Call call, GetFunctionUrlConfigRequest in) {
    FunctionName name = name(call, in.functionName(), in.qualifier());
    FunctionUrlConfig found = shape(call, name, kv.read(reader -> needed(reader, name)));
    return new GetFunctionUrlConfigResponse()
        .functionUrl(found.functionUrl())
        .functionArn(found.functionArn())
        .authType(found.authType())
        .cors(found.cors())
        .creationTime(found.creationTime())
        .lastModifiedTime(found.lastModifiedTime())
        .invokeMode(found.invokeMode());
  }

  UpdateFunctionUrlConfigResponse update(Call call, UpdateFunctionUrlConfigRequest in) {
    FunctionName name = name(call, in.functionName(), in.qualifier());
    UrlRow row =
        kv.tx(
            tx -> {
              UrlRow old = needed(tx, name);
              var changed =
                  new UrlRow(
                      old.id(),
                      old.functionName(),
                      old.qualifier(),
                      in.authType() == null ? old.authType() : in.authType(),
                      in.cors() == null ? old.cors() : UrlCors.of(in.cors()),
                      in.invokeMode() == null ? old.invokeMode() : in.invokeMode(),
                      old.createdMillis(),
                      call.now().toEpochMilli());
              put(tx, name, changed);
              return changed;
            });
    FunctionUrlConfig changed = shape(call, name, row);
    return new UpdateFunctionUrlConfigResponse()
        .functionUrl(changed.functionUrl())
        .functionArn(changed.functionArn())
        .authType(changed.authType())
        .cors(changed.cors())
        .creationTime(changed.creationTime())
        .lastModifiedTime(changed.lastModifiedTime())
        .invokeMode(changed.invokeMode());
  }

  void delete(Call call, DeleteFunctionUrlConfigRequest in) {
    FunctionName name = name(call, in.functionName(), in.qualifier());
    kv.tx(
        tx -> {
          needed(tx, name);
          delete(tx, name);
          return 0;
        });
  }

  ListFunctionUrlConfigsResponse list(Call call, ListFunctionUrlConfigsRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    List<FunctionUrlConfig> all =
        kv.read(
            reader -> {
              if (reader.get(LambdaStore.function(name)) == null) {
                throw LambdaErrors.noFunction();
              }
              return LambdaStore.all(reader, LambdaStore.urls(name), LambdaStore.URL).stream()
                  .map(row -> shape(call, name.qualified(row.qualifier()), row))
                  .toList();
            });
    var page = Page.of(all, in.marker(), in.maxItems());
    return new ListFunctionUrlConfigsResponse()
        .functionUrlConfigs(page.items())
        .nextMarker(page.next());
  }

  /// Deletes the URL of a function or alias that goes, if it has one.
  static void delete(Tx tx, FunctionName name) {
    UrlRow row = row(tx, name);
    if (row != null) {
      tx.delete(LambdaStore.url(name));
      tx.delete(LambdaStore.urlOwner(row.id()));
    }
  }

  /// Deletes the URLs of a function that goes and of its aliases.
  static void deleteAll(Tx tx, FunctionName name) {
    LambdaStore.all(tx, LambdaStore.urls(name), LambdaStore.URL)
        .forEach(row -> delete(tx, name.qualified(row.qualifier())));
  }

  private static void put(Tx tx, FunctionName name, UrlRow row) {
    tx.put(LambdaStore.url(name), LambdaStore.URL.write(row));
    var owner = new UrlOwner(name.account(), name.region(), name.name(), name.qualifier());
    tx.put(LambdaStore.urlOwner(row.id()), LambdaStore.URL_OWNER.write(owner));
  }

  private static @Nullable UrlRow row(Reader reader, FunctionName name) {
    return LambdaStore.get(reader, LambdaStore.url(name), LambdaStore.URL);
  }

  private static UrlRow needed(Reader reader, FunctionName name) {
    UrlRow row = row(reader, name);
    if (row == null) {
      throw LambdaErrors.resourceNotFound();
    }
    return row;
  }

  // Versions have no URLs; the parameter is checked by the model, a qualifier in the name is not.
  private static FunctionName name(Call call, String given, @Nullable String qualifier) {
    FunctionName name = FunctionName.of(call, given, qualifier);
    if (name.qualifier() != null && (name.latest() || name.numbered())) {
      throw LambdaErrors.noUrlOfVersion(name.qualifier());
    }
    return name;
  }

  private static FunctionUrlConfig shape(Call call, FunctionName name, UrlRow row) {
    return new FunctionUrlConfig()
        .functionUrl(call.endpoint() + PATH + row.id() + "/")
        .functionArn(name.arn())
        .authType(row.authType())
        .cors(row.cors() == null ? null : row.cors().shape())
        .creationTime(Instant.ofEpochMilli(row.createdMillis()).toString())
        .lastModifiedTime(Instant.ofEpochMilli(row.modifiedMillis()).toString())
        .invokeMode(row.invokeMode());
  }
}
