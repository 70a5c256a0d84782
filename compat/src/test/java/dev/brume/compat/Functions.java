package dev.brume.compat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Functions for tests, made by plain requests.
final class Functions {
  private static final String TRUST = """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}
      """;

  private Functions() {}

  static byte[] zip(String name, String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  /// A role of this name that Lambda may assume.
  ///
  /// @param policy what it may do, null for nothing
  static void role(Server server, String name, String policy) {
    iam(server, "Action=CreateRole&RoleName=" + name + "&AssumeRolePolicyDocument=" + encoded(TRUST));
    if (policy != null) {
      iam(server, "Action=PutRolePolicy&RoleName=" + name + "&PolicyName=p&PolicyDocument=" + encoded(policy));
    }
  }

  private static void iam(Server server, String form) {
    server.aws("iam", "POST", "/", "application/x-www-form-urlencoded", form + "&Version=2010-05-08");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// A Node function with a role of its own name that may do nothing.
  static void create(Server server, String name, String code) throws IOException {
    role(server, name, null);
    String zip = Base64.getEncoder().encodeToString(zip("index.js", code));
    server.aws("lambda", "POST", "/2015-03-31/functions", "application/json",
        "{\"FunctionName\":\"" + name + "\",\"Runtime\":\"nodejs22.x\",\"Handler\":\"index.handler\",\"Timeout\":10,\"Role\":\"arn:aws:iam::000000000000:role/" + name
            + "\",\"Code\":{\"ZipFile\":\"" + zip + "\"}}");
  }
}
