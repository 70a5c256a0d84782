package dev.brume.functions;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// What is in a file that is mostly holes, to make copies of it without a look at the holes.
///
/// @param bytes its length
record SparseFile(long bytes, List<Part> parts) {
  private static final int BLOCK_BYTES = 4096;

  /// Data at its place.
  record Part(long offset, byte[] data) {}

  /// Reads a file. What is in it has to fit into memory.
  static SparseFile read(Syscalls system, Path file) throws IOException {
    var parts = new ArrayList<Part>();
    int descriptor = system.open(file.toString());
    try (FileChannel channel = FileChannel.open(file)) {
      long bytes = channel.size();
      for (long at = 0; at < bytes; ) {
        long data = nextData(system, descriptor, at, bytes);
        long hole = data == bytes ? bytes : system.seek(descriptor, data, Syscalls.SEEK_HOLE);
        add(channel, data, hole, parts);
        at = hole;
      }
      return new SparseFile(bytes, List.copyOf(parts));
    } finally {
      system.close(descriptor);
    }
  }

  private static long nextData(Syscalls system, int descriptor, long from, long end)
      throws IOException {
    try {
      return system.seek(descriptor, from, Syscalls.SEEK_DATA);
    } catch (Syscalls.Failed e) {
      return end;
    }
  }

  // Blocks of zeros are as good as holes.
  private static void add(FileChannel from, long start, long end, List<Part> to)
      throws IOException {
    var block = ByteBuffer.allocate(BLOCK_BYTES);
    for (long at = start; at < end; at += block.limit()) {
      block.clear().limit((int) Math.min(BLOCK_BYTES, end - at));
      while (block.hasRemaining()) {
        if (from.read(block, at + block.position()) < 0) {
          throw new EOFException();
        }
      }
      byte[] data = new byte[block.flip().limit()];
      block.get(data);
      if (ByteBuffer.wrap(data).mismatch(ByteBuffer.allocate(data.length)) >= 0) {
        to.add(new Part(at, data));
      }
    }
  }

  void copy(Path target) throws IOException {
    try (FileChannel channel =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (Part part : parts) {
        write(channel, part.offset(), part.data());
      }
      if (channel.size() < bytes) {
        write(channel, bytes - 1, new byte[1]);
      }
    }
  }

  private static void write(FileChannel to, long offset, byte[] data) throws IOException {
    var left = ByteBuffer.wrap(data);
    while (left.hasRemaining()) {
      to.write(left, offset + left.position());
    }
  }
}
