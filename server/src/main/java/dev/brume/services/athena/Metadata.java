package dev.brume.services.athena;

import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.athena.*;
import dev.brume.model.glue.EntityNotFoundException;
import dev.brume.model.glue.GetTableRequest;
import dev.brume.model.glue.GetTablesRequest;
import dev.brume.model.glue.GetTablesResponse;
import dev.brume.model.glue.GlueClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The catalog as Athena shows it; the one data catalog is Glue's.
final class Metadata {
  static final String CATALOG = "AwsDataCatalog";
  private final Operations operations;
  private final GlueClient glue;

  Metadata(Operations operations) {
    this.operations = operations;
    this.glue = new GlueClient(operations);
  }

  List<DataCatalogSummary> catalogs() {
    return List.of(
        new DataCatalogSummary().catalogName(CATALOG).type("GLUE").status("CREATE_COMPLETE"));
  }

  DataCatalog catalog(Call call, String name) {
    check(name);
    return new DataCatalog()
        .name(CATALOG)
        .type("GLUE")
        .status("CREATE_COMPLETE")
        .parameters(Map.of("catalog-id", call.account()));
  }

  private static void check(String catalog) {
    if (!catalog.equalsIgnoreCase(CATALOG)) {
      throw AthenaErrors.invalid("DataCatalog " + catalog + " was not found");
    }
  }

  List<Database> databases(Call call, String catalog) {
    check(catalog);
    return new GlueCatalog(operations, call).databases().stream().map(Metadata::shape).toList();
  }

  Database database(Call call, String catalog, String name) {
    check(catalog);
    dev.brume.sql.Database found = new GlueCatalog(operations, call).database(name);
    if (found == null) {
      throw AthenaErrors.metadata("Database " + name + " not found.");
    }
    return shape(found);
  }

  private static Database shape(dev.brume.sql.Database it) {
    return new Database()
        .name(it.name())
        .description(it.comment())
        .parameters(it.parameters().isEmpty() ? null : it.parameters());
  }

  List<TableMetadata> tables(
      Call call, String catalog, String database, @Nullable String expression) {
    check(catalog);
    var all = new ArrayList<TableMetadata>();
    String token = null;
    try {
      do {
        GetTablesResponse page =
            glue.getTables(
                call,
                new GetTablesRequest()
                    .databaseName(database)
                    .expression(expression)
                    .nextToken(token));
        page.tableList().forEach(t -> all.add(shape(t)));
        token = page.nextToken();
      } while (token != null);
    } catch (EntityNotFoundException e) {
      throw AthenaErrors.metadata(String.valueOf(e.getMessage()));
    }
    return all;
  }

  TableMetadata table(Call call, String catalog, String database, String name) {
    check(catalog);
    try {
      dev.brume.model.glue.Table found =
          glue.getTable(call, new GetTableRequest().databaseName(database).name(name)).table();
      if (found == null) {
        throw AthenaErrors.metadata("Table " + name + " not found.");
      }
      return shape(found);
    } catch (EntityNotFoundException e) {
      throw AthenaErrors.metadata(String.valueOf(e.getMessage()));
    }
  }

  private static TableMetadata shape(dev.brume.model.glue.Table it) {
    dev.brume.model.glue.StorageDescriptor storage = it.storageDescriptor();
    return new TableMetadata()
        .name(it.name())
        .createTime(it.createTime())
        .lastAccessTime(it.lastAccessTime())
        .tableType(it.tableType())
        .columns(columns(storage == null ? List.of() : storage.columns()))
        .partitionKeys(columns(it.partitionKeys()))
        .parameters(it.parameters());
  }

  private static List<Column> columns(List<dev.brume.model.glue.Column> columns) {
    return columns.stream()
        .map(c -> new Column().name(c.name()).type(c.type()).comment(c.comment()))
        .toList();
  }
}
