package io.tidemark.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Applies {@link TidyRules} to this checkout. */
class TidyTest {
  private static SourceTree tree;

  @BeforeAll
  static void read_the_tree() {
    tree = SourceTree.ofThisCheckout();
  }

  @Test
  void the_tree_was_found() {
    assertThat(tree.files())
        .extracting(SourceTree.SourceFile::path)
        .contains("pom.xml", "deploy/test", "operators/model/pom.xml")
        .anyMatch(path -> path.endsWith("/io/tidemark/tests/architecture/TidyTest.java"));
  }

  @Test
  void files_are_short() {
    assertKept(TidyRules.filesAreShort(tree));
  }

  @Test
  void names_say_something() {
    assertKept(TidyRules.namesSaySomething(tree));
  }

  @Test
  void nothing_is_left_open() {
    assertKept(TidyRules.nothingIsLeftOpen(tree));
  }

  @Test
  void main_code_logs_instead_of_printing() {
    assertKept(TidyRules.mainCodeLogsInsteadOfPrinting(tree));
  }

  @Test
  void no_path_of_one_machine_is_written_down() {
    assertKept(TidyRules.noPathsOfOneMachine(tree));
  }

  @Test
  void there_are_no_tabs() {
    assertKept(TidyRules.noTabs(tree));
  }

  @Test
  void main_packages_are_null_marked() {
    assertKept(TidyRules.mainPackagesAreNullMarked(tree));
  }

  @Test
  void versions_are_in_the_root_pom() {
    assertKept(TidyRules.versionsAreInTheRootPom(tree));
  }

  @Test
  void main_classes_lie_in_their_modules_package() {
    assertKept(TidyRules.mainClassesLieInTheirModulesPackage(tree));
  }

  private static void assertKept(List<String> findings) {
    assertThat(findings)
        .withFailMessage(() -> findings.size() + " found:\n  " + String.join("\n  ", findings))
        .isEmpty();
  }
}
