package dev.brume.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an S3 front end is judged by, over raw sockets.
class ListenerTest {
  private static final Limits LIMITS =
      new Limits(16 << 10, 16 << 10, Duration.ofSeconds(30), Duration.ofMillis(800), 1 << 20);
  private Listener listener;

  @AfterEach
  void close() {
    if (listener != null) {
      listener.close();
    }
  }

  private RawClient connect(Handler handler) throws IOException {
    if (listener == null) {
      listener = Listener.open("127.0.0.1", 0, LIMITS, InstantSource.system(), handler);
    }
    return new RawClient(listener.port());
  }

  private static void echo(Exchange exchange) throws IOException {
    byte[] body = exchange.body().readAllBytes();
    String text =
        exchange.method()
            + " "
            + exchange.rawPath()
            + " "
            + exchange.rawQuery()
            + " "
            + new String(body, StandardCharsets.ISO_8859_1);
    exchange.respond(
        200, Headers.of("x-amz-meta-Foo", "Bar"), text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"//b//k", "/a/../b", "/a%2Fb", "/%zz", "/{x}|\"", "/a/./b/"})
  void keepsThePathAsItCame(String path) throws IOException {
    try (var client = connect(ListenerTest::echo)) {
      client.send("GET " + path + "?q=%2F HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo("GET " + path + " q=%2F ");
    }
  }

  @Test
  void encodesBytesOutsideAscii() throws IOException {
    try (var client = connect(ListenerTest::echo)) {
      client.send("GET /".getBytes(StandardCharsets.UTF_8));
      client.send("é HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(client.answer().body()).isEqualTo("GET /%C3%A9 null ");
    }
  }

  @Test
  void takesAUrlAsTarget() throws IOException {
    try (var client = connect(ListenerTest::echo)) {
      client.send("GET http://x:1?a HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo("GET / a ");
    }
  }

  @Test
  void keepsTheCaseOfHeadersAndSendsADate() throws IOException {
    try (var client = connect(ListenerTest::echo)) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.answer().head()).contains("x-amz-meta-Foo: Bar\r\n").contains("Date: ");
    }
  }

  @Test
  void answersPipelinedRequestsInOrder() throws IOException {
    try (var client = connect(ListenerTest::echo)) {
      var all = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        all.append("POST /" + i + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n" + (i + 10));
      }
      client.send(all.toString());
      for (int i = 0; i < 20; i++) {
        assertThat(client.answer().body()).isEqualTo("POST /" + i + " null " + (i + 10));
      }
    }
  }

  @Test
  void readsChunksWithExtensionAndTrailer() throws IOException {
    try (var client = connect(ListenerTest::echo)) {
      client.send(
          "PUT /k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32: AAAAAA==\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo("PUT /k null abcde");
      client.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo("GET /next null ");
    }
  }

  @Test
  void sends100ContinueOnlyWhenTheBodyIsRead() throws IOException {
    try (var client = connect(ListenerTest::echo)) {
      client.send(
          "PUT /k HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 100 ");
      client.send("abc");
      assertThat(client.answer().body()).isEqualTo("PUT /k null abc");
    }
  }

  @Test
  void refusesWithoutTakingTheBody() throws IOException {
    try (var client = connect(exchange -> exchange.respond(403, new Headers(), new byte[] {'n'}))) {
      client.send(
          "PUT /k HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
      RawClient.Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.head()).containsIgnoringCase("connection: close");
      assertThat(client.in().read()).isEqualTo(-1);
    }
  }

  @Test
  void swallowsASmallBodyThatNobodyRead() throws IOException {
    try (var client = connect(exchange -> exchange.respond(403, new Headers(), new byte[0]))) {
      client.send("PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n");
      client.send(new byte[300_000]);
      assertThat(client.answer().status()).isEqualTo(403);
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(403);
    }
  }

  @Test
  void streamsALargeBodyInWithBackPressure() throws Exception {
    var started = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    long size = 200L << 20;
    try (var client =
        connect(
            exchange -> {
              started.countDown();
              go.await();
              long count = 0;
              byte[] buffer = new byte[1 << 16];
              int read = exchange.body().read(buffer);
              while (read >= 0) {
                count += read;
                read = exchange.body().read(buffer);
              }
              exchange.respond(200, new Headers(), Long.toString(count).getBytes());
            })) {
      client.send("PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: " + size + "\r\n\r\n");
      var sent = new java.util.concurrent.atomic.AtomicLong();
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      byte[] block = new byte[1 << 20];
                      for (long left = size; left > 0; left -= block.length) {
                        client.send(block);
                        sent.addAndGet(block.length);
                      }
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });
      started.await();
      assertThat(sender.join(Duration.ofMillis(700))).isFalse();
      assertThat(sent.get()).as("buffered while nobody reads").isLessThan(40L << 20);
      go.countDown();
      assertThat(client.answer().body()).isEqualTo(Long.toString(size));
    }
  }

  @Test
  void streamsALargeBodyOutWithBackPressure() throws Exception {
    long size = 100L << 20;
    try (var client =
        connect(
            exchange -> {
              try (OutputStream out = exchange.stream(200, new Headers(), size)) {
                byte[] block = new byte[100_000];
                for (long left = size; left > 0; left -= block.length) {
                  out.write(block, 0, (int) Math.min(left, block.length));
                }
              }
            })) {
      client.send("GET /k HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.head()).contains("Content-Length: " + size);
      client.in().skipNBytes(size);
      client.send("GET /k HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void streamsChunked() throws IOException {
    try (var client =
        connect(
            exchange -> {
              try (OutputStream out = exchange.stream(200, new Headers(), -1)) {
                out.write("ab".getBytes());
                out.flush();
                out.write("cd".getBytes());
              }
            })) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo("abcd");
    }
  }

  @Test
  void dropsTheConnectionWhenAStreamStopsShort() throws IOException {
    try (var client =
        connect(
            exchange -> {
              try (OutputStream out = exchange.stream(200, new Headers(), 10)) {
                out.write("ab".getBytes());
                out.flush();
              }
            })) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      client.head();
      assertThat(client.in().readAllBytes()).hasSizeLessThan(10);
    }
  }

  @Test
  void answersHeadWithoutABody() throws IOException {
    try (var client = connect(ListenerTest::echo)) {
      client.send("HEAD /k HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
      RawClient.Answer answer = client.answer(true);
      assertThat(answer.head()).contains("Content-Length: 13\r\n");
      assertThat(client.answer().body()).isEqualTo("GET / null ");
    }
  }

  @Test
  void closesWhenAskedTo() throws IOException {
    try (var client = connect(ListenerTest::echo)) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(client.in().read()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1\r\n"
            + "Host: x\r\n"
            + "Content-Length: 3\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
        "GET noslash HTTP/1.1\r\nHost: x\r\n\r\n",
        "nonsense\r\n\r\n"
      })
  void refusesMalformedAndSmuggledRequests(String request) throws IOException {
    try (var client = connect(ListenerTest::echo)) {
      client.send(request);
      assertThat(client.answer().status()).isEqualTo(400);
      assertThat(client.in().read()).isEqualTo(-1);
    }
  }

  @Test
  void refusesABadChunk() throws IOException {
    try (var client = connect(ListenerTest::echo)) {
      client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n");
      assertThat(client.answer().status()).isIn(0, 400);
    }
  }

  @Test
  void limitsTheHead() throws IOException {
    try (var client = connect(ListenerTest::echo)) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(17_000) + "\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(431);
    }
    try (var client = connect(ListenerTest::echo)) {
      client.send("GET /" + "a".repeat(17_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(414);
    }
  }

  @Test
  void givesUpOnAClientThatStallsInABody() throws IOException {
    try (var client = connect(ListenerTest::echo)) {
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na");
      assertThat(client.in().read()).isEqualTo(-1);
    }
  }

  @Test
  void takesASmallBodyThatComesInPieces() throws IOException {
    try (var client = connect(ListenerTest::echo)) {
      for (int i = 0; i < 2; i++) {
        client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n");
        client.send("a");
        client.send("bc");
        assertThat(client.answer().body()).endsWith("abc");
      }
    }
  }

  @Test
  void tellsTheReaderThatTheClientIsGone() throws Exception {
    var failed = new CountDownLatch(1);
    try (var client =
        connect(
            exchange -> {
              try {
                exchange.body().readAllBytes();
              } catch (IOException e) {
                failed.countDown();
                throw e;
              }
            })) {
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na");
    }
    assertThat(failed.await(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void holdsThousandsOfWaitingRequests() throws Exception {
    var go = new CountDownLatch(1);
    var clients = new ArrayList<RawClient>();
    for (int i = 0; i < 1500; i++) {
      RawClient client =
          connect(
              exchange -> {
                go.await();
                exchange.respond(200, new Headers(), new byte[] {'k'});
              });
      clients.add(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    }
    go.countDown();
    for (RawClient client : clients) {
      assertThat(client.answer().body()).isEqualTo("k");
      client.close();
    }
  }

  @Test
  void answers500WhenTheHandlerFails() throws IOException {
    try (var client =
        connect(
            exchange -> {
              throw new IllegalStateException("a secret");
            })) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      RawClient.Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.body()).isEmpty();
    }
  }

  @Test
  void saysThatThePortIsTaken() throws IOException {
    connect(ListenerTest::echo).close();
    assertThatThrownBy(
            () ->
                Listener.open(
                    "127.0.0.1", listener.port(), LIMITS, InstantSource.system(), e -> {}))
        .isInstanceOf(PortInUse.class)
        .hasMessage("port " + listener.port() + " on 127.0.0.1 is in use by another program");
  }
}
