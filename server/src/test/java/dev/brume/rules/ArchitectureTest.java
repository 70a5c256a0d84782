package dev.brume.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Who may depend on what. The names of the tests are the names of the rules in INVARIANTS.md.
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/dev/brume/model/"))
          .importPackages("dev.brume");

  private static void check(ArchRule rule) {
    rule.check(CLASSES);
  }

  @Test
  void servicesDoNotKnowEachOther() {
    check(slices().matching("dev.brume.services.(*)..").should().notDependOnEachOther());
  }

  @Test
  void packagesAreFreeOfCycles() {
    check(slices().matching("dev.brume.(*)..").should().beFreeOfCycles());
  }

  @Test
  void theFrameKnowsNoService() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                "..brume.http..",
                "..brume.protocol..",
                "..brume.store..",
                "..brume.time..",
                "..brume.events..",
                "..brume.functions..",
                "..brume.sql..",
                "..brume.gateway..",
                "..brume.auth..",
                "..brume.resources..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.brume.services..", "dev.brume"));
  }

  @Test
  void httpKnowsNoAws() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.brume.http..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.brume.model..", "dev.brume.protocol..", "dev.brume.gateway.."));
  }

  @Test
  void onlyBrumeMakesServices() {
    check(
        noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.brume.Brume")
            .and()
            .resideOutsideOfPackage("dev.brume.services..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.brume.services.."));
  }

  @Test
  void timeComesFromTheClock() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                "dev.brume.services..",
                "dev.brume.events..",
                "dev.brume.gateway..",
                "dev.brume.auth..",
                "dev.brume.sql..")
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.LocalDate.class, "now")
            .orShould()
            .callMethod(java.time.LocalDateTime.class, "now")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class));
  }

  @Test
  void randomnessComesFromIds() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                "dev.brume.services..",
                "dev.brume.events..",
                "dev.brume.gateway..",
                "dev.brume.auth..",
                "dev.brume.functions..")
            .should()
            .callMethod(UUID.class, "randomUUID")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callConstructor(Random.class));
  }

  @Test
  void noAmbientState() {
    check(noClasses().should().dependOnClassesThat().areAssignableTo(ThreadLocal.class));
    check(
        fields()
            .that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat()
            .resideInAPackage("dev.brume..")
            .should()
            .beFinal());
  }

  @Test
  void loggingIsTheSystemLogger() {
    check(noFields().should().haveRawType("java.util.logging.Logger"));
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.slf4j..", "org.apache.logging.."));
  }

  @Test
  void everyServiceHasTheOneShape() {
    check(
        classes()
            .that()
            .resideInAPackage("dev.brume.services.*")
            .and()
            .haveSimpleNameEndingWith("Service")
            .should()
            .beAssignableTo(dev.brume.model.Service.class));
  }
}
