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

/// Versions of layers. A version that was deleted stays usable for functions that have it.
final class Layers {
  private final Kv kv;
  private final Catalog catalog;

  Layers(Kv kv, Catalog catalog) {
    this.kv = kv;
    this.catalog = catalog;
  }

  PublishLayerVersionResponse publish(Call call, PublishLayerVersionRequest in, String location) {
    String name = nameOf(in.layerName());
    var content = in.content();
    byte[] zip = content.zipFile();
    if (zip == null) {
      String bucket = content.s3Bucket();
      String key = content.s3Key();
      if (bucket == null || key == null) {
        throw LambdaErrors.invalid("Please provide a source for layer content.");
      }
      zip = catalog.object(call, bucket, key, content.s3ObjectVersion());
    }
    CodeStore.Package stored = catalog.store(zip);
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

  GetLayerVersionResponse get(Call call, String layer, long version, String location) {
    String name = nameOf(layer);
    LayerRow row =
        kv.read(
            reader ->
                LambdaStore.get(
                    reader,
                    LambdaStore.layer(call.account(), call.region(), name).then(version),
                    LambdaStore.LAYER));
    if (row == null) {
      throw LambdaErrors.resourceNotFound();
    }
    String arn = Shapes.layerArn(call.account(), call.region(), name);
    return new GetLayerVersionResponse()
        .content(Shapes.layerContent(row, location + row.hash()))
        .layerArn(arn)
        .layerVersionArn(arn + ":" + version)
        .description(row.description())
        .createdDate(Shapes.time(row.createdMillis()))
        .version(version)
        .compatibleRuntimes(row.runtimes())
        .compatibleArchitectures(row.architectures())
        .licenseInfo(row.license());
  }

  ListLayerVersionsResponse versions(Call call, ListLayerVersionsRequest in) {
    String name = nameOf(in.layerName());
    List<LayerVersionsListItem> all =
        kv
            .read(
                reader ->
                    LambdaStore.all(
                        reader,
                        LambdaStore.layer(call.account(), call.region(), name),
                        LambdaStore.LAYER))
            .reversed()
            .stream()
            .map(row -> Shapes.layerItem(call.account(), call.region(), row))
            .toList();
    var page = Page.of(all, in.marker(), in.maxItems());
    return new ListLayerVersionsResponse().layerVersions(page.items()).nextMarker(page.next());
  }

  ListLayersResponse list(Call call, ListLayersRequest in) {
    var newest = new TreeMap<String, LayerRow>();
    kv.read(
            reader ->
                LambdaStore.all(
                    reader, LambdaStore.layers(call.account(), call.region()), LambdaStore.LAYER))
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
    String name = nameOf(in.layerName());
    kv.tx(
        tx -> {
          tx.delete(
              LambdaStore.layer(call.account(), call.region(), name).then(in.versionNumber()));
          return 0;
        });
  }

  private static String nameOf(String given) {
    return given.substring(given.lastIndexOf(':') + 1);
  }
}
