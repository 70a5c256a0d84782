/// [Amazon SNS](https://docs.aws.amazon.com/sns/latest/api/welcome.html): standard topics with
/// subscriptions of queues, functions and HTTP endpoints.
///
/// A publish matches the subscriptions in memory and hands one event per subscription to the outbox
/// in its own transaction, so an acknowledged notification reaches everybody who was subscribed.
///
/// Left out on purpose: FIFO topics, SMS, mobile push and Firehose (refused); mail (such a
/// subscription stays pending: nobody confirms it); signatures of notifications (the field is there
/// and does not verify); delivery policies and delivery status logging (refused).
@NullMarked
package dev.brume.services.sns;

import org.jspecify.annotations.NullMarked;
