package dev.brume.functions;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// How a program is started inside of a sandbox that already stands: a file that the sandbox's
/// shell runs. It sets exactly the variables given and becomes the program.
final class StartScript {
  /// How the names of extensions' scripts begin.
  static final String EXTENSION = "extension-";

  private StartScript() {}

  /// Writes the script.
  ///
  /// @param folder the environment's, seen inside as `/run/brume`
  /// @param workingFolder as seen inside
  static void write(
      Path folder,
      String name,
      String workingFolder,
      Map<String, String> variables,
      List<String> command)
      throws IOException {
    var text = new StringBuilder("cd ").append(quoted(workingFolder)).append("\nexec env -i");
    variables.forEach((key, value) -> text.append(" \\\n  ").append(quoted(key + "=" + value)));
    for (String word : command) {
      text.append(" \\\n  ").append(quoted(word));
    }
    Files.writeString(folder.resolve(name), text.append('\n'), StandardCharsets.UTF_8);
  }

  // NUL is the one character that neither a variable nor an argument can have.
  private static String quoted(String word) {
    return "'" + word.replace("\0", "").replace("'", "'\\''") + "'";
  }
}
