package io.tidemark.tests.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Keeps the arrows between the modules, on the compiled classes of all of them. */
class ModuleArrowsTest {
  private static JavaClasses tidemark;

  @BeforeAll
  static void import_all_modules() {
    tidemark =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tidemark");
  }

  static Stream<SourceModule> modulesWithMainClasses() {
    return built().filter(module -> module != SourceModule.TESTS);
  }

  static Stream<SourceModule> modulesWithoutFlink() {
    return built().filter(module -> !module.knowsFlink());
  }

  /** One of them is for Java 25, and left out by older ones. */
  private static Stream<SourceModule> built() {
    boolean all = Runtime.version().feature() >= 25;
    return Stream.of(SourceModule.values()).filter(module -> all || module != SourceModule.GPU);
  }

  // ArchUnit fails a rule that finds no class to check, so none of these can pass on an empty
  // module.
  @ParameterizedTest
  @MethodSource("modulesWithMainClasses")
  void a_module_uses_only_modules_below_it(SourceModule module) {
    arrowsOf(module, module.usablePackages()).check(tidemark);
  }

  @ParameterizedTest
  @MethodSource("modulesWithoutFlink")
  void a_module_that_must_not_know_flink_uses_none_of_it(SourceModule module) {
    noClasses()
        .that()
        .resideInAPackage(module.rootPackage() + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.flink..", "org.apache.iceberg.flink..")
        .because(
            module.folder()
                + " must run without Flink; what needs it belongs into operators/flink,"
                + " connectors/flink, jobs or sql")
        .check(tidemark);
  }

  @ParameterizedTest
  @EnumSource(names = {"MODEL", "ENGINE"})
  void the_model_and_the_algorithms_know_no_system_around_them(SourceModule module) {
    noClasses()
        .that()
        .resideInAPackage(module.rootPackage() + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "org.apache.iceberg..",
            "org.apache.hadoop..",
            "io.grpc..",
            "io.milvus..",
            "com.google.protobuf..")
        .because(
            module.folder() + " is pure; adapters to systems belong into connectors or serving")
        .check(tidemark);
  }

  @Test
  void no_class_lies_outside_the_known_modules() {
    String[] known =
        Stream.of(SourceModule.values()).map(m -> m.rootPackage() + "..").toArray(String[]::new);
    classes()
        .should()
        .resideInAnyPackage(known)
        .because(
            "a class outside them escapes the arrows; move it, or add its module to SourceModule")
        .check(tidemark);
  }

  @Test
  void the_rule_fails_on_a_class_that_uses_what_it_may_not() {
    ArchRule nothingAllowed =
        arrowsOf(SourceModule.ENGINE, new String[] {SourceModule.ENGINE.rootPackage() + ".."});
    assertThatThrownBy(() -> nothingAllowed.check(tidemark))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(SourceModule.MODEL.rootPackage());
  }

  private static ArchRule arrowsOf(SourceModule module, String[] usable) {
    return classes()
        .that(resideInAPackage(module.rootPackage() + ".."))
        .should()
        .onlyDependOnClassesThat(
            not(resideInAPackage("io.tidemark..")).or(resideInAnyPackage(usable)))
        .because(
            module.folder()
                + " may use only modules below it; move what is shared down to the lowest of its"
                + " users, or turn the call around with a port in operators/model");
  }
}
