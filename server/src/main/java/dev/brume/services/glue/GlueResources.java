package dev.brume.services.glue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.StructJson;
import dev.brume.model.Operations;
import dev.brume.model.glue.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `AWS::Glue::Database`, `AWS::Glue::Table` and `AWS::Glue::Partition`.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Glue.html>
public final class GlueResources {
  private final GlueClient glue;

  public GlueResources(Operations operations) {
    glue = new GlueClient(operations);
  }

  public List<ResourceType> all() {
    return List.of(new DatabaseType(), new TableType(), new PartitionType());
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.hasNonNull(field) ? node.get(field).asText() : null;
  }

  private static String required(JsonNode node, String field) {
    return Objects.requireNonNull(text(node, field), field);
  }

  private final class DatabaseType implements ResourceType {
    @Override
    public String name() {
      return "AWS::Glue::Database";
    }

    @Override
    public Set<String> properties() {
      return Set.of("CatalogId", "DatabaseInput", "DatabaseName");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      DatabaseInput input = input(request);
      try {
        glue.createDatabase(
            request.call(),
            new CreateDatabaseRequest()
                .catalogId(text(request.properties(), "CatalogId"))
                .databaseInput(input)
                .tags(request.tags().isEmpty() ? null : request.tags()));
      } catch (AlreadyExistsException e) {
        var tags =
            glue.getTags(
                    request.call(),
                    new GetTagsRequest()
                        .resourceArn(request.call().arn("glue", "database/" + input.name())))
                .tags();
        if (!request.stackId().equals(tags.get("aws:cloudformation:stack-id"))) {
          throw e;
        }
      }
      return ResourceState.of(input.name());
    }

    private DatabaseInput input(ResourceRequest request) {
      JsonNode properties = request.properties();
      DatabaseInput input = StructJson.read(properties.path("DatabaseInput"), new DatabaseInput());
      if (input.name() == null) {
        String given = text(properties, "DatabaseName");
        input.name(given == null ? request.generatedName(255) : given);
      }
      return input.name(GlueService.lower(input.name()));
    }

    @Override
    public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
      glue.updateDatabase(
          request.call(),
          new UpdateDatabaseRequest()
              .name(physicalId)
              .databaseInput(input(request).name(physicalId)));
      return ResourceState.of(physicalId);
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      try {
        glue.deleteDatabase(request.call(), new DeleteDatabaseRequest().name(physicalId));
      } catch (EntityNotFoundException e) {
        // Gone already: that is what was asked for.
        return;
      }
    }
  }

  private final class TableType implements ResourceType {
    @Override
    public String name() {
      return "AWS::Glue::Table";
    }

    @Override
    public Set<String> properties() {
      return Set.of("CatalogId", "DatabaseName", "TableInput", "Name");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      String database = required(request.properties(), "DatabaseName");
      TableInput input = input(request);
      try {
        glue.createTable(
            request.call(),
            new CreateTableRequest()
                .catalogId(text(request.properties(), "CatalogId"))
                .databaseName(database)
                .tableInput(input));
      } catch (AlreadyExistsException e) {
        // A table has no tags to know its stack by: the same table is taken as this request's own.
        Table present =
            glue.getTable(
                    request.call(), new GetTableRequest().databaseName(database).name(input.name()))
                .table();
        if (present == null
            || !Objects.equals(present.storageDescriptor(), input.storageDescriptor())
            || !present.partitionKeys().equals(input.partitionKeys())
            || !present.parameters().equals(input.parameters())) {
          throw e;
        }
      }
      return ResourceState.of(GlueService.lower(input.name()));
    }

    private TableInput input(ResourceRequest request) {
      TableInput input = StructJson.read(request.properties().path("TableInput"), new TableInput());
      if (input.name() == null) {
        String given = text(request.properties(), "Name");
        input.name(given == null ? request.generatedName(255) : given);
      }
      return input.name(GlueService.lower(input.name()));
    }

    @Override
    public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
      glue.updateTable(
          request.call(),
          new UpdateTableRequest()
              .databaseName(required(request.properties(), "DatabaseName"))
              .tableInput(input(request).name(physicalId)));
      return ResourceState.of(physicalId);
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      try {
        glue.deleteTable(
            request.call(),
            new DeleteTableRequest()
                .databaseName(required(request.properties(), "DatabaseName"))
                .name(physicalId));
      } catch (EntityNotFoundException e) {
        // Gone already: that is what was asked for.
        return;
      }
    }
  }

  private final class PartitionType implements ResourceType {
    @Override
    public String name() {
      return "AWS::Glue::Partition";
    }

    @Override
    public Set<String> properties() {
      return Set.of("CatalogId", "DatabaseName", "TableName", "PartitionInput");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      JsonNode properties = request.properties();
      PartitionInput input = input(request);
      var at =
          new GetPartitionRequest()
              .databaseName(required(properties, "DatabaseName"))
              .tableName(required(properties, "TableName"))
              .partitionValues(input.values());
      try {
        glue.createPartition(
            request.call(),
            new CreatePartitionRequest()
                .databaseName(at.databaseName())
                .tableName(at.tableName())
                .partitionInput(input));
      } catch (AlreadyExistsException e) {
        Partition present = glue.getPartition(request.call(), at).partition();
        if (present == null
            || !Objects.equals(present.storageDescriptor(), input.storageDescriptor())) {
          throw e;
        }
      }
      return ResourceState.of(id(request));
    }

    private static PartitionInput input(ResourceRequest request) {
      return StructJson.read(request.properties().path("PartitionInput"), new PartitionInput());
    }

    private static String id(ResourceRequest request) {
      var parts = new ArrayList<String>();
      parts.add(required(request.properties(), "DatabaseName"));
      parts.add(required(request.properties(), "TableName"));
      parts.addAll(input(request).values());
      return String.join("|", parts);
    }

    @Override
    public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
      PartitionInput input = input(request);
      glue.updatePartition(
          request.call(),
          new UpdatePartitionRequest()
              .databaseName(required(request.properties(), "DatabaseName"))
              .tableName(required(request.properties(), "TableName"))
              .partitionValueList(input.values())
              .partitionInput(input));
      return ResourceState.of(physicalId);
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      try {
        glue.deletePartition(
            request.call(),
            new DeletePartitionRequest()
                .databaseName(required(request.properties(), "DatabaseName"))
                .tableName(required(request.properties(), "TableName"))
                .partitionValues(input(request).values()));
      } catch (EntityNotFoundException e) {
        // Gone already: that is what was asked for.
        return;
      }
    }
  }
}
