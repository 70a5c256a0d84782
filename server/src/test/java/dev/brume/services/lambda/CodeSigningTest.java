package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.model.lambda.*;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Code signing configurations: what they hold up, and what they let through.
class CodeSigningTest extends WithLambda {
  private static final String PROFILE =
      "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/ours/abcdefghij";
  private static final String SOURCE = "exports.handler = async () => 1;";

  @Test
  void whatIsNotSignedIsNotDeployedWhereThatIsEnforced() {
    String arn = make("Enforce");
    String refusal =
        "Lambda cannot deploy the function. The function or layer might be signed using a"
            + " signature that the client is not configured to accept. Check the provided"
            + " signature for signed.";
    var function = fixture.function("signed", SOURCE);
    refused(
        "CodeVerificationFailedException",
        refusal,
        () -> fixture.lambda.createFunction(fixture.call(), function.codeSigningConfigArn(arn)));
    fixture.lambda.createFunction(fixture.call(), fixture.function("signed", SOURCE));
    fixture.lambda.putFunctionCodeSigningConfig(
        fixture.call(),
        new PutFunctionCodeSigningConfigRequest().functionName("signed").codeSigningConfigArn(arn));
    assertThat(fixture.invoke("signed", "{}")).as("what is there stays").isEqualTo("1");
    refused("CodeVerificationFailedException", refusal, CodeSigningTest::deploy);
    var update =
        new UpdateCodeSigningConfigRequest()
            .codeSigningConfigArn(arn)
            .codeSigningPolicies(new CodeSigningPolicies().untrustedArtifactOnDeployment("Warn"));
    fixture.lambda.updateCodeSigningConfig(fixture.call(), update);
    deploy();
    assertThat(fixture.invoke("signed", "{}")).isEqualTo("2");
    var users = new ListFunctionsByCodeSigningConfigRequest().codeSigningConfigArn(arn);
    assertThat(
            fixture.lambda.listFunctionsByCodeSigningConfig(fixture.call(), users).functionArns())
        .containsExactly("arn:aws:lambda:eu-west-1:111122223333:function:signed");
    var delete = new DeleteCodeSigningConfigRequest().codeSigningConfigArn(arn);
    assertThatThrownBy(() -> fixture.lambda.deleteCodeSigningConfig(fixture.call(), delete))
        .isInstanceOf(ResourceConflictException.class);
    fixture.lambda.deleteFunctionCodeSigningConfig(
        fixture.call(), new DeleteFunctionCodeSigningConfigRequest().functionName("signed"));
    assertThat(
            fixture
                .lambda
                .getFunctionCodeSigningConfig(
                    fixture.call(),
                    new GetFunctionCodeSigningConfigRequest().functionName("signed"))
                .codeSigningConfigArn())
        .isNull();
    fixture.lambda.deleteCodeSigningConfig(fixture.call(), delete);
    refused(
        "CodeSigningConfigNotFoundException",
        "The code signing configuration cannot be found. Check that the provided configuration is"
            + " not deleted: "
            + arn
            + ".",
        () ->
            fixture.lambda.createFunction(
                fixture.call(), fixture.function("late", SOURCE).codeSigningConfigArn(arn)));
  }

  @Test
  void configurationsAreFoundListedAndTagged() {
    String arn = make(null);
    var config =
        fixture
            .lambda
            .getCodeSigningConfig(
                fixture.call(), new GetCodeSigningConfigRequest().codeSigningConfigArn(arn))
            .codeSigningConfig();
    assertThat(config.codeSigningPolicies().untrustedArtifactOnDeployment()).isEqualTo("Warn");
    assertThat(config.allowedPublishers().signingProfileVersionArns()).containsExactly(PROFILE);
    fixture.lambda.tagResource(
        fixture.call(), new TagResourceRequest().resource(arn).tags(Map.of("team", "blue")));
    assertThat(fixture.lambda.listTags(fixture.call(), new ListTagsRequest().resource(arn)).tags())
        .containsExactly(Map.entry("team", "blue"));
    assertThat(
            fixture
                .lambda
                .listCodeSigningConfigs(fixture.call(), new ListCodeSigningConfigsRequest())
                .codeSigningConfigs())
        .extracting(CodeSigningConfig::codeSigningConfigArn)
        .contains(arn);
    String none = arn.substring(0, arn.length() - 3) + "000";
    refused(
        "ResourceNotFoundException",
        "The Lambda code signing configuration " + none + " can not be found.",
        () ->
            fixture.lambda.getCodeSigningConfig(
                fixture.call(), new GetCodeSigningConfigRequest().codeSigningConfigArn(none)));
  }

  @Test
  void runtimesAreUpdatedWithTheMachine() {
    fixture.lambda.createFunction(fixture.call(), fixture.function("runtime", SOURCE));
    assertThat(
            fixture
                .lambda
                .putRuntimeManagementConfig(fixture.call(), runtime("Auto"))
                .functionArn())
        .isEqualTo("arn:aws:lambda:eu-west-1:111122223333:function:runtime:$LATEST");
    refused(
        "InvalidParameterValueException",
        "Brume runs functions on the interpreters of its machine and cannot hold back their"
            + " updates: UpdateRuntimeOn must be Auto, not FunctionUpdate.",
        () -> fixture.lambda.putRuntimeManagementConfig(fixture.call(), runtime("FunctionUpdate")));
    refused(
        "InvalidParameterValueException",
        "You must specify the ARN of a runtime version when UpdateRuntimeOn is Manual.",
        () -> fixture.lambda.putRuntimeManagementConfig(fixture.call(), runtime("Manual")));
  }

  private static PutRuntimeManagementConfigRequest runtime(String on) {
    return new PutRuntimeManagementConfigRequest().functionName("runtime").updateRuntimeOn(on);
  }

  private static void deploy() {
    fixture.lambda.updateFunctionCode(
        fixture.call(),
        new UpdateFunctionCodeRequest()
            .functionName("signed")
            .zipFile(LambdaFixture.zip("exports.handler = async () => 2;")));
  }

  private static String make(String policy) {
    var in =
        new CreateCodeSigningConfigRequest()
            .allowedPublishers(new AllowedPublishers().signingProfileVersionArns(List.of(PROFILE)));
    if (policy != null) {
      in.codeSigningPolicies(new CodeSigningPolicies().untrustedArtifactOnDeployment(policy));
    }
    var made = fixture.lambda.createCodeSigningConfig(fixture.call(), in).codeSigningConfig();
    return String.valueOf(made.codeSigningConfigArn());
  }
}
