package dev.brume.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.brume.model.Operation;
import dev.brume.model.Operations;
import dev.brume.model.ServiceModel;
import dev.brume.model.ServiceModels;
import dev.brume.resources.ResourceType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// Keeps `docs/coverage.md` what models and code say: which operations have a body, which
/// CloudFormation types there are and which of their properties are refused. Written anew with
/// `-Dbrume.coverage=write`.
class CoverageTest {
  private static final Path PAGE = Path.of("../docs/coverage.md");
  private static final String OWN_TYPES = "dev.brume.services.cloudformation.OwnTypes";
  private static final Operations NOBODY =
      (call, service, operation, input) -> {
        throw new IllegalStateException(service + " " + operation);
      };

  @Test
  void theCoverageTableIsWhatTheCodeSays() throws Exception {
    String page = page();
    if ("write".equals(System.getProperty("brume.coverage"))) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE))
        .as("regenerate it: mvn -pl server test -Dtest=CoverageTest -Dbrume.coverage=write")
        .isEqualTo(page);
  }

  private static String page() throws Exception {
    var out = new StringBuilder();
    out.append(
        """
        # Coverage

        Made from AWS's models and Brume's code; a test keeps it true. An operation that is missing \
        answers `NotImplemented` in its
        protocol, a CloudFormation type or property that is missing fails the change set by name.

        ## Operations

        | service | there | of | missing |
        |---|---|---|---|
        """);
    for (ServiceModel.Identity identity : identities()) {
      operations(out, ServiceModels.get(identity.name()));
    }
    out.append(
        """

        ## CloudFormation

        Beside these `AWS::CloudFormation::Stack`, `AWS::CloudFormation::CustomResource` and every \
        `Custom::` type.

        | type | properties that are refused |
        |---|---|
        """);
    JsonNode specification = specification();
    types().stream()
        .sorted(Comparator.comparing(ResourceType::name))
        .forEach(type -> type(out, type, specification));
    return out.toString();
  }

  private static List<ServiceModel.Identity> identities() {
    return ServiceModels.identities().stream()
        .sorted(Comparator.comparing(identity -> identity.serviceId()))
        .toList();
  }

  private static void operations(StringBuilder out, ServiceModel model) throws Exception {
    Class<?> service = service(model);
    var missing = new ArrayList<String>();
    for (Operation operation : model.operations()) {
      if (!hasBody(service, operation)) {
        missing.add(operation.name());
      }
    }
    int all = model.operations().size();
    out.append(
        "| %s | %d | %d | %s |\n"
            .formatted(
                model.identity().serviceId(),
                all - missing.size(),
                all,
                String.join(" ", missing)));
  }

  // The class in the service's folder that implements the generated interface.
  private static Class<?> service(ServiceModel model) throws Exception {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.brume.services." + model.name());
    JavaClass found =
        classes.stream()
            .filter(each -> each.isAssignableTo(dev.brume.model.Service.class))
            .filter(each -> !each.getModifiers().contains(JavaModifier.ABSTRACT))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no service for " + model.name()));
    return Class.forName(found.getName());
  }

  private static boolean hasBody(Class<?> service, Operation operation) {
    String name = Character.toLowerCase(operation.name().charAt(0)) + operation.name().substring(1);
    for (Method method : service.getMethods()) {
      if (method.getName().equals(name)
          && !method.isBridge()
          && method.getParameterCount() == 2
          && !method.getDeclaringClass().isInterface()) {
        return true;
      }
    }
    return false;
  }

  private static List<ResourceType> types() throws Exception {
    var types = new ArrayList<ResourceType>();
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.brume.services");
    for (JavaClass each : classes) {
      boolean own = each.getName().equals(OWN_TYPES);
      if (own || each.getSimpleName().endsWith("Resources") && !each.isInnerClass()) {
        types.addAll(all(Class.forName(each.getName())));
      }
    }
    return types;
  }

  private static List<ResourceType> all(Class<?> resources) throws Exception {
    Method all;
    try {
      all = resources.getDeclaredMethod("all");
    } catch (NoSuchMethodException e) {
      return List.of();
    }
    all.setAccessible(true);
    Object target =
        Modifier.isStatic(all.getModifiers())
            ? null
            : resources.getConstructor(Operations.class).newInstance(NOBODY);
    return ((List<?>) all.invoke(target)).stream().map(ResourceType.class::cast).toList();
  }

  private static JsonNode specification() throws IOException {
    try (InputStream file =
        CoverageTest.class.getResourceAsStream(
            "/dev/brume/services/cloudformation/template/specification.json.gz")) {
      return new ObjectMapper().readTree(new GZIPInputStream(file)).path("types");
    }
  }

  private static void type(StringBuilder out, ResourceType type, JsonNode specification) {
    var refused = new TreeSet<String>();
    specification.path(type.name()).path("p").fieldNames().forEachRemaining(refused::add);
    refused.removeAll(type.properties());
    out.append(
        "| %s | %s |\n".formatted(type.name(), refused.stream().collect(Collectors.joining(" "))));
  }
}
