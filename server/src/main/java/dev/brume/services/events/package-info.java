/// Amazon EventBridge: event buses, rules by pattern and by schedule (cron and rate, in UTC),
/// targets that are functions, queues, topics and buses.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/Welcome.html>
///
/// Left out on purpose, and answered as not implemented: archives and replays, API destinations,
/// connections, partner sources, global endpoints, bus policies.
@NullMarked
package dev.brume.services.events;

import org.jspecify.annotations.NullMarked;
