package dev.brume.functions;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An interpreter that is on this machine, or says so.
///
/// @param version the number that its runtimes' names have, e.g. 22 of `nodejs22.x`
record Installed(Path executable, int version) {
  /// Those in folders that version managers and installers have named by version.
  ///
  /// @param patterns below the root, as for [Programs#matching]
  /// @param program in each folder, e.g. `bin/node`
  /// @param versions finds the version in a folder's path, in one group or in two
  static List<Installed> in(Path root, List<String> patterns, String program, Pattern versions) {
    var found = new ArrayList<Installed>();
    for (String pattern : patterns) {
      for (Path folder : Programs.matching(root, pattern)) {
        Path executable = folder.resolve(program);
        Matcher version = versions.matcher(folder.toString());
        if (Files.isExecutable(executable) && version.find()) {
          int first = Integer.parseInt(version.group(1));
          found.add(
              new Installed(
                  executable,
                  version.groupCount() == 1
                      ? first
                      : number(first, Integer.parseInt(version.group(2)))));
        }
      }
    }
    return found;
  }

  /// Of a version whose runtimes' names have two numbers.
  static int number(int major, int minor) {
    return major * 100 + minor;
  }

  /// All in the order in which they will do for a version: those of the very version first, in
  /// their own order, then later ones, the nearest first, then earlier ones.
  static List<Installed> nearest(List<Installed> all, int wanted) {
    Comparator<Installed> byDistance =
        Comparator.comparingInt(
            one -> one.version >= wanted ? one.version - wanted : 100_000 + wanted - one.version);
    return all.stream().sorted(byDistance).toList();
  }
}
