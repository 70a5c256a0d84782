package dev.brume.services.lambda;

import dev.brume.model.lambda.*;
import dev.brume.services.lambda.LambdaStore.MappingRow;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a mapping of a queue may be given. What is for streams and brokers is refused by name, and
/// so is what Brume does not do.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html>
final class QueueParameters {
  private QueueParameters() {}

  static void check(CreateEventSourceMappingRequest in) {
    Map<String, Boolean> foreign = new LinkedHashMap<>();
    foreign.put("ParallelizationFactor", in.parallelizationFactor() != null);
    foreign.put("StartingPosition", in.startingPosition() != null);
    foreign.put("StartingPositionTimestamp", in.startingPositionTimestamp() != null);
    foreign.put("DestinationConfig", given(in.destinationConfig()));
    foreign.put("MaximumRecordAgeInSeconds", in.maximumRecordAgeInSeconds() != null);
    foreign.put("BisectBatchOnFunctionError", in.bisectBatchOnFunctionError() != null);
    foreign.put("MaximumRetryAttempts", in.maximumRetryAttempts() != null);
    foreign.put("TumblingWindowInSeconds", in.tumblingWindowInSeconds() != null);
    foreign.put("Topics", in.hasTopics());
    foreign.put("Queues", in.hasQueues());
    foreign.put("SourceAccessConfigurations", in.hasSourceAccessConfigurations());
    foreign.put("SelfManagedEventSource", in.selfManagedEventSource() != null);
    foreign.put(
        "AmazonManagedKafkaEventSourceConfig", in.amazonManagedKafkaEventSourceConfig() != null);
    foreign.put(
        "SelfManagedKafkaEventSourceConfig", in.selfManagedKafkaEventSourceConfig() != null);
    foreign.put("DocumentDBEventSourceConfig", in.documentDBEventSourceConfig() != null);
    foreign.put("LoggingConfig", in.loggingConfig() != null);
    refuse(foreign);
    missing(in.metricsConfig());
  }

  static void check(UpdateEventSourceMappingRequest in) {
    Map<String, Boolean> foreign = new LinkedHashMap<>();
    foreign.put("ParallelizationFactor", in.parallelizationFactor() != null);
    foreign.put("DestinationConfig", given(in.destinationConfig()));
    foreign.put("MaximumRecordAgeInSeconds", in.maximumRecordAgeInSeconds() != null);
    foreign.put("BisectBatchOnFunctionError", in.bisectBatchOnFunctionError() != null);
    foreign.put("MaximumRetryAttempts", in.maximumRetryAttempts() != null);
    foreign.put("TumblingWindowInSeconds", in.tumblingWindowInSeconds() != null);
    foreign.put("SourceAccessConfigurations", in.hasSourceAccessConfigurations());
    foreign.put(
        "AmazonManagedKafkaEventSourceConfig", in.amazonManagedKafkaEventSourceConfig() != null);
    foreign.put(
        "SelfManagedKafkaEventSourceConfig", in.selfManagedKafkaEventSourceConfig() != null);
    foreign.put("DocumentDBEventSourceConfig", in.documentDBEventSourceConfig() != null);
    foreign.put("LoggingConfig", in.loggingConfig() != null);
    refuse(foreign);
    missing(in.metricsConfig());
  }

  // Consoles and tools send an empty one along.
  private static boolean given(@Nullable DestinationConfig config) {
    return config != null && (config.onSuccess() != null || config.onFailure() != null);
  }

  private static void refuse(Map<String, Boolean> foreign) {
    foreign.forEach(
        (name, given) -> {
          if (given) {
            throw LambdaErrors.invalid(name + " is not valid for SQS event sources.");
          }
        });
  }

  private static void missing(@Nullable EventSourceMappingMetricsConfig metrics) {
    if (metrics != null && !metrics.metrics().isEmpty()) {
      throw LambdaErrors.invalid(
          "Brume does not keep metrics of event source mappings yet: MetricsConfig cannot be set.");
    }
  }

  static void check(MappingRow row) {
    boolean fifo = row.sourceArn().endsWith(".fifo");
    int most = fifo ? LambdaLimits.QUEUE_BATCH_FIFO_MAX : LambdaLimits.QUEUE_BATCH_MAX;
    if (row.batchSize() > most) {
      throw LambdaErrors.invalid(
          "1 validation error detected: Value '"
              + row.batchSize()
              + "' at 'batchSize' failed to satisfy constraint: Member must have value less than"
              + " or equal to "
              + most);
    }
    if (fifo && row.windowSeconds() > 0) {
      throw LambdaErrors.invalid("Batching window is not supported for FIFO queues.");
    }
    if (row.batchSize() > LambdaLimits.QUEUE_RECEIVE_MAX && row.windowSeconds() == 0) {
      throw LambdaErrors.invalid(
          "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater"
              + " than 10");
    }
    if (row.pollersMin() != null && row.concurrencyMax() != null) {
      throw LambdaErrors.invalid(
          "MaximumConcurrency and ProvisionedPollerConfig cannot be used together.");
    }
    checkPollers(row.pollersMin(), row.pollersMax());
  }

  // A queue's limits are narrower than the model's, which are those of Kafka too.
  private static void checkPollers(@Nullable Integer least, @Nullable Integer most) {
    if (least == null || most == null) {
      return;
    }
    if (least < LambdaLimits.QUEUE_POLLERS_MIN || most < LambdaLimits.QUEUE_POLLERS_MIN) {
      throw LambdaErrors.invalid(
          "MinimumPollers and MaximumPollers must be at least "
              + LambdaLimits.QUEUE_POLLERS_MIN
              + " for SQS event sources.");
    }
    if (least > most) {
      throw LambdaErrors.invalid("MinimumPollers must not be greater than MaximumPollers.");
    }
  }

  /// The pollers of the provisioned mode, as they are kept: null without it.
  record Pollers(@Nullable Integer least, @Nullable Integer most) {
    static Pollers of(@Nullable ProvisionedPollerConfig in, Pollers before) {
      if (in == null) {
        return before;
      }
      if (in.pollerGroupName() != null) {
        throw LambdaErrors.invalid("PollerGroupName is not valid for SQS event sources.");
      }
      if (in.minimumPollers() == null && in.maximumPollers() == null) {
        return new Pollers(null, null);
      }
      return new Pollers(
          in.minimumPollers() == null ? LambdaLimits.QUEUE_POLLERS_MIN : in.minimumPollers(),
          in.maximumPollers() == null
              ? LambdaLimits.QUEUE_POLLERS_DEFAULT_MAX
              : in.maximumPollers());
    }
  }
}
