package dev.brume.services.cloudformation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.model.cloudformation.*;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StackOperationsTest {
  private final StackFixture fixture = new StackFixture();
  private final FakeCloud cloud = fixture.cloud;

  @AfterEach
  void close() {
    fixture.close();
  }

  /// A queue, a topic that refers to it, and whatever else.
  private static String template(String queue, String topic, String more) {
    return "{\"Resources\":{\"Queue\":{\"Type\":\"AWS::SQS::Queue\",\"Properties\":"
        + queue
        + "},\"Topic\":{\"Type\":\"AWS::SNS::Topic\",\"Properties\":"
        + topic
        + "}"
        + more
        + "}}";
  }

  private static final String TWO = template("{}", "{\"DisplayName\":{\"Ref\":\"Queue\"}}", "");

  private static String queue(String extra) {
    return "{\"Resources\":{\"Queue\":{\"Type\":\"AWS::SQS::Queue\"" + extra + "}}}";
  }

  @Test
  void createsInOrderAndDeletesInReverse() {
    fixture.create("stack", TWO);
    assertThat(fixture.status("stack")).isEqualTo("CREATE_COMPLETE");
    assertThat(cloud.done).containsExactly("create Queue", "create Topic");
    assertThat(fixture.events("stack"))
        .containsExactly(
            "stack CREATE_IN_PROGRESS: User Initiated",
            "Queue CREATE_IN_PROGRESS",
            "Queue CREATE_COMPLETE",
            "Topic CREATE_IN_PROGRESS",
            "Topic CREATE_COMPLETE",
            "stack CREATE_COMPLETE");
    String arn = fixture.stack("stack").stackId();
    fixture.delete("stack");
    assertThat(cloud.done.subList(2, 4)).containsExactly("delete Topic", "delete Queue");
    assertThat(cloud.world).isEmpty();
    assertThat(fixture.status(arn)).isEqualTo("DELETE_COMPLETE");
    assertThatThrownBy(() -> fixture.status("stack"))
        .hasMessage("Stack with id stack does not exist");
    fixture.delete("stack");
    fixture.create("stack", TWO);
    assertThat(fixture.stack("stack").stackId()).isNotEqualTo(arn);
  }

  @Test
  void dependsOnAndCycles() {
    fixture.create(
        "stack",
        "{\"Resources\":{\"A\":{\"Type\":\"AWS::SQS::Queue\",\"DependsOn\":[\"B\",\"C\"]},"
            + "\"B\":{\"Type\":\"AWS::SQS::Queue\",\"DependsOn\":\"C\"},"
            + "\"C\":{\"Type\":\"AWS::SQS::Queue\"}}}");
    assertThat(cloud.done).containsExactly("create C", "create B", "create A");
    String cycle =
        "{\"Resources\":{\"A\":{\"Type\":\"AWS::SQS::Queue\",\"DependsOn\":\"B\"},"
            + "\"B\":{\"Type\":\"AWS::SNS::Topic\",\"Properties\":{\"DisplayName\":{\"Ref\":\"A\"}}}}}";
    assertThatThrownBy(() -> fixture.create("cycle", cycle))
        .hasMessage("Circular dependency between resources: [A, B]");
    String missing =
        "{\"Resources\":{\"A\":{\"Type\":\"AWS::SQS::Queue\",\"DependsOn\":\"Nope\"}}}";
    assertThatThrownBy(() -> fixture.create("missing", missing))
        .hasMessage(
            "Template format error: Unresolved resource dependencies [Nope] in the Resources block"
                + " of the template");
  }

  @Test
  void branchesRunSideBySide() {
    var both = new java.util.concurrent.CyclicBarrier(2);
    cloud.before =
        _ -> {
          try {
            both.await(20, java.util.concurrent.TimeUnit.SECONDS);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        };
    fixture.create("stack", template("{}", "{}", ""));
    assertThat(fixture.status("stack")).isEqualTo("CREATE_COMPLETE");
  }

  @Test
  void updateInPlace() {
    fixture.create("stack", TWO);
    String before = cloud.world.keySet().toString();
    fixture.update(
        "stack",
        template("{\"VisibilityTimeout\":9}", "{\"DisplayName\":{\"Ref\":\"Queue\"}}", ""));
    assertThat(fixture.status("stack")).isEqualTo("UPDATE_COMPLETE");
    assertThat(cloud.world.keySet().toString()).isEqualTo(before);
    assertThat(cloud.done).endsWith("update Queue").hasSize(3);
    assertThat(fixture.events("stack").subList(6, 11))
        .containsExactly(
            "stack UPDATE_IN_PROGRESS: User Initiated",
            "Queue UPDATE_IN_PROGRESS",
            "Queue UPDATE_COMPLETE",
            "stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "stack UPDATE_COMPLETE");
    assertThatThrownBy(
            () ->
                fixture.update(
                    "stack",
                    template(
                        "{\"VisibilityTimeout\":9}", "{\"DisplayName\":{\"Ref\":\"Queue\"}}", "")))
        .hasMessage("No updates are to be performed.");
  }

  @Test
  void replacementMakesTheNewOneFirstAndRemovesTheOldOneLast() {
    fixture.create(
        "stack", template("{\"QueueName\":\"a\"}", "{\"DisplayName\":{\"Ref\":\"Queue\"}}", ""));
    fixture.update(
        "stack", template("{\"QueueName\":\"b\"}", "{\"DisplayName\":{\"Ref\":\"Queue\"}}", ""));
    assertThat(cloud.done.subList(2, 5))
        .containsExactly("create Queue", "update Topic", "delete Queue");
    assertThat(cloud.world).containsKey("b").doesNotContainKey("a");
    assertThat(cloud.world.values()).contains("{\"DisplayName\":\"b\"}");
    assertThat(fixture.events("stack"))
        .contains(
            "Queue UPDATE_IN_PROGRESS: Requested update requires the creation of a new physical"
                + " resource; hence creating one.");
    fixture.update(
        "stack", template("{\"QueueName\":\"c\"},\"UpdateReplacePolicy\":\"Retain\"", "{}", ""));
    assertThat(cloud.world).containsKeys("b", "c");
    assertThat(fixture.events("stack")).contains("Queue DELETE_SKIPPED");
  }

  @Test
  void customNamedResourceThatNeedsReplacementIsRefused() {
    String named = "{\"QueueName\":\"a.fifo\",\"Tags\":[]}";
    fixture.create(
        "stack",
        "{\"Resources\":{\"T\":{\"Type\":\"AWS::SSM::Parameter\",\"Properties\":"
            + "{\"Name\":\"n\",\"Type\":\"String\",\"Value\":\"v\"}}}}");
    assertThat(named).isNotEmpty();
    assertThatThrownBy(
            () -> fixture.update("stack", "{\"Resources\":{\"T\":{\"Type\":\"AWS::SQS::Queue\"}}}"))
        .hasMessageContaining("Update of resource type is not permitted");
  }

  @Test
  void removedResourcesGoInCleanup() {
    fixture.create("stack", TWO);
    fixture.update("stack", queue(""));
    assertThat(cloud.done).endsWith("delete Topic");
    assertThat(fixture.status("stack")).isEqualTo("UPDATE_COMPLETE");
    assertThat(resourceIds("stack")).containsExactly("Queue");
  }

  private List<String> resourceIds(String stack) {
    return fixture
        .service
        .listStackResources(fixture.call(), new ListStackResourcesInput().stackName(stack))
        .stackResourceSummaries()
        .stream()
        .map(StackResourceSummary::logicalResourceId)
        .toList();
  }

  @Test
  void failedCreationRollsBack() {
    cloud.failures.put("create Topic", "no more topics");
    String arn = fixture.create("stack", TWO);
    Stack stack = fixture.stack("stack");
    assertThat(stack.stackStatus()).isEqualTo("ROLLBACK_COMPLETE");
    assertThat(cloud.world).isEmpty();
    assertThat(fixture.events("stack"))
        .anyMatch(
            e ->
                e.startsWith(
                    "Topic CREATE_FAILED: Resource handler returned message: \"no more topics\" (RequestToken: "))
        .contains(
            "stack ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [Topic]."
                + " Rollback requested by user.",
            "Queue DELETE_COMPLETE",
            "stack ROLLBACK_COMPLETE");
    assertThatThrownBy(() -> fixture.update("stack", queue("")))
        .hasMessage("Stack:" + arn + " is in ROLLBACK_COMPLETE state and can not be updated.");
    assertThatThrownBy(() -> fixture.create("stack", TWO))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessage("Stack [stack] already exists");
    fixture.delete("stack");
    assertThat(fixture.status(arn)).isEqualTo("DELETE_COMPLETE");
  }

  @Test
  void rollbackKeepsWhatIsRetained() {
    cloud.failures.put("create Topic", "no");
    String kept = TWO.replace("\"Properties\":{}", "\"DeletionPolicy\":\"Retain\"");
    fixture.create("a", kept);
    assertThat(cloud.world).hasSize(1);
    fixture.service.createStack(
        fixture.call(), fixture.creation("b", kept).retainExceptOnCreate(true));
    fixture.create("c", kept.replace("Retain", "RetainExceptOnCreate"));
    assertThat(cloud.world).hasSize(1);
  }

  @Test
  void onFailure() {
    cloud.failures.put("create Topic", "no");
    String arn =
        fixture
            .service
            .createStack(fixture.call(), fixture.creation("gone", TWO).onFailure("DELETE"))
            .stackId();
    assertThat(fixture.status(arn)).isEqualTo("DELETE_COMPLETE");
    fixture.service.createStack(
        fixture.call(), fixture.creation("left", TWO).disableRollback(true));
    assertThat(fixture.status("left")).isEqualTo("CREATE_FAILED");
    assertThat(cloud.world).hasSize(1);
    cloud.failures.clear();
    fixture.update("left", TWO);
    assertThat(fixture.status("left")).isEqualTo("UPDATE_COMPLETE");
    assertThat(cloud.world).hasSize(2);
    assertThatThrownBy(
            () ->
                fixture.service.createStack(
                    fixture.call(),
                    fixture.creation("x", TWO).disableRollback(true).onFailure("DELETE")))
        .hasMessageContaining("not both");
  }

  @Test
  void failedUpdateRollsBack() {
    fixture.create("stack", TWO);
    var before = new java.util.TreeMap<>(cloud.world);
    cloud.failures.put("update Topic", "no");
    fixture.update(
        "stack",
        template(
            "{\"QueueName\":\"new\"}",
            "{\"DisplayName\":{\"Ref\":\"Queue\"}}",
            ",\"Third\":{\"Type\":\"AWS::SQS::Queue\"}"));
    // The rollback's own change of the topic fails too, as long as it does.
    assertThat(fixture.status("stack")).isEqualTo("UPDATE_ROLLBACK_FAILED");
    assertThatThrownBy(() -> fixture.update("stack", TWO))
        .hasMessageContaining("can not be updated");
    cloud.failures.clear();
    fixture.service.continueUpdateRollback(
        fixture.call(), new ContinueUpdateRollbackInput().stackName("stack"));
    assertThat(fixture.status("stack")).isEqualTo("UPDATE_ROLLBACK_COMPLETE");
    assertThat(cloud.world).isEqualTo(before);
    assertThat(resourceIds("stack")).containsExactlyInAnyOrder("Queue", "Topic");
    assertThatThrownBy(
            () ->
                fixture.service.continueUpdateRollback(
                    fixture.call(), new ContinueUpdateRollbackInput().stackName("stack")))
        .hasMessageContaining("UPDATE_ROLLBACK_COMPLETE state");
  }

  @Test
  void aRollbackThatCannotFinishMaySkipResources() {
    fixture.create("stack", TWO);
    cloud.failures.put("update Topic", "no");
    fixture.update("stack", template("{}", "{\"DisplayName\":\"x\"}", ""));
    assertThat(fixture.status("stack")).isEqualTo("UPDATE_ROLLBACK_FAILED");
    assertThatThrownBy(
            () ->
                fixture.service.continueUpdateRollback(
                    fixture.call(),
                    new ContinueUpdateRollbackInput()
                        .stackName("stack")
                        .resourcesToSkip(List.of("Queue"))))
        .hasMessageContaining("Queue is not in the UPDATE_FAILED state");
    fixture.service.continueUpdateRollback(
        fixture.call(),
        new ContinueUpdateRollbackInput().stackName("stack").resourcesToSkip(List.of("Topic")));
    assertThat(fixture.status("stack")).isEqualTo("UPDATE_ROLLBACK_COMPLETE");
  }

  @Test
  void whatAnUpdateMadeAnewStaysOnRollbackIfItIsRetained() {
    fixture.create("stack", queue(""));
    cloud.failures.put("create Topic", "no");
    fixture.update(
        "stack",
        template(
            "{}",
            "{\"DisplayName\":{\"Ref\":\"Kept\"}}",
            ",\"Kept\":{\"Type\":\"AWS::SQS::Queue\",\"DeletionPolicy\":\"Retain\"}"));
    assertThat(fixture.status("stack")).isEqualTo("UPDATE_ROLLBACK_COMPLETE");
    assertThat(cloud.world).hasSize(2);
    assertThat(fixture.events("stack")).contains("Kept DELETE_SKIPPED");
    assertThat(resourceIds("stack")).containsExactly("Queue");
  }

  @Test
  void updateWithoutRollbackGoesOnLater() {
    fixture.create("stack", queue(""));
    cloud.failures.put("create Topic", "no");
    fixture.service.updateStack(
        fixture.call(),
        fixture
            .change(
                "stack",
                template("{\"VisibilityTimeout\":9}", "{\"DisplayName\":{\"Ref\":\"Queue\"}}", ""))
            .disableRollback(true));
    assertThat(fixture.status("stack")).isEqualTo("UPDATE_FAILED");
    assertThat(cloud.world.values()).containsExactly("{\"VisibilityTimeout\":9}");
    cloud.failures.clear();
    fixture.update(
        "stack",
        template("{\"VisibilityTimeout\":9}", "{\"DisplayName\":{\"Ref\":\"Queue\"}}", ""));
    assertThat(fixture.status("stack")).isEqualTo("UPDATE_COMPLETE");
    assertThat(cloud.done).containsOnlyOnce("update Queue");
  }

  @Test
  void deletionPolicies() {
    fixture.create("stack", TWO.replace("\"Properties\":{}", "\"DeletionPolicy\":\"Retain\""));
    fixture.delete("stack");
    assertThat(cloud.world).hasSize(1);
    assertThatThrownBy(() -> fixture.create("s", queue(",\"DeletionPolicy\":\"Snapshot\"")))
        .hasMessage(
            "Template error: resource type AWS::SQS::Queue does not support deletion policy Snapshot");
    assertThatThrownBy(() -> fixture.create("s", queue(",\"DeletionPolicy\":\"Keep\"")))
        .hasMessageContaining("Unrecognized DeletionPolicy");
    assertThatThrownBy(() -> fixture.create("s", queue(",\"CreationPolicy\":{}")))
        .hasMessageContaining("does not implement the CreationPolicy");
  }

  @Test
  void failedDeletion() {
    String arn = fixture.create("stack", TWO);
    assertThatThrownBy(
            () ->
                fixture.service.deleteStack(
                    fixture.call(),
                    new DeleteStackInput().stackName("stack").retainResources(List.of("Queue"))))
        .hasMessageContaining("DELETE_FAILED");
    cloud.failures.put("delete Queue", "in use");
    fixture.delete("stack");
    assertThat(fixture.status("stack")).isEqualTo("DELETE_FAILED");
    assertThat(fixture.stack("stack").stackStatusReason())
        .isEqualTo("The following resource(s) failed to delete: [Queue]. ");
    assertThat(cloud.world).hasSize(1);
    fixture.service.deleteStack(
        fixture.call(),
        new DeleteStackInput().stackName("stack").retainResources(List.of("Queue")));
    assertThat(fixture.status(arn)).isEqualTo("DELETE_COMPLETE");
    assertThat(fixture.events(arn)).contains("Queue DELETE_SKIPPED");
  }

  @Test
  void forcedDeletionLeavesBehindWhatItCannotRemove() {
    String arn = fixture.create("stack", TWO);
    cloud.failures.put("delete Queue", "in use");
    fixture.delete("stack");
    fixture.service.deleteStack(
        fixture.call(),
        new DeleteStackInput().stackName("stack").deletionMode("FORCE_DELETE_STACK"));
    assertThat(fixture.status(arn)).isEqualTo("DELETE_COMPLETE");
    assertThat(cloud.world).hasSize(1);
  }

  @Test
  void terminationProtection() {
    fixture.service.createStack(
        fixture.call(), fixture.creation("stack", TWO).enableTerminationProtection(true));
    assertThatThrownBy(() -> fixture.delete("stack"))
        .hasMessage("Stack [stack] cannot be deleted while TerminationProtection is enabled");
    fixture.service.updateTerminationProtection(
        fixture.call(),
        new UpdateTerminationProtectionInput()
            .stackName("stack")
            .enableTerminationProtection(false));
    fixture.delete("stack");
    assertThat(cloud.world).isEmpty();
  }

  @Test
  void stackPolicy() {
    String policy =
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"Update:*\",\"Principal\":\"*\",\"Resource\":\"*\"},"
            + "{\"Effect\":\"Deny\",\"Action\":[\"Update:Replace\",\"Update:Delete\"],\"Principal\":\"*\",\"Resource\":\"LogicalResourceId/Que*\","
            + "\"Condition\":{\"StringEquals\":{\"ResourceType\":[\"AWS::SQS::Queue\"]}}}]}";
    fixture.service.createStack(
        fixture.call(), fixture.creation("stack", TWO).stackPolicyBody(policy));
    assertThat(
            fixture
                .service
                .getStackPolicy(fixture.call(), new GetStackPolicyInput().stackName("stack"))
                .stackPolicyBody())
        .isEqualTo(policy);
    fixture.update("stack", template("{\"VisibilityTimeout\":9}", "{}", ""));
    assertThat(fixture.status("stack")).isEqualTo("UPDATE_COMPLETE");
    fixture.update("stack", template("{\"QueueName\":\"new\"}", "{}", ""));
    assertThat(fixture.status("stack")).isEqualTo("UPDATE_ROLLBACK_COMPLETE");
    assertThat(fixture.events("stack"))
        .contains(
            "Queue UPDATE_FAILED: Action denied by stack policy: Statement [#2] does not allow"
                + " [Update:Replace] for resource [LogicalResourceId/Queue];");
    String without = "{\"Resources\":{\"Topic\":{\"Type\":\"AWS::SNS::Topic\"}}}";
    fixture.update("stack", without);
    assertThat(fixture.status("stack")).isEqualTo("UPDATE_ROLLBACK_COMPLETE");
    assertThat(resourceIds("stack")).contains("Queue");
    fixture.service.updateStack(
        fixture.call(),
        fixture
            .change("stack", without)
            .stackPolicyDuringUpdateBody(
                "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"Update:*\",\"Principal\":\"*\",\"Resource\":\"*\"}}"));
    assertThat(fixture.status("stack")).isEqualTo("UPDATE_COMPLETE");
    assertThatThrownBy(
            () ->
                fixture.service.setStackPolicy(
                    fixture.call(),
                    new SetStackPolicyInput().stackName("stack").stackPolicyBody("{}")))
        .hasMessageContaining("Error validating stack policy");
  }

  @Test
  void whatIsNotDoneIsRefusedByName() {
    var in = fixture.creation("stack", TWO);
    assertThatThrownBy(
            () ->
                fixture.service.createStack(
                    fixture.call(),
                    in.rollbackConfiguration(
                        new RollbackConfiguration()
                            .rollbackTriggers(
                                List.of(new RollbackTrigger().arn("arn:a").type("t"))))))
        .hasMessage("Brume does not implement RollbackTriggers yet");
    assertThatThrownBy(
            () ->
                fixture.service.createStack(
                    fixture.call(),
                    fixture
                        .creation("stack", TWO)
                        .notificationARNs(List.of("arn:aws:sns:us-east-1:000000000000:t"))))
        .hasMessage("Brume does not implement NotificationARNs yet");
    assertThatThrownBy(
            () ->
                fixture.service.createStack(
                    fixture.call(),
                    fixture.creation("stack", TWO).resourceTypes(List.of("AWS::SNS::*"))))
        .hasMessageContaining(
            "Resource type AWS::SQS::Queue is not allowed by parameter ResourceTypes");
  }

  @Test
  void rolesAndAccounts() {
    assertThatThrownBy(
            () ->
                fixture.service.createStack(
                    fixture.call(),
                    fixture
                        .creation("stack", TWO)
                        .roleARN("arn:aws:iam::000000000000:role/missing")))
        .hasMessageContaining("is invalid or cannot be assumed");
    String arn = fixture.create("stack", TWO);
    assertThatThrownBy(
            () ->
                fixture.service.describeStacks(
                    fixture.call("111111111111"), new DescribeStacksInput().stackName(arn)))
        .hasMessage("Stack with id " + arn + " does not exist");
    fixture.service.deleteStack(
        fixture.call("111111111111"), new DeleteStackInput().stackName(arn));
    assertThat(fixture.status(arn)).isEqualTo("CREATE_COMPLETE");
  }

  @Test
  void stackNames() {
    assertThatThrownBy(() -> fixture.create("1bad", TWO))
        .hasMessageContaining("[a-zA-Z][-a-zA-Z0-9]*");
    assertThatThrownBy(() -> fixture.update("none", TWO)).hasMessage("Stack [none] does not exist");
  }

  @Test
  void unexpectedFailureEndsTheOperation() {
    cloud.before =
        what -> {
          if (what.equals("create Topic")) {
            throw new IllegalStateException("a defect");
          }
        };
    fixture.create("stack", TWO);
    assertThat(fixture.status("stack")).isEqualTo("ROLLBACK_COMPLETE");
    assertThat(fixture.events("stack"))
        .contains(
            "Topic CREATE_FAILED: Internal Failure: java.lang.IllegalStateException: a defect");
  }
}
