package dev.brume.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brume.http.Headers;
import dev.brume.model.ServiceModel.Protocol;
import dev.brume.model.ServiceModels;
import org.junit.jupiter.api.Test;

class RouterTest {
  private final Router router = new Router(ServiceModels.identities(), ServiceModels::get);

  private String rest(String signingName, String method, String url, String... headers) {
    int question = url.indexOf('?');
    String path = question < 0 ? url : url.substring(0, question);
    String query = question < 0 ? null : url.substring(question + 1);
    var head =
        new RequestHead(method, "127.0.0.1:4566", path, query, Headers.of(headers), signingName);
    return name(router.route(head, null));
  }

  private static String name(Route route) {
    return route.model().name()
        + "."
        + (route.operation() == null ? route.error().code() : route.operation().name());
  }

  @Test
  void s3ByMethodPathQueryAndHeaders() {
    assertThat(rest("s3", "GET", "/")).isEqualTo("s3.ListBuckets");
    assertThat(rest("s3", "GET", "/b")).isEqualTo("s3.ListObjects");
    assertThat(rest("s3", "GET", "/b/?list-type=2")).isEqualTo("s3.ListObjectsV2");
    assertThat(rest("s3", "GET", "/b?location")).isEqualTo("s3.GetBucketLocation");
    assertThat(rest("s3", "PUT", "/b/k?x-id=PutObject")).isEqualTo("s3.PutObject");
    assertThat(rest("s3", "PUT", "/b/k", "x-amz-copy-source", "/a/b")).isEqualTo("s3.CopyObject");
    assertThat(rest("s3", "PUT", "/b/k?partNumber=1&uploadId=u")).isEqualTo("s3.UploadPart");
    assertThat(rest("s3", "PUT", "/b/k?partNumber=1&uploadId=u", "x-amz-copy-source", "/a/b"))
        .isEqualTo("s3.UploadPartCopy");
    assertThat(rest("s3", "GET", "/b/k?uploadId=u")).isEqualTo("s3.ListParts");
    assertThat(rest("s3", "GET", "/b/a/b//c/")).isEqualTo("s3.GetObject");
    assertThat(rest("s3", "DELETE", "/b/k?uploadId=u")).isEqualTo("s3.AbortMultipartUpload");
    assertThat(rest("s3", "POST", "/b?delete")).isEqualTo("s3.DeleteObjects");
    assertThat(rest(null, "GET", "/b/k")).isEqualTo("s3.GetObject");
    assertThat(rest("s3", "PATCH", "/b/k")).isEqualTo("s3.MethodNotAllowed");
    assertThat(rest("s3", "GET", "/b/%zz?acl=%zz")).isEqualTo("s3.InvalidURI");
  }

  private Route signedFor(String signingName, String form, String... headers) {
    var head =
        new RequestHead("POST", "127.0.0.1:4566", "/", null, Headers.of(headers), signingName);
    return router.route(head, form);
  }

  @Test
  void servicesThatAreNotHereAreNamedInTheirProtocol() {
    Route json = signedFor("kinesis", null, "X-Amz-Target", "Kinesis_20131202.ListStreams");
    assertThat(json.protocol()).isEqualTo(Protocol.AWS_JSON_1_1);
    assertThat(json.error())
        .hasMessage("Brume does not implement kinesis ListStreams yet")
        .extracting("httpStatus")
        .isEqualTo(400);
    Route query = signedFor("ec2", "Action=DescribeVpcs&Version=2016-11-15");
    assertThat(query.protocol()).isEqualTo(Protocol.AWS_QUERY);
    assertThat(query.error()).hasMessage("Brume does not implement ec2 DescribeVpcs yet");
    assertThat(signedFor("ec2", "Action=%zz").error())
        .hasMessage("Brume does not implement ec2 yet");
    Route rest = signedFor("scheduler", null);
    assertThat(rest.protocol()).isEqualTo(Protocol.REST_JSON_1);
    assertThat(rest.error()).hasMessage("Brume does not implement scheduler yet");
    var cbor =
        new RequestHead(
            "POST",
            "127.0.0.1:4566",
            "/service/GraniteServiceVersion20100801/operation/PutMetricData",
            null,
            Headers.of("smithy-protocol", "rpc-v2-cbor"),
            "monitoring");
    assertThat(router.route(cbor, null).protocol()).isEqualTo(Protocol.RPC_V2_CBOR);
    assertThat(router.route(cbor, null).error())
        .hasMessage("Brume does not implement monitoring PutMetricData yet");
  }

  @Test
  void whatIsSignedForAServiceIsAnsweredByIt() {
    assertThat(rest("dynamodb", "GET", "/")).isEqualTo("dynamodb.UnknownOperationException");
    assertThat(rest("iam", "GET", "/b/k")).isEqualTo("iam.MissingAction");
    assertThat(rest("s3express", "GET", "/b/k")).isEqualTo("s3.GetObject");
  }

  @Test
  void bucketInTheHostName() {
    for (String host :
        new String[] {
          "my.bucket.s3.eu-west-1.amazonaws.com",
          "my.bucket.s3.localhost:4566",
          "my.bucket.localhost:4566"
        }) {
      var head = new RequestHead("GET", host, "/k", null, new Headers(), "s3");
      Route route = router.route(head, null);
      assertThat(name(route)).isEqualTo("s3.GetObject");
      assertThat(route.path()).isEqualTo("/my.bucket/k");
    }
    var plain =
        new RequestHead("GET", "s3.us-east-1.amazonaws.com", "/b", null, new Headers(), "s3");
    assertThat(router.route(plain, null).path()).isEqualTo("/b");
  }

  @Test
  void restJsonServices() {
    assertThat(rest("lambda", "POST", "/2015-03-31/functions/f/invocations"))
        .isEqualTo("lambda.Invoke");
    assertThat(rest(null, "POST", "/2015-03-31/functions/")).isEqualTo("lambda.CreateFunction");
    assertThat(rest("lambda", "GET", "/2017-03-31/tags/arn%3Aaws%3Alambda"))
        .isEqualTo("lambda.ListTags");
    assertThat(rest("lambda", "GET", "/nothing")).isEqualTo("lambda.UnknownOperationException");
    assertThat(rest("apigateway", "PUT", "/restapis/a/resources/b/methods/GET"))
        .isEqualTo("apigateway.PutMethod");
  }

  @Test
  void jsonTargets() {
    assertThat(json("AmazonSQS.SendMessage")).isEqualTo("sqs.SendMessage");
    assertThat(json("DynamoDB_20120810.GetItem")).isEqualTo("dynamodb.GetItem");
    assertThat(json("AmazonSQS.Nothing")).isEqualTo("sqs.UnknownOperationException");
    assertThat(json("nonsense")).isEqualTo("sqs.UnknownOperationException");
  }

  private String json(String target) {
    Headers headers =
        Headers.of("X-Amz-Target", target, "Content-Type", "application/x-amz-json-1.0");
    return name(
        router.route(new RequestHead("POST", "localhost", "/", null, headers, "sqs"), null));
  }

  @Test
  void queryActions() {
    assertThat(query("sqs", "/", "Action=SendMessage&Version=2012-11-05"))
        .isEqualTo("sqs.SendMessage");
    assertThat(query(null, "/1/q", "Action=ReceiveMessage&Version=2012-11-05"))
        .isEqualTo("sqs.ReceiveMessage");
    assertThat(query("sts", "/", "Action=GetCallerIdentity")).isEqualTo("sts.GetCallerIdentity");
    assertThat(query("sns", "/", "Action=Nothing")).isEqualTo("sns.InvalidAction");
    assertThat(query("iam", "/", "Version=2010-05-08")).isEqualTo("iam.MissingAction");
    assertThat(query("iam", "/", "Action=%zz")).isEqualTo("iam.MalformedQueryString");
  }

  private String query(String signingName, String path, String form) {
    Headers headers =
        Headers.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    var head = new RequestHead("POST", "localhost", path, null, headers, signingName);
    assertThat(head.hasForm()).isTrue();
    Route route = router.route(head, form);
    assertThat(route.protocol()).isEqualTo(Protocol.AWS_QUERY);
    return name(route);
  }
}
