package dev.brume.services.dynamodb;

import dev.brume.model.dynamodb.AttributeValue;
import java.util.List;

/// The parts of DynamoDB's expressions.
///
// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>
sealed interface Expression {
  /// Something with a value.
  sealed interface Operand extends Expression {}

  record At(Path path) implements Operand {}

  /// A `:value` placeholder, resolved.
  record Literal(String name, AttributeValue value) implements Operand {}

  /// `size(path)`.
  record Size(Path path) implements Operand {}

  /// `if_not_exists(path, operand)`, in SET only.
  record IfNotExists(Path path, Operand otherwise) implements Operand {}

  /// `list_append(one, other)`, in SET only.
  record ListAppend(Operand one, Operand other) implements Operand {}

  /// `one + other` or `one - other`, in SET only.
  record Arithmetic(Operand one, boolean plus, Operand other) implements Operand {}

  /// Something that is true or false of an item.
  sealed interface Condition extends Expression {}

  /// @param comparator `=`, `<>`, `<`, `<=`, `>` or `>=`
  record Compare(Operand one, String comparator, Operand other) implements Condition {}

  record Between(Operand value, Operand low, Operand high) implements Condition {}

  record In(Operand value, List<Operand> candidates) implements Condition {}

  record Exists(Path path, boolean wanted) implements Condition {}

  record IsType(Path path, Operand type) implements Condition {}

  record BeginsWith(Operand value, Operand prefix) implements Condition {}

  record Contains(Operand value, Operand element) implements Condition {}

  record And(Condition one, Condition other) implements Condition {}

  record Or(Condition one, Condition other) implements Condition {}

  record Not(Condition condition) implements Condition {}

  /// One action of an update expression.
  sealed interface Action {
    Path path();
  }

  record Set(Path path, Operand value) implements Action {}

  record Remove(Path path) implements Action {}

  record Add(Path path, Operand value) implements Action {}

  record Delete(Path path, Operand value) implements Action {}
}
