package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.lambda.*;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Layers of one account in the hands of another.
class LayerPermissionsTest extends WithLambda {
  private static final String OTHER = "444455556666";

  @Test
  void anotherAccountReadsALayerOnlyOnceItMay() {
    String arn = publish("shared");
    var get = new GetLayerVersionByArnRequest().arn(arn);
    String denied =
        "User: arn:aws:iam::444455556666:root is not authorized to perform: lambda:GetLayerVersion"
            + " on resource: arn:aws:lambda:eu-west-1:111122223333:layer:shared:1 because no"
            + " resource-based policy allows the lambda:GetLayerVersion action";
    refused(
        "AccessDeniedException", denied, () -> fixture.lambda.getLayerVersionByArn(other(), get));
    var added = add("shared", "one", OTHER, null);
    assertThat(added.statement())
        .isEqualTo(
            "{\"Sid\":\"one\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
                + "\"arn:aws:iam::444455556666:root\"},\"Action\":\"lambda:GetLayerVersion\","
                + "\"Resource\":\"arn:aws:lambda:eu-west-1:111122223333:layer:shared:1\"}");
    assertThat(fixture.lambda.getLayerVersionByArn(other(), get).layerVersionArn()).isEqualTo(arn);
    refused(
        "AccessDeniedException",
        denied.replace("layer:shared:1", "layer:shared"),
        () ->
            fixture.lambda.deleteLayerVersion(
                other(),
                new DeleteLayerVersionRequest()
                    .layerName("arn:aws:lambda:eu-west-1:111122223333:layer:shared")
                    .versionNumber(1L)));
    fixture.lambda.removeLayerVersionPermission(
        fixture.call(),
        new RemoveLayerVersionPermissionRequest()
            .layerName("shared")
            .versionNumber(1L)
            .statementId("one"));
    refused(
        "AccessDeniedException", denied, () -> fixture.lambda.getLayerVersionByArn(other(), get));
    add("shared", "organization", "*", "o-abcdefghij");
    refused(
        "AccessDeniedException", denied, () -> fixture.lambda.getLayerVersionByArn(other(), get));
  }

  @Test
  void policiesAreKeptByTheirRevision() {
    publish("policies");
    var get = new GetLayerVersionPolicyRequest().layerName("policies").versionNumber(1L);
    refused(
        "ResourceNotFoundException",
        "No policy is associated with the given resource.",
        () -> fixture.lambda.getLayerVersionPolicy(fixture.call(), get));
    String revision = add("policies", "all", "*", null).revisionId();
    refused(
        "ResourceConflictException",
        "The statement id (all) provided already exists. Please provide a new statement id, or"
            + " remove the existing statement.",
        () -> add("policies", "all", "*", null));
    var policy = fixture.lambda.getLayerVersionPolicy(fixture.call(), get);
    assertThat(policy.revisionId()).isEqualTo(revision);
    assertThat(policy.policy()).contains("\"Id\":\"default\"", "\"Principal\":\"*\"");
    refused(
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy"
            + " API to retrieve the latest Revision Id",
        () ->
            fixture.lambda.addLayerVersionPermission(
                fixture.call(), request("policies", "two", "*", null).revisionId("other")));
    refused(
        "ResourceNotFoundException",
        "Statement two is not found in resource policy.",
        () ->
            fixture.lambda.removeLayerVersionPermission(
                fixture.call(),
                new RemoveLayerVersionPermissionRequest()
                    .layerName("policies")
                    .versionNumber(1L)
                    .statementId("two")));
    refused(
        "ResourceNotFoundException",
        "Layer version arn:aws:lambda:eu-west-1:111122223333:layer:none:1 does not exist.",
        () -> add("none", "one", "*", null));
  }

  @Test
  void functionsTakeLayersOfTheirRegionOnceEach() {
    String first = publish("taken");
    String second = publish("taken");
    refused(
        "InvalidParameterValueException",
        "Two different versions of the same layer are not allowed to be referenced in the same"
            + " function. "
            + first
            + " and "
            + second
            + " are versions of the same layer.",
        () -> create("two", first, second));
    refused(
        "InvalidParameterValueException",
        "Layers are not in the same region as the function. Layers are expected to be in region"
            + " eu-west-1.",
        () -> create("far", first.replace("eu-west-1", "us-east-1")));
    refused(
        "InvalidParameterValueException",
        "Layer version arn:aws:lambda:eu-west-1:111122223333:layer:taken:9 does not exist.",
        () -> create("gone", first.substring(0, first.length() - 1) + "9"));
    assertThat(create("good", first).layers()).extracting(Layer::arn).containsExactly(first);
  }

  private static FunctionConfiguration create(String name, String... layers) {
    return fixture.lambda.createFunction(
        fixture.call(),
        fixture.function(name, "exports.handler = async () => 1;").layers(List.of(layers)));
  }

  private static String publish(String name) {
    var made =
        fixture.lambda.publishLayerVersion(
            fixture.call(),
            new PublishLayerVersionRequest()
                .layerName(name)
                .content(new LayerVersionContentInput().zipFile(LambdaFixture.zip("//"))));
    return String.valueOf(made.layerVersionArn());
  }

  private static AddLayerVersionPermissionResponse add(
      String layer, String id, String principal, String organization) {
    return fixture.lambda.addLayerVersionPermission(
        fixture.call(), request(layer, id, principal, organization));
  }

  private static AddLayerVersionPermissionRequest request(
      String layer, String id, String principal, String organization) {
    return new AddLayerVersionPermissionRequest()
        .layerName(layer)
        .versionNumber(1L)
        .statementId(id)
        .action("lambda:GetLayerVersion")
        .principal(principal)
        .organizationId(organization);
  }

  private static Call other() {
    return fixture.call().as(new Principal.Root(OTHER)).in(OTHER, LambdaFixture.REGION);
  }
}
