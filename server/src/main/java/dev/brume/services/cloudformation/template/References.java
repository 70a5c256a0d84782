package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which resources a value refers to, by `Ref`, `Fn::GetAtt` and `Fn::Sub`.
public final class References {
  static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{([^}]*)}");
  private static final Pattern SUBSTITUTED = Pattern.compile("[A-Za-z0-9_.:]+");
  private static final Set<String> PSEUDO =
      Set.of(
          "AWS::AccountId",
          "AWS::NotificationARNs",
          "AWS::NoValue",
          "AWS::Partition",
          "AWS::Region",
          "AWS::StackId",
          "AWS::StackName",
          "AWS::URLSuffix");

  private final Predicate<String> conditions;
  private final boolean bothBranches;
  private final BiConsumer<String, String> found;
  private final BiConsumer<String, String> attributes;

  private References(
      Predicate<String> conditions, boolean bothBranches, BiConsumer<String, String> found) {
    this(conditions, bothBranches, found, (_, _) -> {});
  }

  private References(
      Predicate<String> conditions,
      boolean bothBranches,
      BiConsumer<String, String> found,
      BiConsumer<String, String> attributes) {
    this.conditions = conditions;
    this.bothBranches = bothBranches;
    this.found = found;
    this.attributes = attributes;
  }

  /// The logical ids (and parameter names) that the value refers to, taking of every `Fn::If` only
  /// the branch that counts.
  public static Set<String> of(JsonNode value, Predicate<String> conditions) {
    var names = new LinkedHashSet<String>();
    new References(conditions, false, (_, name) -> names.add(name)).walk(value);
    return names;
  }

  /// Throws `ValidationError` if something refers to what the template does not declare.
  static void check(Template template) {
    checkDependsOn(template);
    var unresolved = new TreeSet<String>();
    for (Template.Resource resource : template.resources().values()) {
      check(template, resource.properties(), unresolved);
      if (resource.condition() != null && !template.conditions().has(resource.condition())) {
        throw TemplateErrors.format(
            "Unresolved condition dependency "
                + resource.condition()
                + " in the Resources block of the template");
      }
    }
    if (!unresolved.isEmpty()) {
      throw unresolved(unresolved, "Resources");
    }
    check(template, template.outputs(), unresolved);
    if (!unresolved.isEmpty()) {
      throw unresolved(unresolved, "Outputs");
    }
    checkParametersOnly(template, template.conditions(), "Conditions");
    checkParametersOnly(template, template.rules(), "Rules");
    checkConditionNames(template, template.conditions());
    template.resources().values().forEach(each -> checkConditionNames(template, each.properties()));
    for (JsonNode output : template.outputs()) {
      JsonNode condition = output.path("Condition");
      if (condition.isTextual() && !template.conditions().has(condition.asText())) {
        throw TemplateErrors.format(
            "Unresolved condition dependency "
                + condition.asText()
                + " in the Outputs block of the template");
      }
    }
  }

  private static void checkParametersOnly(Template template, JsonNode value, String block) {
    BiConsumer<String, String> each =
        (_, name) -> {
          if (!template.parameters().containsKey(name) && !PSEUDO.contains(name)) {
            throw TemplateErrors.format(
                "Unresolved dependencies ["
                    + name
                    + "]. Cannot reference resources in the "
                    + block
                    + " block of the template");
          }
        };
    new References(_ -> true, true, each).walk(value);
  }

  /// The attributes that the resource asks of others, as `logical id` and `attribute`, taking of
  /// every `Fn::If` only the branch that counts.
  public static void attributes(
      JsonNode value, Predicate<String> conditions, BiConsumer<String, String> found) {
    new References(conditions, false, (_, _) -> {}, found).walk(value);
  }

  private static RuntimeException unresolved(Set<String> names, String block) {
    return TemplateErrors.format(
        "Unresolved resource dependencies "
            + names
            + " in the "
            + block
            + " block of the template");
  }

  private static void checkDependsOn(Template template) {
    var unknown = new TreeSet<String>();
    for (Template.Resource resource : template.resources().values()) {
      resource.dependsOn().stream()
          .filter(name -> !template.resources().containsKey(name))
          .forEach(unknown::add);
    }
    if (!unknown.isEmpty()) {
      throw unresolved(unknown, "Resources");
    }
  }

  private static void check(Template template, JsonNode value, Set<String> unresolved) {
    BiConsumer<String, String> each =
        (function, name) -> {
          boolean resource = template.resources().containsKey(name);
          if (function.equals("Fn::GetAtt") && !resource) {
            throw TemplateErrors.template(
                "instance of Fn::GetAtt references undefined resource " + name);
          }
          if (!resource && !template.parameters().containsKey(name) && !PSEUDO.contains(name)) {
            unresolved.add(name);
          }
        };
    new References(_ -> true, true, each).walk(value);
  }

  private static void checkConditionNames(Template template, JsonNode value) {
    JsonNode branches = value.isObject() && value.size() == 1 ? value.path("Fn::If") : value;
    if (value != branches && branches.path(0).isTextual()) {
      String name = branches.path(0).asText();
      if (!template.conditions().has(name)) {
        throw TemplateErrors.format(
            "Unresolved dependencies ["
                + name
                + "]. Cannot reference resources in the Conditions"
                + " block of the template");
      }
    }
    value.forEach(child -> checkConditionNames(template, child));
  }

  private void walk(JsonNode node) {
    if (node.isObject() && node.size() == 1) {
      Map.Entry<String, JsonNode> only = node.properties().iterator().next();
      if (function(only.getKey(), only.getValue())) {
        return;
      }
    }
    node.forEach(this::walk);
  }

  // Returns whether the function's argument needs no further walk.
  private boolean function(String name, JsonNode argument) {
    switch (name) {
      case "Ref" -> {
        if (argument.isTextual()) {
          found.accept("Ref", argument.asText());
        }
        return argument.isTextual();
      }
      case "Fn::GetAtt" -> {
        String target = argument.isArray() ? argument.path(0).asText() : argument.asText();
        int dot = target.indexOf('.');
        String id = argument.isArray() || dot < 0 ? target : target.substring(0, dot);
        found.accept("Fn::GetAtt", id);
        if (argument.isArray()) {
          attributes.accept(id, literal(argument));
        } else if (dot >= 0) {
          attributes.accept(id, target.substring(dot + 1));
        }
        return false;
      }
      case "Fn::Sub" -> {
        substitutions(argument);
        return argument.isTextual();
      }
      case "Fn::If" -> {
        if (bothBranches || argument.size() != 3) {
          return false;
        }
        walk(argument.get(conditions.test(argument.get(0).asText()) ? 1 : 2));
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  // The attribute's name, empty if a function gives it.
  private static String literal(JsonNode pair) {
    var name = new StringBuilder();
    for (int i = 1; i < pair.size(); i++) {
      if (!pair.get(i).isTextual()) {
        return "";
      }
      name.append(i > 1 ? "." : "").append(pair.get(i).asText());
    }
    return name.toString();
  }

  private void substitutions(JsonNode argument) {
    String text = argument.isArray() ? argument.path(0).asText() : argument.asText();
    for (String name : names(text)) {
      if (argument.isArray() && argument.path(1).has(name)) {
        continue;
      }
      int dot = name.indexOf('.');
      found.accept(dot < 0 ? "Ref" : "Fn::GetAtt", dot < 0 ? name : name.substring(0, dot));
      if (dot >= 0) {
        attributes.accept(name.substring(0, dot), name.substring(dot + 1));
      }
    }
  }

  private static List<String> names(String text) {
    var names = new ArrayList<String>();
    Matcher matcher = SUBSTITUTION.matcher(text);
    while (matcher.find()) {
      if (!matcher.group(1).startsWith("!")) {
        names.add(substituted(matcher.group(1)));
      }
    }
    return names;
  }

  /// The name between the braces of `${…}`. Throws `ValidationError` if it cannot be one.
  static String substituted(String between) {
    String name = between.strip();
    if (!SUBSTITUTED.matcher(name).matches()) {
      throw TemplateErrors.template(
          "variable names in Fn::Sub syntax must contain only alphanumeric characters,"
              + " underscores, periods, and colons");
    }
    return name;
  }
}
