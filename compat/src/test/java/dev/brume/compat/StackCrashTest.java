package dev.brume.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` while CloudFormation makes, changes and removes a stack: after the restart it goes on by itself, and in the end there is all of the stack or nothing of it.
class StackCrashTest {
  private static final int ROUNDS = 4;
  private static final int QUEUES = 12;
  private static final Pattern STATUS = Pattern.compile("<StackStatus>(\\w+)</StackStatus>");

  @TempDir Path folder;
  private Server server;

  @BeforeEach
  void start() {
    server = Server.start(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /// A chain of queues, each after the one before, a table and a bucket; the queues' delay is what an update changes.
  private static String template(int delaySeconds) {
    var resources = new StringBuilder();
    for (int i = 0; i < QUEUES; i++) {
      String after = i == 0 ? "" : "\"DependsOn\":\"Queue" + (i - 1) + "\",";
      resources.append("\"Queue").append(i).append("\":{\"Type\":\"AWS::SQS::Queue\",").append(after)
          .append("\"Properties\":{\"DelaySeconds\":").append(delaySeconds).append("}},");
    }
    return "{\"Resources\":{" + resources
        + "\"Lake\":{\"Type\":\"AWS::S3::Bucket\",\"DependsOn\":\"Queue3\"},"
        + "\"Users\":{\"Type\":\"AWS::DynamoDB::Table\",\"DependsOn\":\"Queue6\",\"Properties\":{\"BillingMode\":\"PAY_PER_REQUEST\","
        + "\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}]}}}}";
  }

  private String cloudFormation(String form) {
    return server.aws("cloudformation", "POST", "/", "application/x-www-form-urlencoded", form + "&Version=2010-05-15");
  }

  private String status(String stack) {
    try {
      Matcher status = STATUS.matcher(cloudFormation("Action=DescribeStacks&StackName=" + stack));
      return status.find() ? status.group(1) : "";
    } catch (AssertionError e) {
      assertThat(e.getMessage()).contains("does not exist");
      return "";
    }
  }

  /// The stack's state once nothing more happens to it.
  private String settled(String stack) {
    String status = status(stack);
    for (int i = 0; status.endsWith("_IN_PROGRESS"); i++) {
      assertThat(i).as(status).isLessThan(200);
      // The answer is held back until the stack settles, or for some seconds.
      status = status(stack);
    }
    return status;
  }

  /// Sends a request and kills the server some milliseconds later, whether it was answered or not.
  private void killDuring(String form, long millis) throws Exception {
    var request = CompletableFuture.runAsync(() -> cloudFormation(form));
    TimeUnit.MILLISECONDS.sleep(millis);
    server.kill();
    request.handle((answer, failure) -> null).get(30, TimeUnit.SECONDS);
    server.start();
  }

  private int queues() {
    return server.aws("sqs", "POST", "/", "application/x-www-form-urlencoded", "Action=ListQueues&Version=2012-11-05").split("<QueueUrl>").length - 1;
  }


  private static String body(int delaySeconds) {
    return "&TemplateBody=" + URLEncoder.encode(template(delaySeconds), StandardCharsets.UTF_8);
  }

  @Test
  void aStackIsWholeOrGoneAfterACrash() throws Exception {
    var random = new Random(5);
    cloudFormation("Action=CreateStack&StackName=warm" + body(0));
    assertThat(settled("warm")).isEqualTo("CREATE_COMPLETE");
    cloudFormation("Action=DeleteStack&StackName=warm");
    settled("warm");
    for (int round = 0; round < ROUNDS; round++) {
      String stack = "s" + round;
      killDuring("Action=CreateStack&StackName=" + stack + body(0), 20 + random.nextInt(200));
      String made = settled(stack);
      assertThat(made).isIn("", "CREATE_COMPLETE", "ROLLBACK_COMPLETE");
      assertThat(queues()).as(made).isEqualTo(made.equals("CREATE_COMPLETE") ? QUEUES : 0);
      if (made.equals("CREATE_COMPLETE")) {
        killDuring("Action=UpdateStack&StackName=" + stack + body(7), 20 + random.nextInt(200));
        assertThat(settled(stack)).isIn("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE");
        assertThat(queues()).isEqualTo(QUEUES);
      }
      killDuring("Action=DeleteStack&StackName=" + stack, 20 + random.nextInt(200));
      if (!settled(stack).isEmpty()) {
        cloudFormation("Action=DeleteStack&StackName=" + stack);
      }
      assertThat(settled(stack)).isEmpty();
      assertThat(queues()).isZero();
    }
  }
}
