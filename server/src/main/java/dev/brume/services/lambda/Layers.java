package dev.brume.services.lambda;

import dev.brume.functions.CodeStore;
import dev.brume.model.Call;
import dev.brume.model.lambda.*;
import dev.brume.services.lambda.LambdaStore.LayerRow;
import dev.brume.store.Kv;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Versions of layers. A version that was deleted stays usable for functions that have it.
final class Layers {
  private final Kv kv;
  private final CodeSource source;

  Layers(Kv kv, CodeSource source) {
    this.kv = kv;
    this.source = source;
  }

  /// The layers that a function is to have, in order. Throws when one is not there or not for the
  /// caller.
  List<Configuration.LayerReference> references(
      Call call, FunctionName function, List<String> arns) {
    if (arns.size() > LambdaLimits.LAYERS_MAX) {
      throw LambdaErrors.invalid("Cannot reference more than 5 layers.");
    }
    var names = new TreeMap<String, String>();
    var layers = new ArrayList<Configuration.LayerReference>();
    for (String arn : arns) {
      LayerName.Version layer = LayerName.Version.of(arn);
      if (layer == null) {
        throw LambdaErrors.layerVersionMissing(arn);
      }
      if (!layer.layer().region().equals(function.region())) {
        throw LambdaErrors.invalid(
            "Layers are not in the same region as the function. Layers are expected to be in region"
                + " "
                + function.region()
                + ".");
      }
      String other = names.put(layer.layer().arn(), arn);
      if (other != null) {
        throw LambdaErrors.invalid(
            "Two different versions of the same layer are not allowed to be referenced in the same"
                + " function. "
                + other
                + " and "
                + arn
                + " are versions of the same layer.");
      }
      LayerRow row = row(call, layer);
      if (row == null) {
        throw LambdaErrors.layerVersionMissing(arn);
      }
      layers.add(new Configuration.LayerReference(arn, row.sizeBytes(), row.hash()));
    }
    return layers;
  }

  // What another account has not shared is denied, whether it is there or not.
  private @Nullable LayerRow row(Call call, LayerName.Version layer) {
    return kv.read(
        reader -> {
          LayerPermissions.check(reader, call, layer);
          return LambdaStore.get(reader, LambdaStore.layer(layer), LambdaStore.LAYER);
        });
  }

  PublishLayerVersionResponse publish(Call call, PublishLayerVersionRequest in, String location) {
    String name = own(call, in.layerName()).name();
    var content = in.content();
    byte[] zip = content.zipFile();
    if (zip == null) {
      String bucket = content.s3Bucket();
      String key = content.s3Key();
      if (bucket == null || key == null) {
        throw LambdaErrors.invalid("Please provide a source for layer content.");
      }
      zip = source.object(call, bucket, key, content.s3ObjectVersion());
    } else {
      CodeSource.checkLength(zip, "PublishLayerVersion");
    }
    CodeStore.Package stored = source.store(zip);
    LayerRow row =
        kv.tx(
            tx -> {
              var counter = LambdaStore.layerCounter(call.account(), call.region(), name);
              byte[] last = tx.get(counter);
              long number = last == null ? 1 : ByteBuffer.wrap(last).getLong() + 1;
              tx.put(counter, ByteBuffer.allocate(8).putLong(number).array());
              var layer =
                  new LayerRow(
                      name,
                      number,
                      in.description() == null ? "" : in.description(),
                      stored.hash(),
                      stored.sizeBytes(),
                      stored.sha256Base64(),
                      List.copyOf(in.compatibleRuntimes()),
                      List.copyOf(in.compatibleArchitectures()),
                      in.licenseInfo(),
                      call.now().toEpochMilli());
              tx.put(
                  LambdaStore.layer(call.account(), call.region(), name).then(number),
                  LambdaStore.LAYER.write(layer));
              return layer;
            });
    String arn = Shapes.layerArn(call.account(), call.region(), name);
    return new PublishLayerVersionResponse()
        .content(Shapes.layerContent(row, location + row.hash()))
        .layerArn(arn)
        .layerVersionArn(arn + ":" + row.version())
        .description(row.description())
        .createdDate(Shapes.time(row.createdMillis()))
        .version(row.version())
        .compatibleRuntimes(row.runtimes())
        .compatibleArchitectures(row.architectures())
        .licenseInfo(row.license());
  }

  GetLayerVersionResponse get(Call call, LayerName.Version layer, String location) {
    LayerRow row = row(call, layer);
    if (row == null) {
      throw LambdaErrors.resourceNotFound();
    }
    String arn = layer.layer().arn();
    return new GetLayerVersionResponse()
        .content(Shapes.layerContent(row, location + row.hash()))
        .layerArn(arn)
        .layerVersionArn(layer.arn())
        .description(row.description())
        .createdDate(Shapes.time(row.createdMillis()))
        .version(layer.number())
        .compatibleRuntimes(row.runtimes())
        .compatibleArchitectures(row.architectures())
        .licenseInfo(row.license());
  }

  ListLayerVersionsResponse versions(Call call, ListLayerVersionsRequest in) {
    LayerName layer = LayerName.of(call, in.layerName());
    List<LayerVersionsListItem> all =
        kv
            .read(
                reader -> {
                  var found = new ArrayList<LayerRow>();
                  for (LayerRow row :
                      LambdaStore.all(reader, LambdaStore.layer(layer), LambdaStore.LAYER)) {
                    LayerPermissions.check(reader, call, layer.version(row.version()));
                    found.add(row);
                  }
                  return found;
                })
            .reversed()
            .stream()
            .filter(row -> fits(row, in.compatibleRuntime(), in.compatibleArchitecture()))
            .map(row -> Shapes.layerItem(layer.account(), layer.region(), row))
            .toList();
    var page = Page.of(all, in.marker(), in.maxItems());
    return new ListLayerVersionsResponse().layerVersions(page.items()).nextMarker(page.next());
  }

  ListLayersResponse list(Call call, ListLayersRequest in) {
    var newest = new TreeMap<String, LayerRow>();
    kv
        .read(
            reader ->
                LambdaStore.all(
                    reader, LambdaStore.layers(call.account(), call.region()), LambdaStore.LAYER))
        .stream()
        .filter(row -> fits(row, in.compatibleRuntime(), in.compatibleArchitecture()))
        .forEach(row -> newest.put(row.name(), row));
    var all = new ArrayList<LayersListItem>();
    newest.forEach(
        (name, row) ->
            all.add(
                new LayersListItem()
                    .layerName(name)
                    .layerArn(Shapes.layerArn(call.account(), call.region(), name))
                    .latestMatchingVersion(Shapes.layerItem(call.account(), call.region(), row))));
    var page = Page.of(all, in.marker(), in.maxItems());
    return new ListLayersResponse().layers(page.items()).nextMarker(page.next());
  }

  void delete(Call call, DeleteLayerVersionRequest in) {
    LayerName.Version layer = own(call, in.layerName()).version(in.versionNumber());
    kv.tx(
        tx -> {
          tx.delete(LambdaStore.layer(layer));
          tx.delete(LambdaStore.layerPolicy(layer));
          return 0;
        });
  }

  // A layer's policy lets other accounts read it, nothing else.
  private static LayerName own(Call call, String given) {
    LayerName name = LayerName.of(call, given);
    if (!name.account().equals(call.account())) {
      throw LambdaErrors.layerDenied(call.principal().arn(), name.arn());
    }
    return name;
  }

  private static boolean fits(
      LayerRow row, @Nullable String runtime, @Nullable String architecture) {
    return (runtime == null || row.runtimes().contains(runtime))
        && (architecture == null || row.architectures().contains(architecture));
  }
}
