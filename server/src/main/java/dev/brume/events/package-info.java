/// How an event leaves one service for another: [Targets], a durable outbox with retries and
/// dead-letter queues. Knows no service.
@NullMarked
package dev.brume.events;

import org.jspecify.annotations.NullMarked;
