package dev.brume.bench;

import dev.brume.Brume;
import dev.brume.Settings;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.lambda.InvocationRequest;
import dev.brume.model.lambda.LambdaClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/// Measures what an invocation takes from inside Brume, as API Gateway, queues and rules make theirs: in a process of its own, which prints `inside`, the median
/// and the 99th percentile.
final class Inside {
  private static final int TIMES = 5000;

  private Inside() {}

  /// @param args the data folder, the name of one of [Handlers], and the root of Brume's sources
  public static void main(String[] args) throws Exception {
    Brume brume = Brume.start(Settings.DEFAULT.withPort(0).withData(Path.of(args[0])));
    try (var account = new Account(Path.of(args[2]), brume.endpoint())) {
      account.role();
      account.function("inside", Handlers.valueOf(args[1]));
    }
    var lambda = new LambdaClient(brume.operations());
    double[][] millis = new double[1][];
    // On a virtual thread, as everything in Brume is.
    Thread.ofVirtual().start(() -> {
      Measure.millis(TIMES, _ -> invoke(lambda, brume.endpoint()));
      millis[0] = Measure.millis(TIMES, _ -> invoke(lambda, brume.endpoint()));
    }).join();
    System.out.printf(Locale.ROOT, "inside %.3f %.3f%n", Measure.median(millis[0]), Measure.p99(millis[0]));
    brume.close();
    System.exit(0);
  }

  private static void invoke(LambdaClient lambda, String endpoint) {
    var call = new Call("000000000000", "us-east-1", new Principal.Root("000000000000"), UUID.randomUUID().toString(), Instant.now(), endpoint);
    var answer = lambda.invoke(call, new InvocationRequest().functionName("inside").payload(Handlers.EVENT.getBytes(StandardCharsets.UTF_8)));
    if (answer.functionError() != null) {
      throw new IllegalStateException(answer.functionError());
    }
  }
}
