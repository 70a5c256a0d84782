package dev.brume.services.dynamodb;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Parameters from before expressions, refused by name, and checks shared by the writes.
final class Legacy {
  private Legacy() {}

  static void refuse(boolean given, String parameter, @Nullable String conditionalOperator) {
    if (given) {
      throw DynamoDbErrors.unsupported(parameter);
    }
    if (conditionalOperator != null) {
      throw DynamoDbErrors.unsupported("ConditionalOperator");
    }
  }

  static void returnValues(@Nullable String given, Set<String> allowed) {
    if (given != null && !allowed.contains(given)) {
      throw DynamoDbErrors.validation("Return values set to invalid value");
    }
  }
}
