package example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;
import software.amazon.awssdk.services.fake.FakeClient;

/** Tells how often its SDK had been used before it was initialised. */
public class Asks implements RequestHandler<Map<String, Object>, Map<String, Object>> {
  private final int made = FakeClient.MADE.get();
  private final int closed = FakeClient.CLOSED.get();
  private final int asked = FakeClient.ASKED.get();

  public Asks() throws InterruptedException {
    Thread.sleep(200);
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    return Map.of(
        "made",
        made,
        "closed",
        closed,
        "asked",
        asked,
        "execution",
        FakeClient.EXECUTION,
        "loader",
        Asks.class.getClassLoader().getClass().getSimpleName());
  }
}
