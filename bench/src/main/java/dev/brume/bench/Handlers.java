package dev.brume.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// The functions that are measured. All do the same small work; those with an SDK build a client while they initialise, as real ones do.
enum Handlers {
  NODE("Node", "nodejs20.x", "index.js", """
      exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify({ hello: event.name }) });
      """),
  NODE_SDK("Node + SDK", "nodejs20.x", "index.js", """
      const { S3Client } = require('@aws-sdk/client-s3');
      const s3 = new S3Client({ region: 'us-east-1' });
      exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify({ hello: event.name, sdk: Boolean(s3) }) });
      """),
  PYTHON("Python", "python3.11", "index.py", """
      import json
      def handler(event, context):
          return {"statusCode": 200, "body": json.dumps({"hello": event.get("name")})}
      """),
  PYTHON_SDK("Python + boto3", "python3.11", "index.py", """
      import json
      import boto3
      s3 = boto3.client("s3", region_name="us-east-1")
      def handler(event, context):
          return {"statusCode": 200, "body": json.dumps({"hello": event.get("name"), "sdk": bool(s3)})}
      """);

  static final String EVENT = "{\"name\":\"you\"}";
  private final String title;
  private final String runtime;
  private final String file;
  private final String source;

  Handlers(String title, String runtime, String file, String source) {
    this.title = title;
    this.runtime = runtime;
    this.file = file;
    this.source = source;
  }

  String title() {
    return title;
  }

  String runtime() {
    return runtime;
  }

  String file() {
    return file;
  }

  String source() {
    return source;
  }

  /// The body of CreateFunction.
  String create(String name, String role) {
    return "{\"FunctionName\":\"" + name + "\",\"Runtime\":\"" + runtime + "\",\"Role\":\"" + role
        + "\",\"Handler\":\"index.handler\",\"Timeout\":30,\"MemorySize\":512,\"Code\":{\"ZipFile\":\"" + zip() + "\"}}";
  }

  private String zip() {
    try {
      var out = new ByteArrayOutputStream();
      try (var zip = new ZipOutputStream(out)) {
        zip.putNextEntry(new ZipEntry(file));
        zip.write(source.getBytes(StandardCharsets.UTF_8));
      }
      return Base64.getEncoder().encodeToString(out.toByteArray());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// The command that runs the handler once with the event on its command line: what a process per invocation costs.
  List<String> once(Path folder) throws IOException {
    Path mine = Files.createDirectories(folder.resolve(name()));
    Files.writeString(mine.resolve(file), source);
    return switch (this) {
      case NODE, NODE_SDK -> List.of("node", "-e", "require('" + mine.resolve(file)
          + "').handler(JSON.parse(process.argv[1])).then((r) => process.stdout.write(JSON.stringify(r)))", EVENT);
      case PYTHON, PYTHON_SDK -> List.of("python3", "-c", "import json,sys; sys.path.insert(0, '" + mine
          + "'); import index; sys.stdout.write(json.dumps(index.handler(json.loads(sys.argv[1]), None)))", EVENT);
    };
  }
}
