package dev.brume.bench;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// What the measurements make in a running Brume, and how they invoke it.
final class Account implements AutoCloseable {
  static final String ROLE = "arn:aws:iam::000000000000:role/bench";
  private static final String TRUST = """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";
  private static final String POLICY = """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:*","dynamodb:*"],"Resource":"*"}]}""";
  private final Path root;
  private final String endpoint;
  private final Connection connection;
  private int changes;

  /// @param root of Brume's sources
  Account(Path root, String endpoint) {
    this.root = root;
    this.endpoint = endpoint;
    connection = new Connection(endpoint);
  }

  /// The role of all functions here.
  void role() {
    iam("Action=CreateRole&RoleName=bench&AssumeRolePolicyDocument=" + encoded(TRUST));
    iam("Action=PutRolePolicy&RoleName=bench&PolicyName=p&PolicyDocument=" + encoded(POLICY));
  }

  private void iam(String form) {
    connection.call("iam", "POST", "/", form + "&Version=2010-05-08");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  void function(String name, Handlers handler) {
    connection.call("lambda", "POST", "/2015-03-31/functions", handler.create(root, name, ROLE));
    settled(name);
  }

  /// Changes the function, so that its next invocation is a cold start.
  void touch(String name) {
    connection.call("lambda", "PUT", "/2015-03-31/functions/" + name + "/configuration", "{\"Environment\":{\"Variables\":{\"CHANGE\":\"" + ++changes + "\"}}}");
    settled(name);
  }

  private void settled(String name) {
    for (int i = 0; i < 2000; i++) {
      String now = connection.call("lambda", "GET", "/2015-03-31/functions/" + name + "/configuration", "");
      if (now.contains("\"State\":\"Active\"") && now.contains("\"LastUpdateStatus\":\"Successful\"")) {
        return;
      }
      Measure.pause(10);
    }
    throw new IllegalStateException(name + " does not get active");
  }

  String invoke(String name) {
    return invoke(connection, name);
  }

  static String invoke(Connection by, String name) {
    return by.call("lambda", "POST", "/2015-03-31/functions/" + name + "/invocations", Handlers.EVENT);
  }

  /// The path of a deployed API whose `GET /` is the function.
  String api(String name) {
    String function = "arn:aws:lambda:us-east-1:000000000000:function:" + name;
    String api = id(rest("POST", "/restapis", "{\"name\":\"bench\"}"));
    String method = "/restapis/" + api + "/resources/" + id(rest("GET", "/restapis/" + api + "/resources", "")) + "/methods/GET";
    rest("PUT", method, "{\"authorizationType\":\"NONE\"}");
    rest("PUT", method + "/integration", "{\"type\":\"AWS_PROXY\",\"httpMethod\":\"POST\",\"uri\":\"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
        + function + "/invocations\"}");
    rest("POST", "/restapis/" + api + "/deployments", "{\"stageName\":\"live\"}");
    connection.call("lambda", "POST", "/2015-03-31/functions/" + name + "/policy",
        "{\"StatementId\":\"api\",\"Action\":\"lambda:InvokeFunction\",\"Principal\":\"apigateway.amazonaws.com\"}");
    return "/restapis/" + api + "/live/_user_request_/";
  }

  private String rest(String method, String path, String body) {
    return connection.call("apigateway", method, path, body);
  }

  private static String id(String json) {
    int at = json.indexOf("\"id\":\"") + 6;
    return json.substring(at, json.indexOf('"', at));
  }

  /// The health page.
  String health() {
    return connection.call("x", "GET", "/_brume/health", "");
  }

  String endpoint() {
    return endpoint;
  }

  Connection connection() {
    return connection;
  }

  @Override
  public void close() {
    connection.close();
  }
}
