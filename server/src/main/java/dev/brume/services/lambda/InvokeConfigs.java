package dev.brume.services.lambda;

import dev.brume.model.Call;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;
import dev.brume.services.lambda.LambdaStore.InvokeConfigRow;
import dev.brume.store.Kv;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How functions, versions and aliases handle asynchronous events: retries, age, destinations.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html>
final class InvokeConfigs {
  private final Kv kv;
  private final Catalog catalog;
  private final Destinations destinations;

  InvokeConfigs(Kv kv, Catalog catalog, Destinations destinations) {
    this.kv = kv;
    this.catalog = catalog;
    this.destinations = destinations;
  }

  FunctionEventInvokeConfig put(Call call, PutFunctionEventInvokeConfigRequest in, boolean keep) {
    FunctionName name = resolved(call, in.functionName(), in.qualifier());
    check(name, in, keep);
    InvokeConfigRow row =
        kv.tx(
            tx -> {
              InvokeConfigRow old =
                  LambdaStore.get(tx, LambdaStore.invokeConfig(name), LambdaStore.INVOKE_CONFIG);
              if (keep && old == null) {
                throw LambdaErrors.noInvokeConfig(qualified(name));
              }
              InvokeConfigRow changed = merge(in, keep ? old : null, call);
              tx.put(LambdaStore.invokeConfig(name), LambdaStore.INVOKE_CONFIG.write(changed));
              return changed;
            });
    return Shapes.invokeConfig(name, row);
  }

  private static InvokeConfigRow merge(
      PutFunctionEventInvokeConfigRequest in, @Nullable InvokeConfigRow old, Call call) {
    var destinations = in.destinationConfig();
    var success = destinations == null ? null : destinations.onSuccess();
    var failure = destinations == null ? null : destinations.onFailure();
    return new InvokeConfigRow(
        in.maximumRetryAttempts() == null && old != null
            ? old.retries()
            : in.maximumRetryAttempts(),
        in.maximumEventAgeInSeconds() == null && old != null
            ? old.ageSeconds()
            : in.maximumEventAgeInSeconds(),
        success == null ? old == null ? null : old.onSuccess() : none(success.destination()),
        failure == null ? old == null ? null : old.onFailure() : none(failure.destination()),
        call.now().toEpochMilli());
  }

  FunctionEventInvokeConfig get(Call call, GetFunctionEventInvokeConfigRequest in) {
    FunctionName name = resolved(call, in.functionName(), in.qualifier());
    InvokeConfigRow row = of(name);
    if (row == null) {
      throw LambdaErrors.noInvokeConfig(qualified(name));
    }
    return Shapes.invokeConfig(name, row);
  }

  /// How a function's asynchronous events are handled, null when nothing was set.
  @Nullable InvokeConfigRow of(FunctionName name) {
    return kv.read(
        reader ->
            LambdaStore.get(reader, LambdaStore.invokeConfig(name), LambdaStore.INVOKE_CONFIG));
  }

  ListFunctionEventInvokeConfigsResponse list(Call call, ListFunctionEventInvokeConfigsRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    List<FunctionEventInvokeConfig> all =
        kv.read(
            reader -> {
              Catalog.row(reader, name);
              var found = new ArrayList<FunctionEventInvokeConfig>();
              reader.scan(
                  LambdaStore.invokeConfigs(name),
                  (key, value) -> {
                    var one =
                        new FunctionName(
                            name.account(), name.region(), name.name(), key.lastString());
                    found.add(Shapes.invokeConfig(one, LambdaStore.INVOKE_CONFIG.read(value)));
                    return true;
                  });
              return found;
            });
    var page = Page.of(all, in.marker(), in.maxItems());
    return new ListFunctionEventInvokeConfigsResponse()
        .functionEventInvokeConfigs(page.items())
        .nextMarker(page.next());
  }

  void delete(Call call, DeleteFunctionEventInvokeConfigRequest in) {
    FunctionName name = resolved(call, in.functionName(), in.qualifier());
    kv.tx(
        tx -> {
          if (tx.get(LambdaStore.invokeConfig(name)) == null) {
            throw LambdaErrors.noInvokeConfig(qualified(name));
          }
          tx.delete(LambdaStore.invokeConfig(name));
          return 0;
        });
  }

  private FunctionName resolved(Call call, String function, @Nullable String qualifier) {
    FunctionName name = FunctionName.of(call, function, qualifier);
    try {
      catalog.resolve(name);
    } catch (ServiceError e) {
      throw LambdaErrors.noFunctionForInvokeConfig();
    }
    return name;
  }

  private static @Nullable String none(@Nullable String arn) {
    return arn == null || arn.isEmpty() ? null : arn;
  }

  private static String qualified(FunctionName name) {
    return name.qualifier() == null ? name.at(Configuration.LATEST).arn() : name.arn();
  }

  private void check(FunctionName name, PutFunctionEventInvokeConfigRequest in, boolean keep) {
    DestinationConfig config = in.destinationConfig();
    if (!keep
        && config == null
        && in.maximumRetryAttempts() == null
        && in.maximumEventAgeInSeconds() == null) {
      throw LambdaErrors.invalid(
          "You must specify at least one of error handling or destination setting.");
    }
    if (config == null) {
      return;
    }
    String success = config.onSuccess() == null ? null : config.onSuccess().destination();
    String failure = config.onFailure() == null ? null : config.onFailure().destination();
    if (!known(success, false) || !known(failure, true)) {
      throw LambdaErrors.invalid(
          "The provided destination config DestinationConfig(onSuccess="
              + (success == null ? "null" : "OnSuccess(destination=" + success + ")")
              + ", onFailure="
              + (failure == null ? "null" : "OnFailure(destination=" + failure + ")")
              + ") is invalid.");
    }
    destinations.check(name, success);
    destinations.check(name, failure);
  }

  // Buckets take records of failures only.
  private static boolean known(@Nullable String arn, boolean failure) {
    if (arn == null || arn.isEmpty()) {
      return true;
    }
    return DestinationAccess.known(arn) && (failure || !arn.contains(":s3:::"));
  }
}
