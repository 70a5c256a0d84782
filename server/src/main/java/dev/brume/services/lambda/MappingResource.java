package dev.brume.services.lambda;

import static dev.brume.services.lambda.LambdaResources.number;
import static dev.brume.services.lambda.LambdaResources.required;
import static dev.brume.services.lambda.LambdaResources.tags;
import static dev.brume.services.lambda.LambdaResources.text;
import static dev.brume.services.lambda.LambdaResources.texts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `AWS::Lambda::EventSourceMapping`, for queues.
final class MappingResource implements ResourceType {
  private final LambdaClient lambda;

  MappingResource(LambdaClient lambda) {
    this.lambda = lambda;
  }

  @Override
  public String name() {
    return "AWS::Lambda::EventSourceMapping";
  }

  @Override
  public Set<String> properties() {
    return Set.of(
        "BatchSize",
        "Enabled",
        "EventSourceArn",
        "FilterCriteria",
        "FunctionName",
        "FunctionResponseTypes",
        "KmsKeyArn",
        "MaximumBatchingWindowInSeconds",
        "ProvisionedPollerConfig",
        "ScalingConfig",
        "Tags");
  }

  @Override
  public ResourceState create(ResourceRequest request) {
    ObjectNode in = request.properties();
    var create =
        new CreateEventSourceMappingRequest()
            .functionName(required(in, "FunctionName"))
            .eventSourceArn(text(in, "EventSourceArn"))
            .batchSize(number(in, "BatchSize"))
            .enabled(enabled(in))
            .maximumBatchingWindowInSeconds(number(in, "MaximumBatchingWindowInSeconds"))
            .functionResponseTypes(texts(in, "FunctionResponseTypes"))
            .filterCriteria(filters(in))
            .kmsKeyArn(text(in, "KmsKeyArn"))
            .tags(tags(request.tags(), in.path("Tags")));
    if (in.has("ScalingConfig")) {
      create.scalingConfig(scaling(in));
    }
    if (in.has("ProvisionedPollerConfig")) {
      create.provisionedPollerConfig(pollers(in));
    }
    try {
      return state(lambda.createEventSourceMapping(request.call(), create));
    } catch (ServiceError e) {
      EventSourceMappingConfiguration made = made(request, e);
      if (made == null) {
        throw e;
      }
      return state(made);
    }
  }

  // A repetition after a crash finds what it made before.
  private @Nullable EventSourceMappingConfiguration made(ResourceRequest request, ServiceError e) {
    if (!e.code().equals("ResourceConflictException")) {
      return null;
    }
    ObjectNode in = request.properties();
    for (EventSourceMappingConfiguration one :
        lambda
            .listEventSourceMappings(
                request.call(),
                new ListEventSourceMappingsRequest()
                    .functionName(text(in, "FunctionName"))
                    .eventSourceArn(text(in, "EventSourceArn")))
            .eventSourceMappings()) {
      Map<String, String> tags =
          lambda
              .listTags(request.call(), new ListTagsRequest().resource(one.eventSourceMappingArn()))
              .tags();
      if (request.stackId().equals(tags.get("aws:cloudformation:stack-id"))) {
        return one;
      }
    }
    return null;
  }

  @Override
  public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
    ObjectNode in = request.properties();
    Integer batch = number(in, "BatchSize");
    Integer window = number(in, "MaximumBatchingWindowInSeconds");
    FilterCriteria filters = filters(in);
    return state(
        lambda.updateEventSourceMapping(
            request.call(),
            new UpdateEventSourceMappingRequest()
                .uuid(physicalId)
                .functionName(text(in, "FunctionName"))
                .batchSize(batch == null ? LambdaLimits.QUEUE_BATCH_DEFAULT : batch)
                .enabled(enabled(in) == null || Boolean.TRUE.equals(enabled(in)))
                .maximumBatchingWindowInSeconds(window == null ? 0 : window)
                .functionResponseTypes(texts(in, "FunctionResponseTypes"))
                .filterCriteria(filters == null ? new FilterCriteria() : filters)
                .kmsKeyArn(in.hasNonNull("KmsKeyArn") ? text(in, "KmsKeyArn") : "")
                .provisionedPollerConfig(pollers(in))
                .scalingConfig(scaling(in))));
  }

  @Override
  public void delete(ResourceRequest request, String physicalId) {
    LambdaResources.gone(
        () ->
            lambda.deleteEventSourceMapping(
                request.call(), new DeleteEventSourceMappingRequest().uuid(physicalId)));
  }

  private static @Nullable Boolean enabled(ObjectNode in) {
    return in.hasNonNull("Enabled") ? Boolean.valueOf(in.get("Enabled").asBoolean()) : null;
  }

  private static ProvisionedPollerConfig pollers(ObjectNode in) {
    return new ProvisionedPollerConfig()
        .minimumPollers(number(in.path("ProvisionedPollerConfig"), "MinimumPollers"))
        .maximumPollers(number(in.path("ProvisionedPollerConfig"), "MaximumPollers"));
  }

  private static ScalingConfig scaling(ObjectNode in) {
    return new ScalingConfig()
        .maximumConcurrency(number(in.path("ScalingConfig"), "MaximumConcurrency"));
  }

  private static @Nullable FilterCriteria filters(ObjectNode in) {
    if (!in.has("FilterCriteria")) {
      return null;
    }
    var filters = new ArrayList<Filter>();
    in.path("FilterCriteria")
        .path("Filters")
        .forEach(one -> filters.add(new Filter().pattern(text(one, "Pattern"))));
    return new FilterCriteria().filters(filters);
  }

  private static ResourceState state(EventSourceMappingConfiguration mapping) {
    String uuid = mapping.uuid();
    return new ResourceState(
        uuid == null ? "" : uuid,
        Map.of(
            "Id",
            LambdaResources.node(uuid),
            "EventSourceMappingArn",
            LambdaResources.node(mapping.eventSourceMappingArn())));
  }
}
