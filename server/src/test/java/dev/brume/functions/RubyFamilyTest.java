package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which Ruby runs what, on machines without one too.
class RubyFamilyTest {
  @TempDir Path folder;
  private final RubyFamily family = new RubyFamily();

  private void install(String version) throws IOException {
    Path program = folder.resolve(version).resolve("bin/ruby");
    Files.createDirectories(program.getParent());
    Files.createFile(program);
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void versionManagersSayVersionsInTheNamesOfFolders() throws IOException {
    for (String version :
        List.of(
            ".rbenv/versions/3.2.6",
            ".rbenv/versions/2.7.8",
            ".rbenv/versions/jruby-9.4.9.0",
            ".rbenv/versions/truffleruby-24.1.1",
            ".asdf/installs/ruby/3.3.6",
            ".local/share/mise/installs/ruby/4.0.1",
            ".local/share/mise/installs/ruby/latest",
            ".rubies/ruby-3.4.1",
            ".rvm/rubies/ruby-3.1.7",
            ".rvm/rubies/default",
            "opt/rubies/ruby-3.3.0-preview1")) {
      install(version);
    }
    List<Installed> all = RubyFamily.managed(folder, folder);
    assertThat(all)
        .extracting(Installed::version)
        .containsExactlyInAnyOrder(302, 303, 400, 304, 301, 303);
    assertThat(Installed.nearest(all, RubyFamily.number("ruby3.3")))
        .extracting(Installed::version)
        .containsExactly(303, 303, 304, 400, 302, 301);
    assertThat(Installed.nearest(all, RubyFamily.number("ruby3.4")).getFirst().executable())
        .isEqualTo(folder.resolve(".rubies/ruby-3.4.1/bin/ruby"));
  }

  @Test
  void runtimesAreThoseFromRuby3On() {
    assertThat(List.of("ruby3.2", "ruby3.4", "ruby4.0")).allMatch(family::runs);
    assertThat(List.of("ruby2.7", "ruby2.5", "ruby", "ruby3", "ruby3.x", "rubyx3.3"))
        .noneMatch(family::runs);
    assertThat(family.names()).allMatch(family::runs);
    assertThat(family.runtimeName("3.3.6")).isEqualTo("ruby3.3");
    assertThat(family.needs()).contains("apt install ruby");
  }

  @Test
  void partsOfTheSdkAreFoundInSource() {
    assertThat(
            family.imports(
                "require 'aws-sdk-s3'\n"
                    + "  require(\"aws-sdk-dynamodb\")\n"
                    + "require 'json'\n"
                    + "require 'aws-sdk-s3/client'\n"
                    + "require_relative 'aws-sdk-x'\n"
                    + "require 'aws-sdk'"))
        .containsExactly("aws-sdk-s3", "aws-sdk-dynamodb", "aws-sdk");
  }

  @Test
  void rubyReadsItsOwnVariablesWhenItStarts() {
    assertThat(List.of("RUBYOPT", "RUBY_YJIT_ENABLE", "RUBY_GC_HEAP_INIT_SLOTS"))
        .allMatch(family::isReadAtStart);
    assertThat(List.of("RUBYLIB", "GEM_PATH", "GEM_HOME", "BUNDLE_GEMFILE", "RAILS_ENV"))
        .noneMatch(family::isReadAtStart);
  }
}
