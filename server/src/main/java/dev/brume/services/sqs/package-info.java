/// [Amazon
/// SQS](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/Welcome.html):
/// standard and FIFO queues.
///
/// A message is a row; what a receive changes (count, visibility) is a second, small row, so that
/// a body is written once. Which messages are visible, in flight or delayed is kept in memory
/// ([QueueIndex]) and rebuilt at start; nothing ever searches the head of a queue on disk.
///
/// Left out on purpose: the 60 seconds before a deleted queue's name may be used again; request
/// throttling; `ReceiveRequestAttemptId` (refused); per-queue encryption keys (the attributes are
/// kept, the data folder's own protection applies).
@NullMarked
package dev.brume.services.sqs;

import org.jspecify.annotations.NullMarked;
