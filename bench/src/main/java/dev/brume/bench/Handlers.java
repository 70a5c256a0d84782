package dev.brume.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;

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
      """),
  JAVA("Java", "java25", "index.java", """
      import java.util.Map;
      public class index {
        public Map<String, Object> handler(Map<String, Object> event) {
          return Map.of("statusCode", 200, "body", "{\\"hello\\":\\"" + event.get("name") + "\\"}");
        }
        public static void main(String[] args) {
          System.out.println(new index().handler(Map.of("name", args[0])));
        }
      }
      """),
  JAVA_SDK("Java + SDK", "java25", "index.java", """
      import java.util.Map;
      import software.amazon.awssdk.regions.Region;
      import software.amazon.awssdk.services.s3.S3Client;
      public class index {
        private static final S3Client S3 = S3Client.builder().region(Region.US_EAST_1).build();
        public Map<String, Object> handler(Map<String, Object> event) {
          return Map.of("statusCode", 200, "body", "{\\"hello\\":\\"" + event.get("name") + "\\",\\"sdk\\":\\"" + S3.serviceName() + "\\"}");
        }
        public static void main(String[] args) {
          System.out.println(new index().handler(Map.of("name", args[0])));
        }
      }
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

  boolean isJava() {
    return this == JAVA || this == JAVA_SDK;
  }

  /// The jars of the AWS SDK for Java, fetched by bench/run.
  static Path libraries(Path root) {
    return root.resolve("bench/target/aws-sdk-java");
  }

  /// The body of CreateFunction.
  ///
  /// @param root of Brume's sources
  String create(Path root, String name, String role) {
    return "{\"FunctionName\":\"" + name + "\",\"Runtime\":\"" + runtime + "\",\"Role\":\"" + role
        + "\",\"Handler\":\"" + (isJava() ? "index::handler" : "index.handler") + "\",\"Timeout\":30,\"MemorySize\":512,\"Code\":{\"ZipFile\":\"" + zip(root) + "\"}}";
  }

  private String zip(Path root) {
    try {
      var out = new ByteArrayOutputStream();
      try (var zip = new ZipOutputStream(out)) {
        if (isJava()) {
          Path folder = Files.createDirectories(root.resolve("bench/target/functions").resolve(name()));
          add(zip, "index.class", Files.readAllBytes(compiled(root, folder)));
          for (Path jar : jars(root)) {
            add(zip, "lib/" + jar.getFileName(), Files.readAllBytes(jar));
          }
        } else {
          add(zip, file, source.getBytes(StandardCharsets.UTF_8));
        }
      }
      return Base64.getEncoder().encodeToString(out.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
  }

  private List<Path> jars(Path root) throws IOException {
    if (this != JAVA_SDK) {
      return List.of();
    }
    try (var all = Files.list(libraries(root))) {
      return all.sorted().toList();
    }
  }

  private Path compiled(Path root, Path folder) throws IOException {
    Path mine = Files.writeString(folder.resolve(file), source);
    int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-nowarn", "-proc:none", "-d", folder.toString(), "-cp", classpath(root, folder), mine.toString());
    if (code != 0) {
      throw new IllegalStateException(this + " does not compile");
    }
    return folder.resolve("index.class");
  }

  private String classpath(Path root, Path folder) throws IOException {
    return jars(root).stream().map(Path::toString).reduce(folder.toString(), (all, jar) -> all + ":" + jar);
  }

  /// The command that runs the handler once with the event on its command line: what a process per invocation costs.
  List<String> once(Path root, Path folder) throws IOException {
    Path mine = Files.createDirectories(folder.resolve(name()));
    if (isJava()) {
      if (!Files.exists(mine.resolve("index.class"))) {
        compiled(root, mine);
      }
      return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classpath(root, mine), "index", "hello");
    }
    if (!Files.exists(mine.resolve(file))) {
      Files.writeString(mine.resolve(file), source);
    }
    return switch (this) {
      case NODE, NODE_SDK -> List.of("node", "-e", "require('" + mine.resolve(file)
          + "').handler(JSON.parse(process.argv[1])).then((r) => process.stdout.write(JSON.stringify(r)))", EVENT);
      case PYTHON, PYTHON_SDK -> List.of("python3", "-c", "import json,sys; sys.path.insert(0, '" + mine
          + "'); import index; sys.stdout.write(json.dumps(index.handler(json.loads(sys.argv[1]), None)))", EVENT);
      case JAVA, JAVA_SDK -> throw new IllegalStateException();
    };
  }
}
