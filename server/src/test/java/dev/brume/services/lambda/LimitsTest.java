package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.lambda.*;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/// What functions may be, and who may touch them.
class LimitsTest extends WithLambda {
  private static final String SOURCE = "exports.handler = async () => 1;";
  private static final String INVALID = "InvalidParameterValueException";

  @Test
  void limitsAreLambdas() {
    refused(
        "ValidationException",
        "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member"
            + " must have value less than or equal to 900",
        () -> create(fixture.function("limited", SOURCE).timeout(901)));
    refused(
        INVALID,
        "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal"
            + " to 10240",
        () -> create(fixture.function("limited", SOURCE).memorySize(10_241)));
    refused(
        INVALID,
        "nodejs20.x is not supported for SnapStart enabled functions.",
        () ->
            create(
                fixture
                    .function("limited", SOURCE)
                    .snapStart(new SnapStart().applyOn("PublishedVersions"))));
    refused(
        "RequestEntityTooLargeException",
        "Request must be smaller than 70167211 bytes for the CreateFunction operation",
        () ->
            create(
                fixture
                    .function("limited", SOURCE)
                    .code(new FunctionCode().zipFile(new byte[52_428_801]))));
    create(fixture.function("limited", SOURCE));
    refused(
        "ValidationException",
        "1 validation error detected: Value '1000' at 'timeout' failed to satisfy constraint:"
            + " Member must have value less than or equal to 900",
        () ->
            fixture.lambda.updateFunctionConfiguration(
                fixture.call(),
                new UpdateFunctionConfigurationRequest().functionName("limited").timeout(1000)));
    String name = "n".repeat(65);
    refused(
        "ValidationException",
        "1 validation error detected: Value '"
            + name
            + "' at 'functionName' failed to satisfy constraint: Member must have length less than"
            + " or equal to 64",
        () -> create(fixture.function(name, SOURCE)));
  }

  @Test
  void theEnvironmentIsMeasuredAsItIsWritten() {
    Map<String, String> variables = new TreeMap<>();
    // {"NAME":"…"} is 11 characters and the value.
    variables.put("NAME", "x".repeat(4096 - 11));
    create(fixture.function("full", SOURCE).environment(new Environment().variables(variables)));
    variables.put("NAME", "x".repeat(4096 - 10));
    refused(
        INVALID,
        "Lambda was unable to configure your environment variables because the environment"
            + " variables you have provided exceeded the 4KB limit. String measured: {\"NAME\":\""
            + variables.get("NAME")
            + "\"}",
        () ->
            create(
                fixture
                    .function("overfull", SOURCE)
                    .environment(new Environment().variables(variables))));
  }

  @Test
  void codeAndLayersTogetherHaveALimit() {
    var layers = new ArrayList<String>();
    for (String name : List.of("one", "two")) {
      layers.add(
          fixture
              .lambda
              .publishLayerVersion(
                  fixture.call(),
                  new PublishLayerVersionRequest()
                      .layerName(name)
                      .content(new LayerVersionContentInput().zipFile(zeros(name, 131_072_000))))
              .layerVersionArn());
    }
    refused(
        INVALID,
        "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes."
            + " The actual size is 262144032 bytes.",
        () -> create(fixture.function("heavy", SOURCE).layers(layers)));
    create(fixture.function("light", SOURCE).layers(layers.subList(0, 1)));
  }

  @Test
  void whatIsNotDoneIsRefusedByName() {
    refused(
        INVALID,
        "Brume does not run functions from container images yet.",
        () -> create(fixture.function("image", SOURCE).packageType("Image")));
    refused(
        INVALID,
        "Brume does not support TenancyConfig of functions yet.",
        () ->
            create(
                fixture
                    .function("tenants", SOURCE)
                    .tenancyConfig(new TenancyConfig().tenantIsolationMode("PER_TENANT"))));
    refused(
        INVALID,
        "Brume does not support FileSystemConfigs of functions yet.",
        () ->
            create(
                fixture
                    .function("files", SOURCE)
                    .fileSystemConfigs(
                        List.of(
                            new FileSystemConfig()
                                .arn(
                                    "arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/"
                                        + "fsap-0123456789abcdef0")
                                .localMountPath("/mnt/a")))));
  }

  @Test
  void otherAccountsReachAFunctionOnlyByItsPolicy() {
    create(fixture.function("open", SOURCE));
    String arn = "arn:aws:lambda:eu-west-1:111122223333:function:open";
    String other = "444455556666";
    Call stranger = fixture.call().as(new Principal.Root(other)).in(other, LambdaFixture.REGION);
    refused(
        "AccessDeniedException",
        "User: arn:aws:iam::444455556666:root is not authorized to perform this operation on"
            + " resource: "
            + arn
            + " because no resource-based policy allows it",
        () -> fixture.lambda.getFunction(stranger, new GetFunctionRequest().functionName(arn)));
    refused(
        "AccessDeniedException",
        "User: arn:aws:iam::444455556666:root is not authorized to perform: lambda:InvokeFunction"
            + " on resource: "
            + arn
            + " because no resource-based policy allows the lambda:InvokeFunction action",
        () -> fixture.lambda.invoke(stranger, new InvocationRequest().functionName(arn)));
    var permission =
        new AddPermissionRequest()
            .functionName("open")
            .statementId("other")
            .action("lambda:InvokeFunction")
            .principal(other);
    refused(
        INVALID,
        "We currently do not support adding policies for $LATEST.",
        () -> fixture.lambda.addPermission(fixture.call(), permission.qualifier("$LATEST")));
    fixture.lambda.addPermission(fixture.call(), permission.qualifier(null));
    assertThat(
            fixture.lambda.invoke(stranger, new InvocationRequest().functionName(arn)).statusCode())
        .isEqualTo(200);
    refused(
        "ResourceNotFoundException",
        "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')",
        () ->
            fixture.lambda.getFunction(
                fixture.call(),
                new GetFunctionRequest().functionName(arn.replace("eu-west-1", "us-east-1"))));
  }

  @Test
  void policiesAndDeletionsHaveTheirLimits() {
    create(fixture.function("bounded", SOURCE).publish(true));
    var permission =
        new AddPermissionRequest()
            .functionName("bounded")
            .action("lambda:InvokeFunction")
            .principal("events.amazonaws.com");
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 200; i++) {
                fixture.lambda.addPermission(fixture.call(), permission.statementId("s" + i));
              }
            })
        .isInstanceOf(PolicyLengthExceededException.class)
        .hasMessageMatching(
            "The final policy size \\(20[4-9]\\d\\d\\) is bigger than the limit \\(20480\\)\\.");
    fixture.lambda.createAlias(
        fixture.call(),
        new CreateAliasRequest().functionName("bounded").name("live").functionVersion("1"));
    refused(
        INVALID,
        "Deletion of aliases is not currently supported.",
        () ->
            fixture.lambda.deleteFunction(
                fixture.call(),
                new DeleteFunctionRequest().functionName("bounded").qualifier("live")));
  }

  private static FunctionConfiguration create(CreateFunctionRequest in) {
    return fixture.lambda.createFunction(fixture.call(), in);
  }

  private static byte[] zeros(String name, int bytes) {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(name));
      byte[] piece = new byte[1024];
      for (int i = 0; i < bytes; i += piece.length) {
        zip.write(piece);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }
}
