package io.skypanel.worker;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;

/** What may know what (docs/design.md, "Layout"). */
@AnalyzeClasses(
    packages = "io.skypanel.worker",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.skypanel.worker";
  private static final String[] STAGES = {
    ROOT + ".checkout..", ROOT + ".plan..", ROOT + ".image..", ROOT + ".deploy.."
  };

  /** The annotations by which Camel finds a bean method's parameters. */
  private static final Set<String> PARAMETER_ANNOTATIONS =
      Set.of(
          "org.apache.camel.Body",
          "org.apache.camel.ExchangeException",
          "org.apache.camel.ExchangeProperty",
          "org.apache.camel.Headers",
          "org.apache.camel.Variable");

  @ArchTest
  static final ArchRule aStageKnowsNoOtherStage =
      slices().matching(ROOT + ".(checkout|plan|image|deploy)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule aStageSpeaksToTheVocabularyAlone =
      noClasses()
          .that()
          .resideInAnyPackage(STAGES)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  ROOT + ".report..",
                  ROOT + ".panel..",
                  ROOT + ".intake..",
                  ROOT + ".cleanup..",
                  ROOT + ".status..",
                  ROOT + ".sandbox.."));

  @ArchTest
  static final ArchRule theVocabularyKnowsNothingButItself =
      classes()
          .that()
          .resideInAPackage(ROOT + ".job..")
          .should()
          .onlyDependOnClassesThat(resideInAnyPackage(ROOT + ".job..", "java.."));

  @ArchTest
  static final ArchRule theRuntimesKnowTheVocabularyAndTheSettingsAlone =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".runtime..")
          .should()
          .dependOnClassesThat(
              resideInAPackage(ROOT + "..")
                  .and(
                      not(
                          resideInAnyPackage(
                              ROOT + ".runtime..", ROOT + ".job..", ROOT + ".settings.."))));

  @ArchTest
  static final ArchRule theWayOutKnowsTheSettingsAlone =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".egress..")
          .should()
          .dependOnClassesThat(
              resideInAPackage(ROOT + "..")
                  .and(not(resideInAnyPackage(ROOT + ".egress..", ROOT + ".settings.."))));

  @ArchTest
  static final ArchRule theIngressKnowsTheSettingsAndTheDiskAlone =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".ingress..")
          .should()
          .dependOnClassesThat(
              resideInAPackage(ROOT + "..")
                  .and(
                      not(
                          resideInAnyPackage(
                              ROOT + ".ingress..", ROOT + ".settings..", ROOT + ".disk.."))));

  @ArchTest
  static final ArchRule onlyTheRootKnowsEverything =
      noClasses().that().resideOutsideOfPackage(ROOT).should().dependOnClassesThat(resideInRoot());

  @ArchTest
  static final ArchRule camelStaysOutsideButForAnnotations =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT, ROOT + ".engine..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.apache.camel..").and(isNoParameterAnnotation()));

  @ArchTest
  static final ArchRule theSandboxIsForNobodyElse =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT, ROOT + ".sandbox..")
          .should()
          .dependOnClassesThat(resideInAPackage(ROOT + ".sandbox.."));

  private static DescribedPredicate<JavaClass> resideInRoot() {
    return DescribedPredicate.describe(
        "reside in the root package", c -> c.getPackageName().equals(ROOT));
  }

  private static DescribedPredicate<JavaClass> isNoParameterAnnotation() {
    return DescribedPredicate.describe(
        "are no parameter annotations", c -> !PARAMETER_ANNOTATIONS.contains(c.getName()));
  }
}
