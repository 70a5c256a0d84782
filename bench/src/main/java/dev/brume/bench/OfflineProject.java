package dev.brume.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// The same functions as a project of the Serverless Framework, for serverless-offline.
final class OfflineProject {
  /// The path of the function that shows that all is up; it is none of those measured cold.
  static final String WARM_UP = "up";

  private OfflineProject() {}

  /// Its name at serverless-offline.
  ///
  /// @param copy the same function again, since the first invocation of each is its only cold one
  static String function(Handlers handler, int copy) {
    return "bench-dev-" + key(handler, copy);
  }

  private static String key(Handlers handler, int copy) {
    return handler.name().toLowerCase(Locale.ROOT).replace("_", "") + copy;
  }

  /// @param folder has `node_modules` with serverless and serverless-offline
  static void write(Path folder, int copies) throws IOException {
    var yaml = new StringBuilder("""
        service: bench
        frameworkVersion: '3'
        provider: { name: aws, runtime: nodejs20.x, stage: dev }
        plugins: [serverless-offline]
        custom: { serverless-offline: { noPrependStageInUrl: true } }
        functions:
          up: { handler: NODE/index.handler, events: [{ httpApi: 'GET /up' }] }
        """);
    for (Handlers handler : Handlers.values()) {
      if (handler.isJava()) {
        continue;
      }
      Files.createDirectories(folder.resolve(handler.name()));
      Files.writeString(folder.resolve(handler.name()).resolve(handler.file()), handler.source());
      for (int copy = 0; copy < copies; copy++) {
        yaml.append("  ").append(key(handler, copy)).append(": { handler: ").append(handler.name()).append("/index.handler, runtime: ").append(handler.runtime()).append(" }\n");
      }
    }
    Files.writeString(folder.resolve("serverless.yml"), yaml);
  }
}
