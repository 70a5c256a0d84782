package dev.brume.protocol;

import dev.brume.model.Body;
import dev.brume.model.Member;
import dev.brume.model.Operation;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.Shape;
import dev.brume.model.Struct;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Checks input against the model: required members, lengths, ranges, patterns and enumerations,
/// with the texts that AWS's services answer. Each service has its own wording and code
/// ([Dialect]).
public final class Validation {
  /// Enough to be helpful; the rest would only lengthen the answer.
  private static final int VIOLATIONS_MAX = 50;

  private static final int ECHOED_MAX = 1024;

  private final Dialect dialect;
  private final List<Violation> violations = new ArrayList<>();

  /// @param path e.g. `tags.1.member.key`
  /// @param missing it was required and is not there
  private record Violation(
      String path, @Nullable Object value, String constraint, boolean missing) {}

  private Validation(Dialect dialect) {
    this.dialect = dialect;
  }

  /// Throws the service's own [ServiceError] when the model forbids this input.
  public static void check(ServiceModel model, Operation operation, Struct input) {
    Dialect dialect = Dialect.of(model.identity());
    if (dialect.validation() == Dialect.ValidationStyle.NONE) {
      return;
    }
    var validation = new Validation(dialect);
    validation.members("", input);
    if (!validation.violations.isEmpty()) {
      throw validation.error();
    }
  }

  private void members(String prefix, Struct struct) {
    for (Member member : struct.shape().members()) {
      Object value = struct.get(member.index());
      if (value != null) {
        value(prefix + lowerFirst(member.name()), member, value);
      } else if (member.required() && !member.flags().idempotencyToken()) {
        add(prefix + lowerFirst(member.name()), null, "Member must not be null", true);
      }
    }
  }

  private void value(String path, Member member, Object value) {
    Shape target = member.target();
    switch (target.kind()) {
      case STRUCTURE, UNION -> members(path + ".", (Struct) value);
      case LIST -> {
        List<?> list = (List<?>) value;
        size(path, target, list, list.size());
        for (int i = 0; i < list.size() && violations.size() < VIOLATIONS_MAX; i++) {
          Object element = list.get(i);
          if (element != null) {
            value(path + "." + (i + 1) + ".member", target.element(), element);
          }
        }
      }
      case MAP -> {
        Map<?, ?> map = (Map<?, ?>) value;
        size(path, target, map, map.size());
        map.forEach(
            (key, element) -> {
              value(path + "." + key + ".key", target.key(), key);
              if (element != null) {
                value(path + "." + key + ".member", target.value(), element);
              }
            });
      }
      case STRING -> string(path, target, (String) value);
      case BLOB -> size(path, target, value, value instanceof byte[] bytes ? bytes.length : -1);
      case INTEGER, LONG, FLOAT, DOUBLE -> range(path, target, (Number) value);
      case BOOLEAN, TIMESTAMP, DOCUMENT -> {}
    }
  }

  private void string(String path, Shape shape, String value) {
    Shape.Constraints constraints = shape.constraints();
    // Only a value of allowed length meets the pattern: no expression runs over megabytes.
    if (!size(path, shape, value, value.codePointCount(0, value.length()))) {
      return;
    }
    Pattern pattern = constraints.pattern();
    if (pattern != null && !pattern.matcher(value).matches()) {
      add(path, value, "Member must satisfy regular expression pattern: " + pattern.pattern());
    }
    List<String> allowed = constraints.enumValues();
    if (!allowed.isEmpty() && !allowed.contains(value) && dialect.checksEnum(shape)) {
      add(path, value, "Member must satisfy enum value set: [" + String.join(", ", allowed) + "]");
    }
  }

  private boolean size(String path, Shape shape, Object value, int size) {
    BigDecimal min = shape.constraints().min();
    BigDecimal max = shape.constraints().max();
    if (size < 0) {
      return true;
    }
    if (min != null && BigDecimal.valueOf(size).compareTo(min) < 0) {
      add(path, value, "Member must have length greater than or equal to " + min.toPlainString());
      return false;
    }
    if (max != null && BigDecimal.valueOf(size).compareTo(max) > 0) {
      add(path, value, "Member must have length less than or equal to " + max.toPlainString());
      return false;
    }
    return true;
  }

  private void range(String path, Shape shape, Number value) {
    BigDecimal min = shape.constraints().min();
    BigDecimal max = shape.constraints().max();
    double floating = value.doubleValue();
    if (min == null && max == null || !Double.isFinite(floating)) {
      return;
    }
    BigDecimal number = new BigDecimal(value.toString());
    if (min != null && number.compareTo(min) < 0) {
      add(path, value, "Member must have value greater than or equal to " + min.toPlainString());
    }
    if (max != null && number.compareTo(max) > 0) {
      add(path, value, "Member must have value less than or equal to " + max.toPlainString());
    }
  }

  private void add(String path, @Nullable Object value, String constraint) {
    add(path, value, constraint, false);
  }

  private void add(String path, @Nullable Object value, String constraint, boolean missing) {
    if (violations.size() < VIOLATIONS_MAX) {
      violations.add(new Violation(path, value, constraint, missing));
    }
  }

  private ServiceError error() {
    Violation first = violations.getFirst();
    return switch (dialect.validation()) {
      case CORAL -> coral("ValidationException");
      case QUERY -> coral("ValidationError");
      case INVALID_REQUEST -> coral("InvalidRequestException");
      case INVALID_PARAMETER -> coral("InvalidParameterException");
      case BAD_REQUEST -> coral("BadRequestException");
      case ECR ->
          bad(
              "InvalidParameterException",
              "Invalid parameter at '%s' failed to satisfy constraint: '%s'"
                  .formatted(first.path(), lowerFirst(first.constraint()).replace("member ", "")));
      case MISSING_PARAMETER ->
          first.missing()
              ? bad(
                  "MissingParameter",
                  "The request must contain the parameter " + upperFirst(first.path()) + ".")
              : bad("InvalidParameterValue", text());
      case SNS ->
          bad(
              "InvalidParameter",
              first.missing()
                  ? "Invalid parameter: " + upperFirst(first.path())
                  : "Invalid parameter: " + upperFirst(first.path()) + " Reason: " + text());
      case NONE -> throw new IllegalStateException("not validated");
    };
  }

  private ServiceError coral(String code) {
    return bad(code, text());
  }

  private static ServiceError bad(String code, String message) {
    return new ServiceError(code, message, 400);
  }

  private String text() {
    var text = new StringBuilder();
    text.append(violations.size()).append(" validation error");
    text.append(violations.size() == 1 ? "" : "s").append(" detected: ");
    for (int i = 0; i < violations.size(); i++) {
      Violation violation = violations.get(i);
      text.append(i == 0 ? "" : "; ").append("Value ");
      text.append(violation.value() == null ? "null" : "'" + echoed(violation.value()) + "'");
      text.append(" at '").append(violation.path()).append("' failed to satisfy constraint: ");
      text.append(violation.constraint());
    }
    return text.toString();
  }

  private static String echoed(Object value) {
    String text =
        switch (value) {
          case byte[] bytes -> "java.nio.HeapByteBuffer[lim=" + bytes.length + "]";
          case Body body -> "stream of " + body.lengthBytes();
          case List<?> list -> "[" + list.size() + " elements]";
          case Map<?, ?> map -> "{" + map.size() + " entries}";
          default -> value.toString();
        };
    return text.length() > ECHOED_MAX ? text.substring(0, ECHOED_MAX) : text;
  }

  private static String lowerFirst(String name) {
    return name.isEmpty() ? name : Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  private static String upperFirst(String name) {
    return name.isEmpty() ? name : Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }
}
