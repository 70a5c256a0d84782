/// Amazon CloudWatch Logs: groups, streams, events, filter patterns, retention, tags.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html>
///
/// Left out on purpose, and answered as not implemented: Logs Insights queries, live tail, metric
/// and subscription filters, exports, deliveries, anomaly detectors, encryption with a key of one's
/// own, log classes other than STANDARD.
@NullMarked
package dev.brume.services.logs;

import org.jspecify.annotations.NullMarked;
