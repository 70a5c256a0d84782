package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Connections that are passed on.
class RelayTest {
  private static final int BYTES = 8 << 20;
  private ServerSocketChannel target;
  private ServerSocketChannel door;
  private Relay relay;
  private Relay.Passage passage;

  @BeforeEach
  void open() throws IOException {
    target = new Network.Shared().listen(0);
    door = new Network.Shared().listen(0);
    relay = new Relay();
    passage = relay.open(door, address(target));
  }

  @AfterEach
  void close() throws IOException {
    passage.close();
    relay.close();
    target.close();
  }

  @Test
  void everythingArrivesEvenWhenNobodyReadsForAWhileAndTheEndOfOneSideIsNotThatOfTheOther()
      throws Exception {
    byte[] sent = new byte[BYTES];
    new Random(1).nextBytes(sent);
    try (SocketChannel caller = SocketChannel.open(address(door));
        SocketChannel called = target.accept()) {
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      write(caller, sent);
                      caller.shutdownOutput();
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });
      byte[] got = readAll(called);
      writer.join();
      assertThat(Arrays.equals(got, sent)).isTrue();
      write(called, new byte[] {1, 2, 3});
      called.shutdownOutput();
      assertThat(readAll(caller)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void connectionsAreBoundedAndEndWithThePassage() throws Exception {
    List<SocketChannel> callers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      callers.add(SocketChannel.open(address(door)));
    }
    // The 257th and those after it are closed at once.
    for (SocketChannel caller : callers.subList(256, 300)) {
      assertThat(ended(caller)).isTrue();
    }
    passage.close();
    for (SocketChannel caller : callers) {
      assertThat(ended(caller)).isTrue();
      caller.close();
    }
    assertThat(door.isOpen()).isFalse();
  }

  @Test
  void whereNobodyListensTheConnectionEnds() throws Exception {
    target.close();
    try (SocketChannel caller = SocketChannel.open(address(door))) {
      assertThat(ended(caller)).isTrue();
    }
  }

  private static InetSocketAddress address(ServerSocketChannel channel) throws IOException {
    return (InetSocketAddress) channel.getLocalAddress();
  }

  private static boolean ended(SocketChannel channel) {
    try {
      return channel.read(ByteBuffer.allocate(1)) < 0;
    } catch (IOException e) {
      return true;
    }
  }

  private static void write(SocketChannel to, byte[] bytes) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(bytes);
    while (all.hasRemaining()) {
      to.write(all);
    }
  }

  private static byte[] readAll(SocketChannel from) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(BYTES + 1);
    while (from.read(all) >= 0) {
      assertThat(all.hasRemaining()).isTrue();
    }
    return Arrays.copyOf(all.array(), all.position());
  }
}
