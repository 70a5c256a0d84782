package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Template text to tree: JSON, or YAML with CloudFormation's short tags (`!Ref`, `!GetAtt`,
/// `!Sub`, …), which become their long forms. Bounded: 1 MB of text, and as many nodes as such a
/// text can spell out, so that aliases cannot multiply.
public final class TemplateText {
  /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
  public static final int TEMPLATE_BYTES_MAX = 1_048_576;

  private static final int NODES_MAX = 300_000;
  private static final int DEPTH_MAX = 100;
  private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9]*)");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?(0|[1-9][0-9]*)?\\.?[0-9]+([eE][-+]?[0-9]{1,3})?");
  private static final Set<String> TRUE = Set.of("true", "True", "TRUE");
  private static final Set<String> FALSE = Set.of("false", "False", "FALSE");
  private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
  private static final String STANDARD_TAG = "tag:yaml.org,2002:";

  private int nodes;

  private TemplateText() {}

  /// Throws a `ValidationError` that says where the text is wrong.
  public static ObjectNode parse(String text) {
    String start = text.stripLeading();
    JsonNode tree = start.startsWith("{") ? json(text) : yaml(text);
    if (tree instanceof ObjectNode object) {
      return object;
    }
    throw TemplateErrors.format("unsupported structure.");
  }

  private static JsonNode json(String text) {
    try {
      return Json.parse(text);
    } catch (JsonProcessingException e) {
      // YAML's flow style starts with a brace too.
      try {
        return yaml(text);
      } catch (RuntimeException alsoNotYaml) {
        var at = e.getLocation();
        throw TemplateErrors.format(
            "JSON not well-formed."
                + (at == null
                    ? ""
                    : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")"));
      }
    }
  }

  private static JsonNode yaml(String text) {
    var settings =
        LoadSettings.builder()
            .setAllowDuplicateKeys(false)
            .setAllowRecursiveKeys(false)
            .setMaxAliasesForCollections(50)
            .setCodePointLimit(4 * TEMPLATE_BYTES_MAX)
            .build();
    try {
      checkNesting(text, settings);
      Node root = new Compose(settings).composeString(text).orElse(null);
      return root == null ? NullNode.getInstance() : new TemplateText().tree(root, 0);
    } catch (MarkedYamlEngineException e) {
      throw TemplateErrors.format(
          "YAML not well-formed."
              + e.getProblemMark()
                  .map(
                      mark ->
                          " (line "
                              + (mark.getLine() + 1)
                              + ", column "
                              + (mark.getColumn() + 1)
                              + ")")
                  .orElse(""));
    } catch (YamlEngineException e) {
      throw TemplateErrors.format("YAML not well-formed. (" + e.getMessage() + ")");
    }
  }

  // The composer calls itself for each level, so the depth is counted before, event by event.
  private static void checkNesting(String text, LoadSettings settings) {
    int depth = 0;
    for (Event event : new Parse(settings).parseString(text)) {
      depth +=
          switch (event.getEventId()) {
            case MappingStart, SequenceStart -> 1;
            case MappingEnd, SequenceEnd -> -1;
            default -> 0;
          };
      if (depth > DEPTH_MAX) {
        throw tooMuch();
      }
    }
  }

  private static RuntimeException tooMuch() {
    return TemplateErrors.format("YAML aliases or nesting go beyond what a template may have.");
  }

  private JsonNode tree(Node node, int depth) {
    if (++nodes > NODES_MAX || depth > DEPTH_MAX) {
      throw tooMuch();
    }
    // The parser takes a plain `${Name}` for a reference to an environment variable; here it is
    // text.
    String tag = node.getTag().equals(Tag.ENV_TAG) ? Tag.STR.getValue() : node.getTag().getValue();
    String function = function(tag);
    if (function == null) {
      return value(node, depth, tag);
    }
    JsonNode argument = value(node, depth, "");
    if (function.equals("Fn::GetAtt") && argument.isTextual()) {
      String[] parts = argument.asText().split("\\.", 2);
      ArrayNode pair = Json.array();
      for (String part : parts) {
        pair.add(part);
      }
      argument = pair;
    }
    return Json.object().set(function, argument);
  }

  private JsonNode value(Node node, int depth, String tag) {
    return switch (node) {
      case ScalarNode scalar -> scalar(scalar, tag);
      case SequenceNode sequence -> {
        ArrayNode array = Json.array();
        for (Node element : sequence.getValue()) {
          array.add(tree(element, depth + 1));
        }
        yield array;
      }
      case MappingNode mapping -> {
        ObjectNode object = Json.object();
        for (NodeTuple tuple : mapping.getValue()) {
          if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            throw TemplateErrors.format("YAML keys must be strings.");
          }
          if (object.has(key.getValue())) {
            throw TemplateErrors.format("YAML not well-formed. Duplicate key " + key.getValue());
          }
          object.set(key.getValue(), tree(tuple.getValueNode(), depth + 1));
        }
        yield object;
      }
      default -> throw TemplateErrors.format("unsupported structure.");
    };
  }

  private static @Nullable String function(String tag) {
    // What the YAML library makes of a plain `${Name}`, which is text for Fn::Sub here.
    if (!tag.startsWith("!") || tag.length() < 2 || tag.equals("!ENV_VARIABLE")) {
      return null;
    }
    String name = tag.substring(1);
    return name.equals("Ref") || name.equals("Condition") ? name : "Fn::" + name;
  }

  // Leading zeros, dates and yes/no stay text: account ids and policy versions are written plainly.
  private static JsonNode scalar(ScalarNode node, String tag) {
    String text = node.getValue();
    if (!node.isPlain() || tag.equals(STANDARD_TAG + "str") && looksTyped(text)) {
      return TextNode.valueOf(text);
    }
    if (NULL.contains(text)) {
      return tag.isEmpty() ? TextNode.valueOf(text) : NullNode.getInstance();
    }
    if (TRUE.contains(text)) {
      return BooleanNode.TRUE;
    }
    if (FALSE.contains(text)) {
      return BooleanNode.FALSE;
    }
    if (INTEGER.matcher(text).matches()) {
      return text.length() <= 18
          ? LongNode.valueOf(Long.parseLong(text))
          : BigIntegerNode.valueOf(new BigInteger(text));
    }
    if (DECIMAL.matcher(text).matches() && !text.matches("[-+]?0[0-9]+.*")) {
      return digitsOnly(text) ? TextNode.valueOf(text) : DecimalNode.valueOf(new BigDecimal(text));
    }
    return TextNode.valueOf(text);
  }

  // A plain scalar has the tag that its text resolves to; an explicit `!!str` keeps it a string.
  private static boolean looksTyped(String text) {
    return TRUE.contains(text) || FALSE.contains(text) || INTEGER.matcher(text).matches();
  }

  private static boolean digitsOnly(String text) {
    return text.chars().allMatch(Character::isDigit);
  }
}
