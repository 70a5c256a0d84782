package dev.brume.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.ServiceModels;
import dev.brume.model.lambda.CreateFunctionUrlConfigRequest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AuthorizerTest {
  private static final String FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:f";
  private static final Principal.RoleSession ROLE =
      new Principal.RoleSession(
          "111122223333", "r", "arn:aws:iam::111122223333:role/r", "AROAX", "session");
  private static final Call CALL =
      new Call("111122223333", "eu-west-1", ROLE, "id", Instant.EPOCH, "http://127.0.0.1:4566");

  private static Authorizer authorizer(String condition, @Nullable String resourcePolicy) {
    String policy =
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"lambda:*\","
            + "\"Resource\":\"*\",\"Condition\":"
            + condition
            + "}]}";
    return new Authorizer((account, role) -> List.of(policy), (call, arn) -> resourcePolicy);
  }

  private static AccessRequest open(String authType) {
    return AccessRequest.of(ROLE, "lambda:InvokeFunctionUrl", FUNCTION)
        .with("lambda:FunctionUrlAuthType", authType);
  }

  @Test
  void whatNoOperationStandsForIsAllowedByTheRoleOrTheResource() {
    String signedOnly = "{\"StringEquals\":{\"lambda:FunctionUrlAuthType\":\"AWS_IAM\"}}";
    assertThat(authorizer(signedOnly, null).allows(CALL, open("AWS_IAM"))).isTrue();
    assertThat(authorizer(signedOnly, null).allows(CALL, open("NONE"))).isFalse();
    String byFunction =
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"
            + "{\"AWS\":\"arn:aws:iam::111122223333:role/r\"},"
            + "\"Action\":\"lambda:InvokeFunctionUrl\",\"Resource\":\""
            + FUNCTION
            + "\"}]}";
    assertThat(authorizer(signedOnly, byFunction).allows(CALL, open("NONE"))).isTrue();
    var owner = new Principal.Root("111122223333");
    assertThat(
            authorizer(signedOnly, null)
                .allows(CALL.as(owner), AccessRequest.of(owner, "lambda:Anything", FUNCTION)))
        .isTrue();
  }

  @Test
  void aRoleMayBeKeptFromMakingUrlsForEverybody() {
    ServiceModel lambda = ServiceModels.get("lambda");
    var authorizer =
        authorizer("{\"StringEquals\":{\"lambda:FunctionUrlAuthType\":\"AWS_IAM\"}}", null);
    var operation = lambda.operation("CreateFunctionUrlConfig");
    assertThat(operation).isNotNull();
    var request = new CreateFunctionUrlConfigRequest().functionName("f");
    authorizer.check(CALL, lambda, operation, request.authType("AWS_IAM"));
    assertThatThrownBy(() -> authorizer.check(CALL, lambda, operation, request.authType("NONE")))
        .isInstanceOf(ServiceError.class)
        .hasMessageContaining("is not authorized to perform: lambda:CreateFunctionUrlConfig");
  }
}
