package software.amazon.awssdk.services.fake;

import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;

/** A client as the AWS SDK has them, which counts. */
public interface FakeClient extends AutoCloseable {
  AtomicInteger MADE = new AtomicInteger();
  AtomicInteger CLOSED = new AtomicInteger();
  AtomicInteger ASKED = new AtomicInteger();
  String EXECUTION = said(System.getenv("AWS_EXECUTION_ENV"));

  static String said(String execution) {
    System.err.println("SDK: initialised");
    return execution;
  }

  static Builder builder() {
    return new Builder();
  }

  Object listThings(ListThingsRequest request);

  final class Builder {
    private SdkHttpClient http;

    public Builder region(Region region) {
      return this;
    }

    public Builder endpointOverride(URI endpoint) {
      return this;
    }

    public Builder credentialsProvider(AwsCredentialsProvider provider) {
      return this;
    }

    public Builder httpClient(SdkHttpClient client) {
      http = client;
      return this;
    }

    public FakeClient build() {
      MADE.incrementAndGet();
      return new FakeClient() {
        @Override
        public Object listThings(ListThingsRequest request) {
          ASKED.incrementAndGet();
          return http.prepareRequest(request);
        }

        @Override
        public void close() {
          CLOSED.incrementAndGet();
        }
      };
    }
  }
}
