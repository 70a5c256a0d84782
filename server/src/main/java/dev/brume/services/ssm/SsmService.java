package dev.brume.services.ssm;

import dev.brume.model.Call;
import dev.brume.model.ssm.*;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// The Parameter Store's operations.
public final class SsmService implements SsmApi {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.\\-/]+");
  private final Kv kv;
  private final SsmStore store = new SsmStore();

  public SsmService(Kv kv) {
    this.kv = kv;
  }

  @Override
  public PutParameterResult putParameter(Call call, PutParameterRequest in) {
    if (in.policies() != null && !in.policies().isEmpty()) {
      throw SsmErrors.unsupported("Policies");
    }
    String name = plainName(in.name());
    checkName(name);
    String tier =
        in.tier() == null || in.tier().equals("Intelligent-Tiering")
            ? tierFor(in.value())
            : in.tier();
    StoredParameter stored =
        kv.tx(
            tx -> {
              StoredParameter before = store.get(tx, call, name);
              if (before != null && !Boolean.TRUE.equals(in.overwrite())) {
                throw SsmErrors.exists();
              }
              if (before != null && in.hasTags()) {
                throw SsmErrors.validation(
                    "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.");
              }
              var version = version(call, in, before == null ? null : before.current(), tier);
              var tags = new LinkedHashMap<String, String>();
              in.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
              StoredParameter after =
                  before == null
                      ? new StoredParameter(name, List.of(version), tags)
                      : before.with(version);
              store.put(tx, call, after);
              return after;
            });
    return new PutParameterResult()
        .version(stored.current().number())
        .tier(stored.current().tier());
  }

  private static StoredParameter.Version version(
      Call call, PutParameterRequest in, StoredParameter.@Nullable Version before, String tier) {
    String type = in.type() != null ? in.type() : before == null ? "" : before.type();
    if (type.isEmpty()) {
      throw SsmErrors.validation("A parameter type is required when you create a parameter.");
    }
    int max = tier.equals("Advanced") ? SsmLimits.ADVANCED_BYTES_MAX : SsmLimits.STANDARD_BYTES_MAX;
    if (in.value().isEmpty()) {
      throw SsmErrors.validation(
          "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.");
    }
    if (in.value().getBytes(StandardCharsets.UTF_8).length > max) {
      throw SsmErrors.validation(
          tier + " tier parameters support a maximum parameter value of " + max + " characters.");
    }
    String pattern =
        in.allowedPattern() != null
            ? in.allowedPattern()
            : before == null ? null : before.allowedPattern();
    if (pattern != null && !pattern.isEmpty()) {
      checkPattern(pattern, in.value());
    }
    String keyId =
        type.equals("SecureString") ? in.keyId() == null ? "alias/aws/ssm" : in.keyId() : null;
    return new StoredParameter.Version(
        before == null ? 1 : before.number() + 1,
        type,
        in.value(),
        in.description() != null ? in.description() : before == null ? null : before.description(),
        keyId,
        pattern,
        tier,
        in.dataType() == null ? "text" : in.dataType(),
        call.principal().arn(),
        call.now().toEpochMilli());
  }

  private static void checkPattern(String pattern, String value) {
    try {
      if (!Pattern.compile(pattern).matcher(value).matches()) {
        throw SsmErrors.patternMismatch(pattern);
      }
    } catch (PatternSyntaxException e) {
      throw new InvalidAllowedPatternException(
          "The request does not meet the regular expression requirement: " + pattern);
    }
  }

  private static String tierFor(String value) {
    return value.getBytes(StandardCharsets.UTF_8).length > SsmLimits.STANDARD_BYTES_MAX
        ? "Advanced"
        : "Standard";
  }

  private static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw SsmErrors.validation(
          "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_");
    }
    String first = name.startsWith("/") ? name.substring(1) : name;
    String lower = first.toLowerCase(java.util.Locale.ROOT);
    if (lower.startsWith("aws") || lower.startsWith("ssm")) {
      throw SsmErrors.validation("No access to reserved parameter name: " + name + ".");
    }
    if (name.contains("/") && !name.startsWith("/")) {
      throw SsmErrors.validation("Parameter name must be a fully qualified name.");
    }
    if (name.chars().filter(c -> c == '/').count() > SsmLimits.LEVELS_MAX) {
      throw SsmErrors.tooDeep();
    }
  }

  @Override
  public GetParameterResult getParameter(Call call, GetParameterRequest in) {
    Parameter found =
        kv.<java.util.Optional<Parameter>>read(
                reader -> java.util.Optional.ofNullable(find(reader, call, in.name(), true)))
            .orElse(null);
    if (found == null) {
      throw SsmErrors.notFound(
          in.name().startsWith("/") || in.name().startsWith("arn:") ? "" : in.name());
    }
    return new GetParameterResult().parameter(found);
  }

  @Override
  public GetParametersResult getParameters(Call call, GetParametersRequest in) {
    return kv.read(
        reader -> {
          var found = new ArrayList<Parameter>();
          var invalid = new ArrayList<String>();
          for (String name : in.names()) {
            Parameter parameter = find(reader, call, name, false);
            if (parameter == null) {
              invalid.add(name);
            } else {
              found.add(parameter);
            }
          }
          return new GetParametersResult().parameters(found).invalidParameters(invalid);
        });
  }

  /// A parameter by `name`, `name:version` or ARN, null if there is none.
  private @Nullable Parameter find(Reader reader, Call call, String asked, boolean strict) {
    String name = plainName(asked);
    int colon = name.lastIndexOf(':');
    String selector = colon > 0 ? name.substring(colon + 1) : null;
    String plain = colon > 0 ? name.substring(0, colon) : name;
    StoredParameter stored = store.get(reader, call, plain);
    if (stored == null) {
      return null;
    }
    StoredParameter.Version version = stored.current();
    if (selector != null) {
      version = selector.matches("\\d{1,9}") ? stored.version(Long.parseLong(selector)) : null;
      if (version == null) {
        if (strict) {
          throw SsmErrors.noVersion(plain, selector);
        }
        return null;
      }
    }
    Parameter shown = shown(call, stored, version);
    return selector == null ? shown : shown.selector(":" + selector);
  }

  private static Parameter shown(
      Call call, StoredParameter stored, StoredParameter.Version version) {
    return new Parameter()
        .name(stored.name())
        .type(version.type())
        .value(version.value())
        .version(version.number())
        .dataType(version.dataType())
        .lastModifiedDate(Instant.ofEpochMilli(version.modifiedMillis()))
        .arn(arn(call, stored.name()));
  }

  @Override
  public GetParametersByPathResult getParametersByPath(Call call, GetParametersByPathRequest in) {
    if (in.hasParameterFilters()) {
      throw SsmErrors.unsupported("ParameterFilters");
    }
    if (!in.path().startsWith("/")) {
      throw SsmErrors.validation(
          "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash \"/\".");
    }
    String path = in.path().endsWith("/") ? in.path() : in.path() + "/";
    boolean recursive = Boolean.TRUE.equals(in.recursive());
    List<Parameter> all =
        kv.read(reader -> store.all(reader, call)).stream()
            .filter(
                parameter ->
                    parameter.name().startsWith(path)
                        && (recursive || parameter.name().indexOf('/', path.length()) < 0))
            .map(parameter -> shown(call, parameter, parameter.current()))
            .toList();
    var page =
        Paging.of(
            all,
            in.nextToken(),
            in.maxResults() == null ? SsmLimits.PATH_PAGE_DEFAULT : in.maxResults());
    return new GetParametersByPathResult().parameters(page.items()).nextToken(page.next());
  }

  @Override
  public DeleteParameterResult deleteParameter(Call call, DeleteParameterRequest in) {
    String name = plainName(in.name());
    kv.tx(
        tx -> {
          if (store.get(tx, call, name) == null) {
            throw SsmErrors.notFound("");
          }
          store.delete(tx, call, name);
          return 0;
        });
    return new DeleteParameterResult();
  }

  @Override
  public DeleteParametersResult deleteParameters(Call call, DeleteParametersRequest in) {
    return kv.tx(
        tx -> {
          var deleted = new ArrayList<String>();
          var invalid = new ArrayList<String>();
          for (String name : in.names()) {
            if (store.get(tx, call, plainName(name)) == null) {
              invalid.add(name);
            } else {
              store.delete(tx, call, plainName(name));
              deleted.add(name);
            }
          }
          return new DeleteParametersResult().deletedParameters(deleted).invalidParameters(invalid);
        });
  }

  @Override
  public DescribeParametersResult describeParameters(Call call, DescribeParametersRequest in) {
    if (in.hasFilters()) {
      throw SsmErrors.unsupported("Filters");
    }
    List<ParameterMetadata> all =
        kv.read(reader -> store.all(reader, call)).stream()
            .filter(
                parameter ->
                    in.parameterFilters().stream()
                        .allMatch(filter -> Filters.matches(filter, parameter)))
            .map(parameter -> metadata(call, parameter))
            .toList();
    var page =
        Paging.of(
            all,
            in.nextToken(),
            in.maxResults() == null ? SsmLimits.DESCRIBE_PAGE_DEFAULT : in.maxResults());
    return new DescribeParametersResult().parameters(page.items()).nextToken(page.next());
  }

  private static ParameterMetadata metadata(Call call, StoredParameter stored) {
    StoredParameter.Version version = stored.current();
    return new ParameterMetadata()
        .name(stored.name())
        .arn(arn(call, stored.name()))
        .type(version.type())
        .keyId(version.keyId())
        .lastModifiedDate(Instant.ofEpochMilli(version.modifiedMillis()))
        .lastModifiedUser(version.user())
        .description(version.description())
        .allowedPattern(version.allowedPattern())
        .version(version.number())
        .tier(version.tier())
        .dataType(version.dataType())
        .policies(List.of());
  }

  @Override
  public GetParameterHistoryResult getParameterHistory(Call call, GetParameterHistoryRequest in) {
    String name = plainName(in.name());
    StoredParameter stored =
        kv.<java.util.Optional<StoredParameter>>read(
                reader -> java.util.Optional.ofNullable(store.get(reader, call, name)))
            .orElse(null);
    if (stored == null) {
      throw SsmErrors.notFound("");
    }
    List<ParameterHistory> all =
        stored.versions().stream()
            .map(
                version ->
                    new ParameterHistory()
                        .name(name)
                        .type(version.type())
                        .keyId(version.keyId())
                        .value(version.value())
                        .version(version.number())
                        .description(version.description())
                        .allowedPattern(version.allowedPattern())
                        .tier(version.tier())
                        .dataType(version.dataType())
                        .lastModifiedUser(version.user())
                        .lastModifiedDate(Instant.ofEpochMilli(version.modifiedMillis()))
                        .labels(List.of())
                        .policies(List.of()))
            .toList();
    var page =
        Paging.of(
            all,
            in.nextToken(),
            in.maxResults() == null ? SsmLimits.DESCRIBE_PAGE_DEFAULT : in.maxResults());
    return new GetParameterHistoryResult().parameters(page.items()).nextToken(page.next());
  }

  @Override
  public AddTagsToResourceResult addTagsToResource(Call call, AddTagsToResourceRequest in) {
    retag(
        call,
        in.resourceType(),
        in.resourceId(),
        tags -> in.tags().forEach(tag -> tags.put(tag.key(), tag.value())));
    return new AddTagsToResourceResult();
  }

  @Override
  public RemoveTagsFromResourceResult removeTagsFromResource(
      Call call, RemoveTagsFromResourceRequest in) {
    retag(call, in.resourceType(), in.resourceId(), tags -> in.tagKeys().forEach(tags::remove));
    return new RemoveTagsFromResourceResult();
  }

  @Override
  public ListTagsForResourceResult listTagsForResource(Call call, ListTagsForResourceRequest in) {
    StoredParameter stored =
        kv.read(reader -> tagged(reader, call, in.resourceType(), in.resourceId()));
    return new ListTagsForResourceResult()
        .tagList(
            stored.tags().entrySet().stream()
                .map(e -> new Tag().key(e.getKey()).value(e.getValue()))
                .toList());
  }

  private void retag(Call call, String type, String id, Consumer<Map<String, String>> change) {
    kv.tx(
        tx -> {
          StoredParameter stored = tagged(tx, call, type, id);
          var tags = new LinkedHashMap<>(stored.tags());
          change.accept(tags);
          store.put(tx, call, stored.withTags(tags));
          return 0;
        });
  }

  private StoredParameter tagged(Reader reader, Call call, String type, String id) {
    if (!type.equals("Parameter")) {
      throw SsmErrors.unsupported("ResourceType " + type);
    }
    StoredParameter stored = store.get(reader, call, plainName(id));
    if (stored == null) {
      throw SsmErrors.invalidResource(id);
    }
    return stored;
  }

  private static String plainName(String nameOrArn) {
    if (!nameOrArn.startsWith("arn:")) {
      return nameOrArn;
    }
    String[] parts = nameOrArn.split(":", 6);
    String resource = parts.length < 6 ? "" : parts[5].replaceFirst("^parameter", "");
    // The ARN of `name` is …:parameter/name, that of `/a/name` is …:parameter/a/name.
    return resource.indexOf('/', 1) < 0
        ? resource.substring(Math.min(1, resource.length()))
        : resource;
  }

  private static String arn(Call call, String name) {
    return call.arn("ssm", "parameter" + (name.startsWith("/") ? name : "/" + name));
  }
}
