package dev.brume.services.ssm;

import dev.brume.model.ssm.ParameterStringFilter;
import java.util.List;

/// Filters of DescribeParameters.
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html>
final class Filters {
  private Filters() {}

  static boolean matches(ParameterStringFilter filter, StoredParameter parameter) {
    List<String> values = filter.values();
    String option = filter.option() == null ? "Equals" : filter.option();
    String key = filter.key();
    if (key.startsWith("tag:")) {
      String tag = parameter.tags().get(key.substring(4));
      return tag != null && (values.isEmpty() || values.contains(tag));
    }
    return switch (key) {
      case "Name" -> values.stream().anyMatch(value -> name(option, parameter.name(), value));
      case "Type" -> values.contains(parameter.current().type());
      case "KeyId" -> values.contains(String.valueOf(parameter.current().keyId()));
      case "Tier" -> values.contains(parameter.current().tier());
      case "DataType" -> values.contains(parameter.current().dataType());
      case "Path" -> values.stream().anyMatch(value -> path(option, parameter.name(), value));
      default ->
          throw SsmErrors.validation(
              "The following filter key is not valid: "
                  + key
                  + ". Valid filter keys include: [Path, Name, Type, KeyId, Tier, DataType].");
    };
  }

  private static boolean name(String option, String name, String value) {
    return switch (option) {
      case "Equals" -> name.equals(value);
      case "BeginsWith" -> name.startsWith(value);
      case "Contains" -> name.contains(value);
      default ->
          throw SsmErrors.validation(
              "The following filter option is not valid: "
                  + option
                  + ". Valid options include: [BeginsWith, Contains, Equals].");
    };
  }

  private static boolean path(String option, String name, String value) {
    String path = value.endsWith("/") ? value : value + "/";
    return name.startsWith(path)
        && (option.equals("Recursive") || name.indexOf('/', path.length()) < 0);
  }
}
