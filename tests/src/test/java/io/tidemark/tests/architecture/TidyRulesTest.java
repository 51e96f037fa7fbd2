package io.tidemark.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each rule finds the tree that breaks it and lets a good one pass. */
class TidyRulesTest {
  private static final String MAIN = "serving/src/main/java/io/tidemark/serving/";

  @TempDir Path root;

  @Test
  void a_file_over_the_limit_is_found_and_one_at_it_is_not() throws IOException {
    write("docs/long.md", "line\n".repeat(TidyRules.LINES_MAX + 1));
    write("docs/full.md", "line\n".repeat(TidyRules.LINES_MAX));
    assertThat(TidyRules.filesAreShort(tree()))
        .singleElement()
        .asString()
        .contains("docs/long.md", "601 lines", "limit is 600");
  }

  @Test
  void empty_package_and_type_names_are_found() throws IOException {
    write(MAIN + "util/Bits.java", "class Bits {}\n");
    write(
        MAIN + "rpc/Calls.java",
        "/** The class ServerImpl is gone. */\nfinal class Calls {\n  record LockManager() {}\n}\n");
    write(MAIN + "rpc/Utility.java", "public sealed interface Utility permits A {}\n");
    assertThat(TidyRules.namesSaySomething(tree()))
        .hasSize(2)
        .anyMatch(finding -> finding.contains("Calls.java:3: type 'LockManager'"))
        .anyMatch(finding -> finding.contains("util/Bits.java: package 'util'"));
  }

  @Test
  void what_is_left_open_is_found_in_code_but_may_be_named_in_prose() throws IOException {
    write("deploy/start", "#!/bin/sh\n# TO" + "DO: wait\n");
    write("README.md", "No TO" + "DO is left.\n");
    assertThat(TidyRules.nothingIsLeftOpen(tree()))
        .singleElement()
        .asString()
        .startsWith("deploy/start:2:");
  }

  @Test
  void printing_is_found_outside_the_command_line_and_tests() throws IOException {
    String prints = "class A {\n  void a() {\n    System.out.println();\n  }\n}\n";
    write(MAIN + "A.java", prints);
    write("serving/src/test/java/io/tidemark/serving/ATest.java", prints);
    write("deploy/standalone/src/main/java/io/tidemark/standalone/A.java", prints);
    assertThat(TidyRules.mainCodeLogsInsteadOfPrinting(tree()))
        .singleElement()
        .asString()
        .startsWith(MAIN + "A.java:3: 'System.out'");
  }

  @Test
  void paths_of_one_machine_are_found() throws IOException {
    write("deploy/a.sh", "cd /ho" + "me/ada/tidemark\n");
    write("deploy/b.sh", "cd \"$root/wo" + "rk/x\" && ls ~/ho" + "me/x\n");
    write("deploy/c.md", "See https://example.org/wo" + "rk/x.\n");
    assertThat(TidyRules.noPathsOfOneMachine(tree()))
        .singleElement()
        .asString()
        .startsWith("deploy/a.sh:1:");
  }

  @Test
  void tabs_are_found() throws IOException {
    write("deploy/a.sh", "if true; then\n\techo\nfi\n");
    assertThat(TidyRules.noTabs(tree())).singleElement().asString().startsWith("deploy/a.sh:2:");
  }

  @Test
  void a_main_package_without_the_null_marker_is_found() throws IOException {
    write(MAIN + "a/A.java", "class A {}\n");
    write(MAIN + "b/B.java", "class B {}\n");
    write(
        MAIN + "b/package-info.java", "/** Not @NullMarked. */\npackage io.tidemark.serving.b;\n");
    write(
        MAIN + "c/package-info.java",
        "@org.jspecify.annotations.NullMarked\npackage io.tidemark.serving.c;\n");
    write("serving/src/test/java/io/tidemark/serving/d/DTest.java", "class DTest {}\n");
    assertThat(TidyRules.mainPackagesAreNullMarked(tree()))
        .hasSize(2)
        .anyMatch(finding -> finding.startsWith(MAIN + "a:"))
        .anyMatch(finding -> finding.startsWith(MAIN + "b:"));
  }

  @Test
  void a_version_in_a_modules_pom_is_found() throws IOException {
    String parent = "<project><parent><version>1</version></parent>";
    write("pom.xml", "<project><version>1</version></project>");
    write("sql/pom.xml", parent + "<dependency><version>2.0</version></dependency></project>");
    write("jobs/pom.xml", parent + "<path><version>${antlr.version}</version></path></project>");
    assertThat(TidyRules.versionsAreInTheRootPom(tree()))
        .singleElement()
        .asString()
        .startsWith("sql/pom.xml: version '2.0' in <dependency>");
  }

  @Test
  void a_class_outside_its_modules_package_and_an_unknown_module_are_found() throws IOException {
    write(MAIN + "A.java", "class A {}\n");
    write("serving/src/main/java/io/tidemark/server/B.java", "class B {}\n");
    write("extra/src/main/java/io/tidemark/extra/C.java", "class C {}\n");
    assertThat(TidyRules.mainClassesLieInTheirModulesPackage(tree()))
        .hasSize(2)
        .anyMatch(finding -> finding.contains("folder 'extra' is no known module"))
        .anyMatch(finding -> finding.contains("server/B.java: lies outside"));
  }

  @Test
  void build_output_data_and_binaries_are_left_out() throws IOException {
    for (String path : List.of("jobs/target/a.sh", "tests/node/node_modules/a.js", "data/a.md")) {
      write(path, "\t");
    }
    write("docs/picture.png", "\t");
    write("docs/page.md", "\t");
    assertThat(tree().files()).extracting(SourceTree.SourceFile::path).containsOnly("docs/page.md");
  }

  private SourceTree tree() {
    return SourceTree.of(root);
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
