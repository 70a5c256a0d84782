package dev.brume.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Reads the sources: what no compiler checks. The names of the tests are the names of the rules in
/// INVARIANTS.md.
class TidyTest {
  private static final int FILE_LINES_MAX = 500;
  private static final int METHOD_LINES_MAX = 70;
  private static final Path MAIN = Path.of("src/main/java");
  private static final Pattern METHOD =
      Pattern.compile(
          "^  (?! )[^/@*}].*\\) (?:throws [\\w., ]+ )?\\{$|^      .*\\)(?: throws [\\w., ]+)? \\{$");
  private static final Pattern BANNED_NAME =
      Pattern.compile("(Util|Utils|Helper|Manager|Impl|Base)\\.java$|/Abstract\\w*\\.java$");
  private static final Pattern BANNED_WORD = Pattern.compile("\\b(FIXME|XXX|HACK)\\b");

  private static List<Path> sources() throws IOException {
    try (var files = Files.walk(MAIN)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  @Test
  void filesAreShort() throws IOException {
    var long_ = new ArrayList<String>();
    for (Path file : sources()) {
      int lines = Files.readAllLines(file).size();
      if (lines > FILE_LINES_MAX) {
        long_.add(file + ": " + lines);
      }
    }
    assertThat(long_).isEmpty();
  }

  @Test
  void methodsAreShort() throws IOException {
    var long_ = new ArrayList<String>();
    for (Path file : sources()) {
      List<String> lines = Files.readAllLines(file);
      int start = -1;
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        if (start < 0
            && METHOD.matcher(line).matches()
            && !line.contains(" class ")
            && !line.contains(" record ")
            && line.startsWith("  ")
            && line.charAt(2) != ' ') {
          start = i;
        } else if (start >= 0 && line.equals("  }")) {
          if (i - start - 1 > METHOD_LINES_MAX) {
            long_.add(file + ":" + (start + 1) + " has " + (i - start - 1));
          }
          start = -1;
        }
      }
    }
    assertThat(long_).isEmpty();
  }

  @Test
  void namesSayWhatThingsAre() throws IOException {
    assertThat(sources()).noneMatch(file -> BANNED_NAME.matcher(file.toString()).find());
  }

  @Test
  void everyPackageIsDescribed() throws IOException {
    var missing = new ArrayList<Path>();
    for (Path file : sources()) {
      Path description = file.resolveSibling("package-info.java");
      if (!Files.exists(description) || !Files.readString(description).contains("@NullMarked")) {
        missing.add(file.getParent());
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void nothingIsLeftForLater() throws IOException {
    var found = new ArrayList<String>();
    for (Path file : sources()) {
      if (BANNED_WORD.matcher(Files.readString(file)).find()) {
        found.add(file.toString());
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void everyServiceHasItsErrorsAndLimits() throws IOException {
    var missing = new ArrayList<String>();
    try (var folders = Files.list(MAIN.resolve("dev/brume/services"))) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        try (var files = Files.list(folder)) {
          List<String> names = files.map(file -> file.getFileName().toString()).toList();
          for (String part : List.of("Service", "Errors", "Limits")) {
            if (names.stream().noneMatch(name -> name.endsWith(part + ".java"))) {
              missing.add(folder.getFileName() + " has no …" + part);
            }
          }
        }
      }
    }
    assertThat(missing).isEmpty();
  }
}
