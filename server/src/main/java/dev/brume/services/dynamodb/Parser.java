package dev.brume.services.dynamodb;

import dev.brume.services.dynamodb.Expression.Action;
import dev.brume.services.dynamodb.Expression.Condition;
import dev.brume.services.dynamodb.Expression.Operand;
import dev.brume.services.dynamodb.Tokens.Kind;
import dev.brume.services.dynamodb.Tokens.Token;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Reads condition, filter, key condition, projection and update expressions.
final class Parser {
  private static final Set<String> FUNCTIONS =
      Set.of(
          "attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains");
  private static final Set<String> COMPARATORS = Set.of("=", "<>", "<", "<=", ">", ">=");

  private final Tokens tokens;
  private final Placeholders placeholders;
  private int depth;
  private int operators;

  private Parser(String expression, String what, Placeholders placeholders) {
    this.tokens = new Tokens(expression, what);
    this.placeholders = placeholders;
  }

  /// @param what `ConditionExpression`, `FilterExpression` or `KeyConditionExpression`, for error
  ///   texts
  static Condition condition(String expression, String what, Placeholders placeholders) {
    var parser = new Parser(expression, what, placeholders);
    Condition condition = parser.or();
    parser.end();
    return condition;
  }

  static List<Path> projection(String expression, Placeholders placeholders) {
    var parser = new Parser(expression, "ProjectionExpression", placeholders);
    var paths = new ArrayList<Path>();
    do {
      paths.add(parser.path());
    } while (parser.tokens.skip(","));
    parser.end();
    parser.distinct(paths);
    return paths;
  }

  static List<Action> update(String expression, Placeholders placeholders) {
    var parser = new Parser(expression, "UpdateExpression", placeholders);
    var actions = new ArrayList<Action>();
    var clauses = new HashSet<String>();
    while (!parser.tokens.atEnd()) {
      String clause = parser.tokens.peek().text().toUpperCase(Locale.ROOT);
      if (parser.tokens.peek().kind() != Kind.NAME
          || !Set.of("SET", "REMOVE", "ADD", "DELETE").contains(clause)) {
        throw parser.tokens.syntax();
      }
      if (!clauses.add(clause)) {
        throw parser.tokens.error(
            "The \"" + clause + "\" section can only be used once in an update expression;");
      }
      parser.tokens.take();
      do {
        actions.add(parser.action(clause));
      } while (parser.tokens.skip(","));
    }
    parser.distinct(actions.stream().map(Action::path).toList());
    return actions;
  }

  private void distinct(List<Path> paths) {
    for (int i = 0; i < paths.size(); i++) {
      for (int j = i + 1; j < paths.size(); j++) {
        if (paths.get(i).overlaps(paths.get(j))) {
          throw tokens.error(
              "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: "
                  + paths.get(i)
                  + ", path two: "
                  + paths.get(j));
        }
      }
    }
  }

  private void end() {
    if (!tokens.atEnd()) {
      throw tokens.syntax();
    }
  }

  private Action action(String clause) {
    Path path = path();
    return switch (clause) {
      case "SET" -> {
        tokens.expect("=");
        yield new Expression.Set(path, setValue());
      }
      case "REMOVE" -> new Expression.Remove(path);
      case "ADD" -> new Expression.Add(path, literal());
      default -> new Expression.Delete(path, literal());
    };
  }

  private Operand setValue() {
    Operand value = setOperand();
    while (tokens.is("+") || tokens.is("-")) {
      operator();
      value = new Expression.Arithmetic(value, tokens.take().text().equals("+"), setOperand());
    }
    return value;
  }

  private Operand setOperand() {
    if (tokens.peek().kind() == Kind.NAME && tokens.peekAfter().text().equals("(")) {
      String function = tokens.take().text();
      tokens.expect("(");
      Operand result =
          switch (function) {
            case "if_not_exists" -> {
              Path path = path();
              tokens.expect(",");
              yield new Expression.IfNotExists(path, setValue());
            }
            case "list_append" -> {
              Operand one = setOperand();
              tokens.expect(",");
              yield new Expression.ListAppend(one, setOperand());
            }
            default -> throw tokens.error("Invalid function name; function: " + function);
          };
      tokens.expect(")");
      return result;
    }
    if (tokens.skip("(")) {
      nest();
      Operand inner = setValue();
      tokens.expect(")");
      depth--;
      return inner;
    }
    return tokens.peek().kind() == Kind.PLACEHOLDER_VALUE ? literal() : new Expression.At(path());
  }

  private Condition or() {
    Condition condition = and();
    while (tokens.skip("OR")) {
      operator();
      condition = new Expression.Or(condition, and());
    }
    return condition;
  }

  private Condition and() {
    Condition condition = not();
    while (tokens.skip("AND")) {
      operator();
      condition = new Expression.And(condition, not());
    }
    return condition;
  }

  private Condition not() {
    if (tokens.skip("NOT")) {
      operator();
      nest();
      Condition condition = new Expression.Not(not());
      depth--;
      return condition;
    }
    if (tokens.skip("(")) {
      nest();
      Condition condition = or();
      tokens.expect(")");
      depth--;
      return condition;
    }
    return comparison();
  }

  private Condition comparison() {
    Token token = tokens.peek();
    if (token.kind() == Kind.NAME
        && tokens.peekAfter().text().equals("(")
        && !token.text().equals("size")) {
      return function();
    }
    Operand one = operand();
    operator();
    if (tokens.skip("BETWEEN")) {
      Operand low = operand();
      tokens.expect("AND");
      return new Expression.Between(one, low, operand());
    }
    if (tokens.skip("IN")) {
      tokens.expect("(");
      var candidates = new ArrayList<Operand>();
      do {
        candidates.add(operand());
      } while (tokens.skip(","));
      tokens.expect(")");
      return new Expression.In(one, candidates);
    }
    if (!COMPARATORS.contains(tokens.peek().text())) {
      throw tokens.syntax();
    }
    String comparator = tokens.take().text();
    Operand other = operand();
    if (one instanceof Expression.At(Path left)
        && other instanceof Expression.At(Path right)
        && left.equals(right)) {
      throw tokens.error(
          "The first operand must be distinct from the remaining operands for this operator or function; operator: "
              + comparator
              + ", first operand: "
              + left);
    }
    return new Expression.Compare(one, comparator, other);
  }

  private Condition function() {
    String function = tokens.take().text();
    if (!FUNCTIONS.contains(function)) {
      throw tokens.error("Invalid function name; function: " + function);
    }
    tokens.expect("(");
    Condition condition =
        switch (function) {
          case "attribute_exists" -> new Expression.Exists(path(), true);
          case "attribute_not_exists" -> new Expression.Exists(path(), false);
          default -> binary(function);
        };
    tokens.expect(")");
    return condition;
  }

  private Condition binary(String function) {
    if (function.equals("attribute_type")) {
      Path path = path();
      tokens.expect(",");
      return new Expression.IsType(path, operand());
    }
    Operand one = operand();
    tokens.expect(",");
    Operand other = operand();
    return function.equals("begins_with")
        ? new Expression.BeginsWith(one, other)
        : new Expression.Contains(one, other);
  }

  private Operand operand() {
    Token token = tokens.peek();
    if (token.kind() == Kind.PLACEHOLDER_VALUE) {
      return literal();
    }
    if (token.kind() == Kind.NAME
        && token.text().equals("size")
        && tokens.peekAfter().text().equals("(")) {
      tokens.take();
      tokens.expect("(");
      Path path = path();
      tokens.expect(")");
      return new Expression.Size(path);
    }
    return new Expression.At(path());
  }

  private Operand literal() {
    Token token = tokens.peek();
    if (token.kind() != Kind.PLACEHOLDER_VALUE) {
      throw tokens.syntax();
    }
    tokens.take();
    return new Expression.Literal(token.text(), placeholders.value(tokens, token.text()));
  }

  private Path path() {
    var steps = new ArrayList<Object>();
    steps.add(step());
    while (true) {
      if (tokens.skip(".")) {
        steps.add(step());
      } else if (tokens.skip("[")) {
        Token index = tokens.peek();
        if (index.kind() != Kind.NUMBER || index.text().length() > 9) {
          throw tokens.syntax();
        }
        tokens.take();
        steps.add(Integer.valueOf(index.text()));
        tokens.expect("]");
      } else {
        return new Path(steps);
      }
    }
  }

  private String step() {
    Token token = tokens.peek();
    return switch (token.kind()) {
      case PLACEHOLDER_NAME -> {
        tokens.take();
        yield placeholders.name(tokens, token.text());
      }
      case NAME -> {
        if (ReservedWords.contains(token.text())) {
          throw tokens.error(
              "Attribute name is a reserved keyword; reserved keyword: " + token.text());
        }
        tokens.take();
        yield token.text();
      }
      case PLACEHOLDER_VALUE, NUMBER, SYMBOL, END -> throw tokens.syntax();
    };
  }

  private void nest() {
    if (++depth > DynamoDbLimits.NESTING_MAX) {
      throw tokens.error("The expression contains too many nested levels");
    }
  }

  private void operator() {
    if (++operators > DynamoDbLimits.EXPRESSION_OPERATORS_MAX) {
      throw tokens.error(
          "The expression contains too many operators; operator count: " + operators);
    }
  }
}
