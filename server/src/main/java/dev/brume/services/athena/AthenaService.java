package dev.brume.services.athena;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.athena.*;
import dev.brume.sql.SqlEngine;
import dev.brume.sql.StatementKind;
import dev.brume.store.Kv;
import dev.brume.time.Clock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The operations.
public final class AthenaService implements AthenaApi {
  private final Kv kv;
  private final AthenaStore store = new AthenaStore();
  private final WorkGroups groups;
  private final Queries queries;
  private final Executions executions;
  private final Results results;
  private final Metadata metadata;

  /// @param folder for the files of running queries; emptied here
  public AthenaService(Kv kv, Clock clock, Operations operations, Ids ids, Path folder) {
    this.kv = kv;
    groups = new WorkGroups(kv, store);
    queries = new Queries(kv, store, ids, groups);
    results = new Results(operations);
    metadata = new Metadata(operations);
    executions =
        new Executions(
            kv,
            store,
            groups,
            clock,
            operations,
            ids,
            new SqlEngine(folder, AthenaLimits.QUERY_MEMORY_MEGABYTES));
  }

  /// Runs again what a crash interrupted; once every service is there.
  public void start() {
    executions.recover();
  }

  public void close() {
    executions.close();
  }

  @Override
  public StartQueryExecutionOutput startQueryExecution(Call call, StartQueryExecutionInput in) {
    String query = in.queryString();
    if (query.isBlank()) {
      throw AthenaErrors.malformed("Query string is empty");
    }
    if (query.getBytes(StandardCharsets.UTF_8).length > AthenaLimits.QUERY_BYTES_MAX) {
      throw AthenaErrors.malformed(
          "Query string length exceeds " + AthenaLimits.QUERY_BYTES_MAX + " bytes");
    }
    if (StatementKind.of(query) == StatementKind.UNKNOWN) {
      throw AthenaErrors.malformed(
          "line 1:1: mismatched input '"
              + query.strip().split("\\s", 2)[0]
              + "'. Expecting: 'ALTER', 'CREATE', 'DESCRIBE', 'DROP', 'EXPLAIN', 'INSERT', 'MSCK',"
              + " 'SHOW', 'UNLOAD', 'VALUES', 'WITH', <query>");
    }
    QueryExecutionContext context = in.queryExecutionContext();
    String catalog = context == null ? null : context.catalog();
    if (catalog != null && !catalog.equalsIgnoreCase(Metadata.CATALOG)) {
      throw AthenaErrors.invalid("DataCatalog " + catalog + " was not found");
    }
    String database = context == null ? null : context.database();
    WorkGroup group = groups.get(call, in.workGroup());
    if ("DISABLED".equals(group.state())) {
      throw AthenaErrors.invalid("WorkGroup " + group.name() + " is disabled.");
    }
    String id =
        executions.start(
            call,
            new Executions.Request(
                query,
                List.copyOf(in.executionParameters()),
                database == null ? "default" : database.toLowerCase(Locale.ROOT),
                group.name(),
                outputFolder(group, in.resultConfiguration()),
                in.clientRequestToken()));
    return new StartQueryExecutionOutput().queryExecutionId(id);
  }

  private static String outputFolder(WorkGroup group, @Nullable ResultConfiguration given) {
    WorkGroupConfiguration configuration =
        Objects.requireNonNullElseGet(group.configuration(), WorkGroupConfiguration::new);
    ResultConfiguration own = configuration.resultConfiguration();
    String ofGroup = own == null ? null : own.outputLocation();
    String location = given == null ? null : given.outputLocation();
    WorkGroups.checkResults(given);
    if (location == null
        || ofGroup != null && Boolean.TRUE.equals(configuration.enforceWorkGroupConfiguration())) {
      location = ofGroup;
    }
    if (location == null) {
      throw AthenaErrors.noOutputLocation();
    }
    return location.endsWith("/") ? location : location + "/";
  }

  @Override
  public GetQueryExecutionOutput getQueryExecution(Call call, GetQueryExecutionInput in) {
    return new GetQueryExecutionOutput()
        .queryExecution(shape(executions.get(call, in.queryExecutionId())));
  }

  @Override
  public BatchGetQueryExecutionOutput batchGetQueryExecution(
      Call call, BatchGetQueryExecutionInput in) {
    var found = new ArrayList<QueryExecution>();
    var missing = new ArrayList<UnprocessedQueryExecutionId>();
    for (String id : in.queryExecutionIds()) {
      try {
        found.add(shape(executions.get(call, id)));
      } catch (ServiceError e) {
        missing.add(
            new UnprocessedQueryExecutionId()
                .queryExecutionId(id)
                .errorCode("INVALID_INPUT")
                .errorMessage(e.getMessage()));
      }
    }
    return new BatchGetQueryExecutionOutput()
        .queryExecutions(found)
        .unprocessedQueryExecutionIds(missing);
  }

  private static QueryExecution shape(Execution it) {
    var status =
        new QueryExecutionStatus()
            .state(it.state())
            .stateChangeReason(it.reason())
            .submissionDateTime(Instant.ofEpochMilli(it.submittedMillis()));
    var statistics = new QueryExecutionStatistics();
    if (it.ended()) {
      status.completionDateTime(Instant.ofEpochMilli(it.completedMillis()));
      long queued = Math.max(0, it.startedMillis() - it.submittedMillis());
      statistics
          .engineExecutionTimeInMillis(it.runMillis())
          .dataScannedInBytes(it.scannedBytes())
          .totalExecutionTimeInMillis(queued + it.runMillis())
          .queryQueueTimeInMillis(queued)
          .serviceProcessingTimeInMillis(0L)
          .resultReuseInformation(new ResultReuseInformation().reusedPreviousResult(false));
    }
    if (it.state().equals("FAILED")) {
      status.athenaError(
          new AthenaError().errorCategory(2).retryable(false).errorMessage(it.reason()));
    }
    return new QueryExecution()
        .queryExecutionId(it.id())
        .query(it.query())
        .statementType(StatementKind.of(it.query()).name())
        .substatementType(StatementKind.subtype(it.query()))
        .resultConfiguration(new ResultConfiguration().outputLocation(it.outputLocation()))
        .resultReuseConfiguration(
            new ResultReuseConfiguration()
                .resultReuseByAgeConfiguration(new ResultReuseByAgeConfiguration().enabled(false)))
        .queryExecutionContext(
            new QueryExecutionContext()
                .database(it.database())
                .catalog(Metadata.CATALOG.toLowerCase(Locale.ROOT)))
        .status(status)
        .statistics(statistics)
        .workGroup(it.workGroup())
        .engineVersion(WorkGroups.ENGINE)
        .executionParameters(it.parameters().isEmpty() ? null : it.parameters());
  }

  @Override
  public GetQueryResultsOutput getQueryResults(Call call, GetQueryResultsInput in) {
    return results.page(call, executions.get(call, in.queryExecutionId()), in);
  }

  @Override
  public StopQueryExecutionOutput stopQueryExecution(Call call, StopQueryExecutionInput in) {
    executions.stop(call, in.queryExecutionId());
    return new StopQueryExecutionOutput();
  }

  @Override
  public ListQueryExecutionsOutput listQueryExecutions(Call call, ListQueryExecutionsInput in) {
    String group = groups.get(call, in.workGroup()).name();
    List<String> ids = kv.read(reader -> store.history(reader, call, group));
    var page = Paging.of(ids, in.nextToken(), in.maxResults());
    return new ListQueryExecutionsOutput().queryExecutionIds(page.items()).nextToken(page.next());
  }

  @Override
  public CreateWorkGroupOutput createWorkGroup(Call call, CreateWorkGroupInput in) {
    groups.create(call, in);
    return new CreateWorkGroupOutput();
  }

  @Override
  public GetWorkGroupOutput getWorkGroup(Call call, GetWorkGroupInput in) {
    return new GetWorkGroupOutput().workGroup(groups.get(call, in.workGroup()));
  }

  @Override
  public ListWorkGroupsOutput listWorkGroups(Call call, ListWorkGroupsInput in) {
    var page = Paging.of(groups.list(call), in.nextToken(), in.maxResults());
    return new ListWorkGroupsOutput().workGroups(page.items()).nextToken(page.next());
  }

  @Override
  public UpdateWorkGroupOutput updateWorkGroup(Call call, UpdateWorkGroupInput in) {
    groups.update(call, in);
    return new UpdateWorkGroupOutput();
  }

  @Override
  public DeleteWorkGroupOutput deleteWorkGroup(Call call, DeleteWorkGroupInput in) {
    groups.delete(call, in);
    return new DeleteWorkGroupOutput();
  }

  @Override
  public ListTagsForResourceOutput listTagsForResource(Call call, ListTagsForResourceInput in) {
    return new ListTagsForResourceOutput()
        .tags(WorkGroups.list(groups.tags(call, in.resourceARN())));
  }

  @Override
  public TagResourceOutput tagResource(Call call, TagResourceInput in) {
    groups.tag(call, in.resourceARN(), in.tags(), List.of());
    return new TagResourceOutput();
  }

  @Override
  public UntagResourceOutput untagResource(Call call, UntagResourceInput in) {
    groups.tag(call, in.resourceARN(), List.of(), in.tagKeys());
    return new UntagResourceOutput();
  }

  @Override
  public CreateNamedQueryOutput createNamedQuery(Call call, CreateNamedQueryInput in) {
    return new CreateNamedQueryOutput().namedQueryId(queries.create(call, in));
  }

  @Override
  public GetNamedQueryOutput getNamedQuery(Call call, GetNamedQueryInput in) {
    return new GetNamedQueryOutput().namedQuery(queries.named(call, in.namedQueryId()));
  }

  @Override
  public BatchGetNamedQueryOutput batchGetNamedQuery(Call call, BatchGetNamedQueryInput in) {
    var found = new ArrayList<NamedQuery>();
    var missing = new ArrayList<UnprocessedNamedQueryId>();
    for (String id : in.namedQueryIds()) {
      try {
        found.add(queries.named(call, id));
      } catch (ServiceError e) {
        missing.add(
            new UnprocessedNamedQueryId()
                .namedQueryId(id)
                .errorCode("INVALID_INPUT")
                .errorMessage(e.getMessage()));
      }
    }
    return new BatchGetNamedQueryOutput().namedQueries(found).unprocessedNamedQueryIds(missing);
  }

  @Override
  public ListNamedQueriesOutput listNamedQueries(Call call, ListNamedQueriesInput in) {
    var page =
        Paging.of(queries.named(call, in.workGroup(), false), in.nextToken(), in.maxResults());
    return new ListNamedQueriesOutput().namedQueryIds(page.items()).nextToken(page.next());
  }

  @Override
  public UpdateNamedQueryOutput updateNamedQuery(Call call, UpdateNamedQueryInput in) {
    queries.update(call, in);
    return new UpdateNamedQueryOutput();
  }

  @Override
  public DeleteNamedQueryOutput deleteNamedQuery(Call call, DeleteNamedQueryInput in) {
    queries.deleteNamed(call, in.namedQueryId());
    return new DeleteNamedQueryOutput();
  }

  @Override
  public CreatePreparedStatementOutput createPreparedStatement(
      Call call, CreatePreparedStatementInput in) {
    queries.create(call, in);
    return new CreatePreparedStatementOutput();
  }

  @Override
  public GetPreparedStatementOutput getPreparedStatement(Call call, GetPreparedStatementInput in) {
    return new GetPreparedStatementOutput()
        .preparedStatement(queries.statement(call, in.workGroup(), in.statementName()));
  }

  @Override
  public ListPreparedStatementsOutput listPreparedStatements(
      Call call, ListPreparedStatementsInput in) {
    var page = Paging.of(queries.statements(call, in.workGroup()), in.nextToken(), in.maxResults());
    return new ListPreparedStatementsOutput()
        .preparedStatements(page.items())
        .nextToken(page.next());
  }

  @Override
  public UpdatePreparedStatementOutput updatePreparedStatement(
      Call call, UpdatePreparedStatementInput in) {
    queries.update(call, in);
    return new UpdatePreparedStatementOutput();
  }

  @Override
  public DeletePreparedStatementOutput deletePreparedStatement(
      Call call, DeletePreparedStatementInput in) {
    queries.deleteStatement(call, in.workGroup(), in.statementName());
    return new DeletePreparedStatementOutput();
  }

  @Override
  public ListDataCatalogsOutput listDataCatalogs(Call call, ListDataCatalogsInput in) {
    return new ListDataCatalogsOutput().dataCatalogsSummary(metadata.catalogs());
  }

  @Override
  public GetDataCatalogOutput getDataCatalog(Call call, GetDataCatalogInput in) {
    return new GetDataCatalogOutput().dataCatalog(metadata.catalog(call, in.name()));
  }

  @Override
  public ListDatabasesOutput listDatabases(Call call, ListDatabasesInput in) {
    var page =
        Paging.of(metadata.databases(call, in.catalogName()), in.nextToken(), in.maxResults());
    return new ListDatabasesOutput().databaseList(page.items()).nextToken(page.next());
  }

  @Override
  public GetDatabaseOutput getDatabase(Call call, GetDatabaseInput in) {
    return new GetDatabaseOutput()
        .database(metadata.database(call, in.catalogName(), in.databaseName()));
  }

  @Override
  public ListTableMetadataOutput listTableMetadata(Call call, ListTableMetadataInput in) {
    var page =
        Paging.of(
            metadata.tables(call, in.catalogName(), in.databaseName(), in.expression()),
            in.nextToken(),
            in.maxResults());
    return new ListTableMetadataOutput().tableMetadataList(page.items()).nextToken(page.next());
  }

  @Override
  public GetTableMetadataOutput getTableMetadata(Call call, GetTableMetadataInput in) {
    return new GetTableMetadataOutput()
        .tableMetadata(metadata.table(call, in.catalogName(), in.databaseName(), in.tableName()));
  }

  @Override
  public ListEngineVersionsOutput listEngineVersions(Call call, ListEngineVersionsInput in) {
    return new ListEngineVersionsOutput()
        .engineVersions(
            List.of(
                WorkGroups.ENGINE,
                new EngineVersion()
                    .selectedEngineVersion("Athena engine version 3")
                    .effectiveEngineVersion("Athena engine version 3")));
  }
}
