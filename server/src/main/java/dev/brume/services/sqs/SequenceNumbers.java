package dev.brume.services.sqs;

/// The numbers that FIFO queues give their messages, as clients see them: 20 digits that sort as
/// text.
final class SequenceNumbers {
  private SequenceNumbers() {}

  static String text(long sequence) {
    return String.format("%020d", sequence);
  }
}
