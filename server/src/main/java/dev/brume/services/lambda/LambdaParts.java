package dev.brume.services.lambda;

import dev.brume.events.Targets;
import dev.brume.functions.Functions;
import dev.brume.ids.Ids;
import dev.brume.model.Operations;
import dev.brume.store.Kv;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What Lambda's operations work on, made and connected.
record LambdaParts(
    Catalog catalog,
    Permissions permissions,
    Options options,
    InvokeConfigs invokeConfigs,
    FunctionUrls urls,
    Layers layers,
    LayerPermissions layerPermissions,
    ProvisionedConcurrency provisioned,
    SnapStarts snapStarts,
    CodeSigning signing,
    RuntimeManagement runtimes,
    Invoker invoker,
    AsyncInvokes asynchronous,
    Mappings mappings,
    FunctionLogs logs) {

  static LambdaParts of(
      Kv kv,
      Clock clock,
      Timers timers,
      Targets targets,
      Operations operations,
      Ids ids,
      Functions functions,
      @Nullable Path watched,
      Supplier<String> endpoint) {
    var executions = new Executions(kv);
    var roles = new Roles(clock, ids, operations, endpoint);
    var folders = new WatchedFolders(watched);
    var access = new DestinationAccess(roles, operations);
    var admission = new Admission(functions.code(), roles, operations);
    var source = new CodeSource(functions.code(), operations, folders);
    var layers = new Layers(kv, source);
    var snapStarts = new SnapStarts(kv);
    var catalog =
        new Catalog(
            kv, ids, functions, executions, roles, access, admission, source, layers, snapStarts);
    var permissions = new Permissions(kv, ids, catalog);
    var options = new Options(kv, ids, catalog, executions);
    var logs = new FunctionLogs(clock, operations, roles);
    var invoker =
        new Invoker(
            ids,
            functions,
            catalog,
            folders,
            permissions,
            roles,
            logs,
            executions,
            new Traces(clock, ids),
            snapStarts,
            endpoint);
    snapStarts.madeBy(invoker::snapshot);
    var destinations = new Destinations(clock, ids, targets, catalog, roles, access, operations);
    var configs = new InvokeConfigs(kv, catalog, destinations);
    return new LambdaParts(
        catalog,
        permissions,
        options,
        configs,
        new FunctionUrls(kv, ids),
        layers,
        new LayerPermissions(kv, ids),
        new ProvisionedConcurrency(kv, invoker, executions),
        snapStarts,
        new CodeSigning(kv, ids, catalog),
        new RuntimeManagement(catalog),
        invoker,
        new AsyncInvokes(kv, clock, timers, destinations, catalog, configs, invoker),
        new Mappings(kv, clock, ids, catalog, roles, invoker, operations),
        logs);
  }
}
