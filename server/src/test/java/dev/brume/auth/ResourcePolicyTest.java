package dev.brume.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.auth.PolicyEvaluator.Decision;
import dev.brume.model.Principal;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourcePolicyTest {
  private static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:q";
  private static final String TOPIC = "arn:aws:sns:us-east-1:000000000000:t";
  private static final Principal ROLE =
      new Principal.RoleSession(
          "000000000000", "r", "arn:aws:iam::000000000000:role/r", "AROAX", "s");

  private static Decision decide(String statements, AccessRequest request) {
    return PolicyDocument.parse("{\"Statement\":" + statements.replace('\'', '"') + "}")
        .decide(request);
  }

  private static AccessRequest send(Principal principal) {
    return AccessRequest.of(principal, "sqs:SendMessage", QUEUE);
  }

  private static Principal service(String name, String sourceArn) {
    return new Principal.ServicePrincipal(name, sourceArn, "000000000000");
  }

  @Test
  void aServiceMaySendForItsSourceOnly() {
    String policy =
        "[{'Effect':'Allow','Principal':{'Service':'sns.amazonaws.com'},'Action':'sqs:SendMessage',"
            + "'Resource':'"
            + QUEUE
            + "','Condition':{'ArnEquals':{'aws:SourceArn':'"
            + TOPIC
            + "'}}}]";
    assertThat(decide(policy, send(service("sns.amazonaws.com", TOPIC))))
        .isEqualTo(Decision.ALLOWED);
    assertThat(decide(policy, send(service("sns.amazonaws.com", TOPIC + "x"))))
        .isEqualTo(Decision.UNDECIDED);
    assertThat(decide(policy, send(service("s3.amazonaws.com", TOPIC))))
        .isEqualTo(Decision.UNDECIDED);
    assertThat(decide(policy, send(new Principal.Root("000000000000"))))
        .isEqualTo(Decision.UNDECIDED);
  }

  @Test
  void aDenialWins() {
    String policy =
        "[{'Effect':'Allow','Principal':'*','Action':'SQS:*','Resource':'*'},"
            + "{'Effect':'Deny','Principal':{'AWS':'arn:aws:iam::000000000000:role/r'},"
            + "'NotAction':'sqs:ReceiveMessage','Resource':'*'}]";
    assertThat(decide(policy, send(new Principal.Anonymous()))).isEqualTo(Decision.ALLOWED);
    assertThat(decide(policy, send(ROLE))).isEqualTo(Decision.DENIED);
    assertThat(decide(policy, AccessRequest.of(ROLE, "sqs:ReceiveMessage", QUEUE)))
        .isEqualTo(Decision.ALLOWED);
  }

  @Test
  void anAccountStandsForEverybodyInIt() {
    String policy =
        "{'Effect':'Allow','Principal':{'AWS':'000000000000'},'Action':'sqs:Send*','Resource':'*'}";
    assertThat(decide(policy, send(ROLE))).isEqualTo(Decision.ALLOWED);
    assertThat(decide(policy, send(new Principal.Root("111111111111"))))
        .isEqualTo(Decision.UNDECIDED);
  }

  @Test
  void aDenialForEverybodyElseSparesWhoIsNamed() {
    String policy =
        "{'Effect':'Deny','NotPrincipal':{'AWS':'arn:aws:iam::000000000000:role/r'},"
            + "'Action':'*','Resource':'*'}";
    assertThat(decide(policy, send(ROLE))).isEqualTo(Decision.UNDECIDED);
    assertThat(decide(policy, send(new Principal.Root("111111111111")))).isEqualTo(Decision.DENIED);
  }

  @Test
  void aStatementWithoutAPrincipalIsAboutNobody() {
    assertThat(decide("{'Effect':'Allow','Action':'*','Resource':'*'}", send(ROLE)))
        .isEqualTo(Decision.UNDECIDED);
  }

  @Test
  void conditionsCompareByTheirOperator() {
    AccessRequest request =
        send(ROLE)
            .with("aws:SourceIp", "10.1.2.3")
            .with("aws:CurrentTime", "2026-01-02T00:00:00Z")
            .with("s3:max-keys", "10")
            .with("aws:SecureTransport", "false");
    assertThat(holds("'IpAddress':{'aws:SourceIp':['192.168.0.0/16','10.0.0.0/8']}", request))
        .isTrue();
    assertThat(holds("'NotIpAddress':{'aws:SourceIp':'10.0.0.0/8'}", request)).isFalse();
    assertThat(holds("'DateLessThan':{'aws:CurrentTime':'2026-01-03T00:00:00Z'}", request))
        .isTrue();
    assertThat(holds("'NumericLessThanEquals':{'s3:max-keys':'10'}", request)).isTrue();
    assertThat(holds("'NumericGreaterThan':{'s3:max-keys':10}", request)).isFalse();
    assertThat(holds("'Bool':{'aws:SecureTransport':true}", request)).isFalse();
    assertThat(holds("'Null':{'aws:TokenIssueTime':'true'}", request)).isTrue();
    assertThat(holds("'StringEqualsIfExists':{'aws:Missing':'x'}", request)).isTrue();
    assertThat(holds("'StringEquals':{'aws:Missing':'x'}", request)).isFalse();
    assertThat(holds("'StringNotEquals':{'aws:PrincipalAccount':['1','000000000000']}", request))
        .isFalse();
    assertThat(holds("'ForAllValues:StringLike':{'aws:TagKeys':'a*'}", request)).isTrue();
    assertThat(holds("'ForAnyValue:StringLike':{'aws:TagKeys':'a*'}", request)).isFalse();
    assertThat(
            holds(
                "'StringEquals':{'aws:PrincipalArn':'arn:aws:iam::${aws:PrincipalAccount}:role/r'}",
                request))
        .isTrue();
  }

  private static boolean holds(String condition, AccessRequest request) {
    String statement =
        "{'Effect':'Allow','Principal':'*','Action':'*','Resource':'*','Condition':{"
            + condition
            + "}}";
    return decide(statement, request) == Decision.ALLOWED;
  }

  @Test
  void malformedDocumentsAreRefused() {
    for (String document :
        List.of(
            "",
            "{",
            "[]",
            "{\"Statement\":{\"Effect\":\"Maybe\"}}",
            "{\"Statement\":{\"Effect\":\"Allow\",\"Condition\":{\"Nonsense\":{\"a\":\"b\"}}}}")) {
      assertThatThrownBy(() -> PolicyDocument.parse(document))
          .as(document)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
