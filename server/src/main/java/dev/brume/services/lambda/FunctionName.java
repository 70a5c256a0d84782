package dev.brume.services.lambda;

import dev.brume.model.Call;
import dev.brume.model.Principal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How callers name a function: `name`, `name:qualifier`, `account:function:name`, or an ARN, the
/// qualifier also as a parameter of its own.
///
/// @param qualifier a version, an alias or `$LATEST`; null when not given
record FunctionName(String account, String region, String name, @Nullable String qualifier) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:arn:aws[a-zA-Z-]*:lambda:([a-z0-9-]+):)?(?:(\\d{12}):)?(?:function:)?"
              + "([a-zA-Z0-9-_]+)(?::(\\$LATEST|[a-zA-Z0-9-_]+))?");

  /// A function of the caller's account and region: others are not reachable.
  static FunctionName of(Call call, String given, @Nullable String qualifier) {
    FunctionName name = anyones(call, given, qualifier);
    if (!name.account.equals(call.account())) {
      throw LambdaErrors.otherAccount(call.principal().arn(), name.arn());
    }
    return name;
  }

  /// A function of any account, for those who may be let in by the function's policy.
  static FunctionName anyones(Call call, String given, @Nullable String qualifier) {
    Matcher matcher = FORM.matcher(given);
    if (!matcher.matches()) {
      throw LambdaErrors.functionNotFound(given);
    }
    String inside = matcher.group(4);
    if (inside != null && qualifier != null && !inside.equals(qualifier)) {
      throw LambdaErrors.invalid(
          "The derived qualifier from the function name does not match the specified qualifier.");
    }
    boolean elsewhere = matcher.group(1) != null && !matcher.group(1).equals(call.region());
    if (elsewhere && !(call.principal() instanceof Principal.ServicePrincipal)) {
      throw LambdaErrors.otherRegion(matcher.group(1), call.region());
    }
    return new FunctionName(
        matcher.group(2) == null ? call.account() : matcher.group(2),
        matcher.group(1) == null ? call.region() : matcher.group(1),
        matcher.group(3),
        inside == null ? qualifier : inside);
  }

  /// Where the function lives, for rows: the caller's circumstances in its account and region.
  Call in(Call call) {
    return call.in(account, region);
  }

  /// The same function with another qualifier.
  FunctionName qualified(@Nullable String other) {
    return new FunctionName(account, region, name, other);
  }

  /// Without qualifier.
  String functionArn() {
    return "arn:aws:lambda:" + region + ":" + account + ":function:" + name;
  }

  /// Another version or alias of the same function.
  FunctionName at(String other) {
    return new FunctionName(account, region, name, other);
  }

  /// As it was asked for.
  String arn() {
    return qualifier == null ? functionArn() : functionArn() + ":" + qualifier;
  }

  boolean latest() {
    return qualifier == null || qualifier.equals(Configuration.LATEST);
  }

  boolean numbered() {
    return qualifier != null && qualifier.chars().allMatch(Character::isDigit);
  }
}
