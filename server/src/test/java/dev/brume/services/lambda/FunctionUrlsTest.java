package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.auth.Authenticator;
import dev.brume.auth.Credentials;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;
import java.io.IOException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Function URLs: what is set, and what their clients are answered, with functions that really run.
class FunctionUrlsTest extends WithLambda {
  private static final String ENDPOINT = "http://127.0.0.1:4649";
  private static FunctionUrlDoor door;
  // What callers may do by policies of their own.
  private static boolean identitiesAllow = true;

  @BeforeAll
  static void start() {
    var authenticator =
        new Authenticator(
            new Credentials(fixture.kv, fixture.clock, fixture.ids),
            InstantSource.system(),
            "eu-west-1");
    door =
        fixture.service.urlDoor(authenticator, (call, request) -> identitiesAllow, fixture.clock);
  }

  private static String url(CreateFunctionUrlConfigRequest in) {
    return fixture.lambda.createFunctionUrlConfig(fixture.call(), in).functionUrl();
  }

  private static CreateFunctionUrlConfigRequest request(String name, String authType) {
    return new CreateFunctionUrlConfigRequest().functionName(name).authType(authType);
  }

  /// A function that everybody may use by its URL; returns the path of the URL.
  private static String open(String name, String source, String mode) {
    fixture.lambda.createFunction(fixture.call(), fixture.function(name, source));
    String url = url(request(name, "NONE").invokeMode(mode));
    allow(name, "url", "lambda:InvokeFunctionUrl", "NONE", null);
    allow(name, "invoke", "lambda:InvokeFunction", null, true);
    return url.substring(ENDPOINT.length());
  }

  private static void allow(
      String name, String id, String action, String authType, Boolean viaUrl) {
    fixture.lambda.addPermission(
        fixture.call(),
        new AddPermissionRequest()
            .functionName(name)
            .statementId(id)
            .action(action)
            .principal("*")
            .functionUrlAuthType(authType)
            .invokedViaFunctionUrl(viaUrl));
  }

  private static UrlExchange send(UrlExchange exchange) throws IOException {
    assertThat(door.handle(exchange)).isTrue();
    return exchange;
  }

  @Test
  void urlsAreMadeShownChangedListedAndDeleted() {
    fixture.lambda.createFunction(
        fixture.call(), fixture.function("crud", "exports.handler = async () => 1;").publish(true));
    fixture.lambda.createAlias(
        fixture.call(),
        new CreateAliasRequest().functionName("crud").name("live").functionVersion("1"));
    var cors = new Cors().allowOrigins(List.of("*"));
    String url = url(request("crud", "NONE").cors(cors));
    assertThat(url).matches(ENDPOINT + "/_brume/lambda-url/[a-z0-9]{32}/");
    url(request("crud", "AWS_IAM").qualifier("live"));
    refused(
        "ResourceConflictException",
        "Failed to create function url config for [functionArn ="
            + " arn:aws:lambda:eu-west-1:111122223333:function:crud:live]. Error message: "
            + " FunctionUrlConfig exists for this Lambda function",
        () -> url(request("crud:live", "NONE")));
    var get = new GetFunctionUrlConfigRequest().functionName("crud");
    var shown = fixture.lambda.getFunctionUrlConfig(fixture.call(), get);
    assertThat(shown.functionUrl()).isEqualTo(url);
    assertThat(shown.cors()).isEqualTo(cors);
    fixture.lambda.updateFunctionUrlConfig(
        fixture.call(),
        new UpdateFunctionUrlConfigRequest()
            .functionName("crud")
            .authType("AWS_IAM")
            .invokeMode("RESPONSE_STREAM")
            .cors(new Cors()));
    shown = fixture.lambda.getFunctionUrlConfig(fixture.call(), get);
    assertThat(shown.authType()).isEqualTo("AWS_IAM");
    assertThat(shown.invokeMode()).isEqualTo("RESPONSE_STREAM");
    assertThat(shown.cors()).isNull();
    var list = new ListFunctionUrlConfigsRequest().functionName("crud");
    assertThat(fixture.lambda.listFunctionUrlConfigs(fixture.call(), list).functionUrlConfigs())
        .extracting(FunctionUrlConfig::functionArn)
        .containsExactly(
            "arn:aws:lambda:eu-west-1:111122223333:function:crud",
            "arn:aws:lambda:eu-west-1:111122223333:function:crud:live");
    fixture.lambda.deleteFunctionUrlConfig(
        fixture.call(), new DeleteFunctionUrlConfigRequest().functionName("crud"));
    refused(
        "ResourceNotFoundException",
        "The resource you requested does not exist.",
        () -> fixture.lambda.getFunctionUrlConfig(fixture.call(), get));
  }

  @Test
  void onlyFunctionsAndAliasesHaveUrls() {
    fixture.lambda.createFunction(
        fixture.call(), fixture.function("only", "exports.handler = async () => 1;").publish(true));
    refused(
        "ResourceNotFoundException", "Function does not exist", () -> url(request("no", "NONE")));
    refused(
        "ResourceNotFoundException",
        "Function does not exist",
        () -> url(request("only", "NONE").qualifier("live")));
    assertThatThrownBy(() -> url(request("only:1", "NONE")))
        .isInstanceOfSatisfying(
            ServiceError.class, e -> assertThat(e.code()).isEqualTo("ValidationException"));
  }

  @Test
  void aUrlGoesWithItsFunctionOrAlias() throws IOException {
    fixture.lambda.createFunction(
        fixture.call(), fixture.function("goes", "exports.handler = async () => 1;").publish(true));
    var alias = new CreateAliasRequest().functionName("goes").name("live").functionVersion("1");
    fixture.lambda.createAlias(fixture.call(), alias);
    String ofAlias = url(request("goes", "NONE").qualifier("live")).substring(ENDPOINT.length());
    String ofFunction = url(request("goes", "NONE")).substring(ENDPOINT.length());
    fixture.lambda.deleteAlias(
        fixture.call(), new DeleteAliasRequest().functionName("goes").name("live"));
    assertThat(send(UrlExchange.get(ofAlias)).text()).isEqualTo("{\"Message\":null}");
    assertThat(send(UrlExchange.get(ofFunction)).text()).contains("Forbidden.");
    fixture.lambda.deleteFunction(fixture.call(), new DeleteFunctionRequest().functionName("goes"));
    UrlExchange gone = send(UrlExchange.get(ofFunction));
    assertThat(gone.status).isEqualTo(403);
    assertThat(gone.text()).isEqualTo("{\"Message\":null}");
    assertThat(gone.header("x-amzn-ErrorType")).isEqualTo("AccessDeniedException");
  }

  @Test
  void aRequestBecomesAnEventAndTheAnswerAResponse() throws IOException {
    String path = open("serves", "exports.handler = async (e) => e;", null);
    String id = path.replaceAll(".*url/|/", "");
    UrlExchange byPath = send(UrlExchange.get(path + "a/b?x=1", "Host", "127.0.0.1:4649"));
    assertThat(byPath.status).isEqualTo(200);
    assertThat(byPath.text())
        .contains("\"rawPath\":\"/a/b\"")
        .contains("\"domainName\":\"" + id + ".lambda-url.eu-west-1.on.aws\"");
    assertThat(byPath.header("x-amzn-RequestId")).isNotNull();
    UrlExchange byHost =
        send(UrlExchange.get("/a", "Host", id + ".lambda-url.eu-west-1.localhost:4649"));
    assertThat(byHost.text())
        .contains("\"rawPath\":\"/a\"")
        .contains("\"domainName\":\"" + id + ".lambda-url.eu-west-1.localhost\"");
    assertThat(door.handle(UrlExchange.get("/bucket/key", "Host", "photos.localhost"))).isFalse();
    assertThat(door.handle(UrlExchange.get("/_brume/lambda-url/x/"))).isFalse();
  }

  @Test
  void publicUrlsNeedBothPermissions() throws IOException {
    fixture.lambda.createFunction(
        fixture.call(), fixture.function("shut", "exports.handler = async () => 'in';"));
    String path = url(request("shut", "NONE")).substring(ENDPOINT.length());
    assertThat(send(UrlExchange.get(path)).status).isEqualTo(403);
    allow("shut", "url", "lambda:InvokeFunctionUrl", "NONE", null);
    assertThat(send(UrlExchange.get(path)).text()).contains("troubleshooting Function URL");
    allow("shut", "invoke", "lambda:InvokeFunction", null, true);
    assertThat(send(UrlExchange.get(path)).text()).isEqualTo("in");
    // What URLs may do is not what everybody may do by the API, nor other services.
    var service = new Principal.ServicePrincipal("sns.amazonaws.com", "arn", "111122223333");
    assertThatThrownBy(
            () ->
                fixture.lambda.invoke(
                    fixture.call().as(service), new InvocationRequest().functionName("shut")))
        .isInstanceOfSatisfying(
            ServiceError.class, e -> assertThat(e.code()).isEqualTo("AccessDeniedException"));
    refused(
        "InvalidParameterValueException",
        "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action",
        () -> allow("shut", "x", "lambda:InvokeFunction", "NONE", null));
  }

  @Test
  void signedUrlsAskWhoItIs() throws IOException {
    fixture.lambda.createFunction(
        fixture.call(),
        fixture.function(
            "signed", "exports.handler = async (e) => e.requestContext.authorizer.iam.userArn;"));
    String path = url(request("signed", "AWS_IAM")).substring(ENDPOINT.length());
    assertThat(send(UrlExchange.get(path)).status).isEqualTo(403);
    assertThat(send(signed(path, "111122223333")).text())
        .isEqualTo("arn:aws:iam::111122223333:root");
    assertThat(send(signed(path, "444455556666")).status).as("another account").isEqualTo(403);
    assertThat(send(signed(path, "111122223333", "Origin", "https://evil.example")).status)
        .isEqualTo(403);
    assertThat(send(signed(path, "ASIABRUMEUNKNOWN")).status).isEqualTo(403);
    identitiesAllow = false;
    assertThat(send(signed(path, "111122223333")).status).isEqualTo(403);
    identitiesAllow = true;
  }

  private static UrlExchange signed(String path, String key, String... headers) {
    String date =
        DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
            .withZone(ZoneOffset.UTC)
            .format(InstantSource.system().instant());
    UrlExchange exchange = UrlExchange.get(path, headers);
    exchange
        .headers()
        .add("Host", "127.0.0.1:4649")
        .add("X-Amz-Date", date)
        .add(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential="
                + key
                + "/"
                + date.substring(0, 8)
                + "/eu-west-1/lambda/aws4_request, SignedHeaders=host;x-amz-date, Signature="
                + "0".repeat(64));
    return exchange;
  }

  @Test
  void preflightsDoNotReachTheFunctionAndAllAnswersAreForThePage() throws IOException {
    String path = open("page", "exports.handler = async () => { throw new Error('x'); };", null);
    fixture.lambda.updateFunctionUrlConfig(
        fixture.call(),
        new UpdateFunctionUrlConfigRequest()
            .functionName("page")
            .cors(new Cors().allowOrigins(List.of("*")).allowMethods(List.of("PUT"))));
    var preflight =
        new UrlExchange(
            "OPTIONS",
            path,
            dev.brume.http.Headers.of("Origin", "http://p", "Access-Control-Request-Method", "PUT"),
            new byte[0]);
    assertThat(send(preflight).status).isEqualTo(200);
    assertThat(preflight.header("Access-Control-Allow-Methods")).isEqualTo("PUT");
    UrlExchange failed = send(UrlExchange.get(path, "Origin", "http://p"));
    assertThat(failed.status).isEqualTo(502);
    assertThat(failed.header("Access-Control-Allow-Origin")).isEqualTo("*");
  }

  @Test
  void tooMuchIsRefused() throws IOException {
    String path = open("much", "exports.handler = async (e) => 'x'.repeat(6400000);", null);
    assertThat(send(UrlExchange.post(path, new byte[6_291_457])).status).isEqualTo(413);
    // Base64 makes it larger than an event may be.
    assertThat(send(UrlExchange.post(path, new byte[5_000_000])).status).isEqualTo(413);
    assertThat(send(UrlExchange.get(path)).status).as("too large an answer").isEqualTo(502);
    fixture.lambda.putFunctionConcurrency(
        fixture.call(),
        new PutFunctionConcurrencyRequest().functionName("much").reservedConcurrentExecutions(0));
    UrlExchange throttled = send(UrlExchange.get(path));
    assertThat(throttled.status).isEqualTo(429);
    assertThat(throttled.text()).isEqualTo("{\"Message\":\"Rate Exceeded.\"}");
  }

  @Test
  void streamsAreSentAsTheyAreWritten() throws IOException {
    String path =
        open(
            "streams",
            """
            exports.handler = awslambda.streamifyResponse(async (event, stream) => {
              const q = event.queryStringParameters || {};
              if (q.early) throw new Error('early');
              if (q.status) {
                stream = awslambda.HttpResponseStream.from(stream,
                  { statusCode: Number(q.status), headers: { 'X-A': 'b' }, cookies: ['c=1'] });
              }
              stream.write('one');
              await new Promise((resolve) => setTimeout(resolve, 20));
              if (q.late) throw new Error('late');
              stream.write('two');
              stream.end();
            });
            """,
            "RESPONSE_STREAM");
    UrlExchange plain = send(UrlExchange.get(path));
    assertThat(plain.status).isEqualTo(200);
    assertThat(plain.text()).isEqualTo("onetwo");
    assertThat(plain.closed).isTrue();
    assertThat(plain.header("Content-Type")).isEqualTo("application/octet-stream");
    UrlExchange dressed = send(UrlExchange.get(path + "?status=201"));
    assertThat(dressed.status).isEqualTo(201);
    assertThat(dressed.header("X-A")).isEqualTo("b");
    assertThat(dressed.all("Set-Cookie")).containsExactly("c=1");
    assertThat(dressed.pieces).first().isEqualTo("one");
    assertThat(dressed.text()).isEqualTo("onetwo");
    assertThat(send(UrlExchange.get(path + "?status=204")).text()).isEmpty();
    assertThat(send(UrlExchange.get(path + "?status=1000")).status).isEqualTo(502);
    assertThat(send(UrlExchange.get(path + "?early=1")).status).isEqualTo(502);
    UrlExchange late = send(UrlExchange.get(path + "?late=1"));
    assertThat(late.text()).isEqualTo("one");
    assertThat(late.aborted).isTrue();
    assertThat(late.closed).isFalse();
  }
}
