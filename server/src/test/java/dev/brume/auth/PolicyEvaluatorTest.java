package dev.brume.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.auth.PolicyEvaluator.Decision;
import dev.brume.model.Principal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyEvaluatorTest {
  private static final Principal ROLE =
      new Principal.RoleSession(
          "000000000000", "r", "arn:aws:iam::000000000000:role/r", "AROAX", "s");

  private static Decision ask(
      String statement,
      String action,
      @Nullable String resource,
      Map<String, List<String>> context) {
    PolicyDocument document =
        PolicyDocument.parse("{\"Statement\":[" + statement.replace('\'', '"') + "]}");
    return PolicyEvaluator.byIdentity(
        List.of(document), new PolicyEvaluator.Request(action, resource, context));
  }

  private static boolean allowed(String statement, String action, @Nullable String resource) {
    return ask(statement, action, resource, Map.of()) == Decision.ALLOWED;
  }

  @Test
  void matchesActionsAndResourcesByPattern() {
    String statement =
        "{'Effect':'Allow','Action':['s3:Get*','sqs:sendmessage'],'Resource':'arn:aws:s3:::b/*'}";
    assertThat(allowed(statement, "s3:GetObject", "arn:aws:s3:::b/a/b")).isTrue();
    assertThat(allowed(statement, "S3:getobject", "arn:aws:s3:::b/a")).isTrue();
    assertThat(allowed(statement, "s3:GetObject", "arn:aws:s3:::b")).isFalse();
    assertThat(allowed(statement, "s3:PutObject", "arn:aws:s3:::b/a")).isFalse();
    assertThat(allowed(statement, "s3:GetObject", null)).isTrue();
    assertThat(allowed("{'Effect':'Allow','Action':'*','Resource':'*'}", "a:B", "x")).isTrue();
    assertThat(
            allowed(
                "{'Effect':'Allow','Action':'s3:GetObj?ct','Resource':'*'}", "s3:GetObject", "x"))
        .isTrue();
  }

  @Test
  void matchesWhatIsNotListed() {
    String statement = "{'Effect':'Allow','NotAction':'iam:*','NotResource':'arn:x'}";
    assertThat(allowed(statement, "s3:GetObject", "arn:y")).isTrue();
    assertThat(allowed(statement, "iam:GetRole", "arn:y")).isFalse();
    assertThat(allowed(statement, "s3:GetObject", "arn:x")).isFalse();
  }

  @Test
  void deniesEvenWhereAnotherStatementAllows() {
    String statements =
        "{'Effect':'Allow','Action':'*','Resource':'*'},"
            + "{'Effect':'Deny','Action':'sqs:Delete*','Resource':'arn:q'}";
    assertThat(ask(statements, "sqs:DeleteQueue", "arn:q", Map.of())).isEqualTo(Decision.DENIED);
    assertThat(ask(statements, "sqs:DeleteQueue", "arn:p", Map.of())).isEqualTo(Decision.ALLOWED);
    assertThat(ask(statements, "sqs:DeleteQueue", null, Map.of())).isEqualTo(Decision.ALLOWED);
  }

  @ParameterizedTest
  @CsvSource({
    "StringEquals, k, a, a, true",
    "StringEquals, k, a*, ab, false",
    "StringNotEquals, k, a, b, true",
    "StringNotEquals, k, a, a, false",
    "StringEqualsIgnoreCase, K, A, a, true",
    "StringLike, k, a*c, abc, true",
    "StringNotLike, k, a*c, abc, false",
    "NumericLessThan, k, 10, 9, true",
    "NumericLessThan, k, 10, ten, false",
    "NumericGreaterThanEquals, k, 10, 10, true",
    "Bool, k, true, true, true",
    "Bool, k, true, false, false",
    "DateGreaterThan, k, 2020-01-01T00:00:00Z, 2021-01-01T00:00:00Z, true",
    "IpAddress, k, 10.0.0.0/8, 10.1.2.3, true",
    "IpAddress, k, 10.0.0.0/8, 11.1.2.3, false",
    "NotIpAddress, k, 10.0.0.0/8, 11.1.2.3, true",
    "IpAddress, k, ::1/128, ::1, true",
    "ArnLike, k, arn:aws:sqs:*:*:q, arn:aws:sqs:us-east-1:1:q, true",
    "ArnLike, k, arn:aws:*:q, arn:aws:sqs:us-east-1:1:q, false",
  })
  void comparesConditions(String operator, String key, String wanted, String given, boolean holds) {
    String statement =
        "{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'"
            + operator
            + "':{'"
            + key
            + "':'"
            + wanted
            + "'}}}";
    assertThat(ask(statement, "a:b", "x", Map.of("k", List.of(given))) == Decision.ALLOWED)
        .isEqualTo(holds);
  }

  @ParameterizedTest
  @CsvSource({
    "StringEquals, false",
    "StringEqualsIfExists, true",
    "StringNotEquals, true",
    "ForAllValues:StringEquals, true",
    "ForAnyValue:StringEquals, false"
  })
  void treatsAbsentKeysByOperator(String operator, boolean holds) {
    String statement =
        "{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'" + operator + "':{'k':'v'}}}";
    assertThat(allowed(statement, "a:b", "x")).isEqualTo(holds);
  }

  @Test
  void comparesSets() {
    String all =
        "{'Effect':'Allow','Action':'*','Resource':'*',"
            + "'Condition':{'ForAllValues:StringEquals':{'k':['a','b']}}}";
    String any = all.replace("ForAllValues", "ForAnyValue");
    Map<String, List<String>> mixed = Map.of("k", List.of("a", "c"));
    assertThat(ask(all, "a:b", "x", mixed)).isEqualTo(Decision.UNDECIDED);
    assertThat(ask(any, "a:b", "x", mixed)).isEqualTo(Decision.ALLOWED);
  }

  @Test
  void replacesVariablesWithoutTheirWildcards() {
    String statement =
        "{'Effect':'Allow','Action':'*','Resource':'arn:aws:s3:::b/${aws:userid}/*'}";
    Map<String, List<String>> star = Map.of("aws:userid", List.of("*"));
    assertThat(ask(statement, "a:b", "arn:aws:s3:::b/*/x", star)).isEqualTo(Decision.ALLOWED);
    assertThat(ask(statement, "a:b", "arn:aws:s3:::b/you/x", star)).isEqualTo(Decision.UNDECIDED);
    assertThat(ask(statement, "a:b", "arn:aws:s3:::b/you/x", Map.of()))
        .isEqualTo(Decision.UNDECIDED);
  }

  @Test
  void knowsWhomAResourcesPolicyNames() {
    String policy = "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":%s,\"Action\":\"*\"}}";
    var request = new PolicyEvaluator.Request("sqs:SendMessage", "arn:q", Map.of());
    for (String named :
        List.of("\"*\"", "{\"AWS\":\"*\"}", "{\"AWS\":[\"arn:aws:iam::000000000000:role/r\"]}")) {
      var document = PolicyDocument.parse(policy.formatted(named));
      assertThat(PolicyEvaluator.byResource(List.of(document), request, ROLE))
          .as(named)
          .isEqualTo(Decision.ALLOWED);
    }
    for (String named :
        List.of(
            "{\"AWS\":\"000000000000\"}",
            "{\"Service\":\"sns.amazonaws.com\"}",
            "{\"AWS\":\"arn:aws:iam::000000000000:role/r2\"}")) {
      var document = PolicyDocument.parse(policy.formatted(named));
      assertThat(PolicyEvaluator.byResource(List.of(document), request, ROLE))
          .as(named)
          .isEqualTo(Decision.UNDECIDED);
    }
    var service = new Principal.ServicePrincipal("sns.amazonaws.com", "arn:t", "000000000000");
    var document = PolicyDocument.parse(policy.formatted("{\"Service\":\"sns.amazonaws.com\"}"));
    assertThat(PolicyEvaluator.byResource(List.of(document), request, service))
        .isEqualTo(Decision.ALLOWED);
  }

  @Test
  void refusesWhatIsNoPolicy() {
    assertThatThrownBy(() -> PolicyDocument.parse("["))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PolicyDocument.parse("[]"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PolicyDocument.parse("{\"Statement\":{\"Effect\":\"Maybe\"}}"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
