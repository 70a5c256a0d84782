package dev.brume.services.lambda;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.lambda.*;
import dev.brume.services.lambda.LambdaStore.FunctionRow;
import dev.brume.services.lambda.LambdaStore.SigningRow;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import dev.brume.store.Tx;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Code signing configurations. There is no AWS Signer here, so nothing is signed: where a
/// configuration says `Enforce` no code is deployed, where it says `Warn` all of it is.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html>
final class CodeSigning {
  static final String ARN_PART = ":code-signing-config:";
  private static final int ID_LENGTH = 17;
  private final Kv kv;
  private final Ids ids;
  private final Catalog catalog;

  CodeSigning(Kv kv, Ids ids, Catalog catalog) {
    this.kv = kv;
    this.ids = ids;
    this.catalog = catalog;
  }

  CreateCodeSigningConfigResponse create(Call call, CreateCodeSigningConfigRequest in) {
    var row =
        new SigningRow(
            call.arn("lambda", "code-signing-config:csc-" + ids.hex(ID_LENGTH)),
            in.description() == null ? "" : in.description(),
            publishers(in.allowedPublishers()),
            policy(in.codeSigningPolicies(), "Warn"),
            Map.copyOf(in.tags()),
            call.now().toEpochMilli());
    kv.tx(
        tx -> {
          put(tx, row);
          return 0;
        });
    return new CreateCodeSigningConfigResponse().codeSigningConfig(shape(row));
  }

  GetCodeSigningConfigResponse get(Call call, GetCodeSigningConfigRequest in) {
    return new GetCodeSigningConfigResponse()
        .codeSigningConfig(
            shape(kv.read(reader -> row(reader, own(call, in.codeSigningConfigArn())))));
  }

  UpdateCodeSigningConfigResponse update(Call call, UpdateCodeSigningConfigRequest in) {
    SigningRow changed =
        kv.tx(
            tx -> {
              SigningRow old = row(tx, own(call, in.codeSigningConfigArn()));
              var row =
                  new SigningRow(
                      old.arn(),
                      in.description() == null ? old.description() : in.description(),
                      in.allowedPublishers() == null
                          ? old.publishers()
                          : publishers(in.allowedPublishers()),
                      policy(in.codeSigningPolicies(), old.policy()),
                      old.tags(),
                      call.now().toEpochMilli());
              put(tx, row);
              return row;
            });
    return new UpdateCodeSigningConfigResponse().codeSigningConfig(shape(changed));
  }

  void delete(Call call, DeleteCodeSigningConfigRequest in) {
    kv.tx(
        tx -> {
          SigningRow row = row(tx, own(call, in.codeSigningConfigArn()));
          if (!users(tx, row.arn()).isEmpty()) {
            throw LambdaErrors.signingConfigInUse(row.arn());
          }
          tx.delete(LambdaStore.signing(row.arn()));
          return 0;
        });
  }

  ListCodeSigningConfigsResponse list(Call call, ListCodeSigningConfigsRequest in) {
    List<CodeSigningConfig> all =
        kv
            .read(
                reader ->
                    LambdaStore.all(
                        reader,
                        LambdaStore.signings(call.account(), call.region()),
                        LambdaStore.SIGNING))
            .stream()
            .map(CodeSigning::shape)
            .toList();
    var page = Page.of(all, in.marker(), in.maxItems());
    return new ListCodeSigningConfigsResponse()
        .codeSigningConfigs(page.items())
        .nextMarker(page.next());
  }

  ListFunctionsByCodeSigningConfigResponse functions(
      Call call, ListFunctionsByCodeSigningConfigRequest in) {
    String arn = own(call, in.codeSigningConfigArn());
    List<String> all =
        kv.read(
            reader -> {
              exists(reader, arn);
              return users(reader, arn).stream()
                  .map(row -> FunctionName.of(call, row.name(), null).functionArn())
                  .toList();
            });
    var page = Page.of(all, in.marker(), in.maxItems());
    return new ListFunctionsByCodeSigningConfigResponse()
        .functionArns(page.items())
        .nextMarker(page.next());
  }

  PutFunctionCodeSigningConfigResponse put(Call call, PutFunctionCodeSigningConfigRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    String arn = own(call, in.codeSigningConfigArn());
    attach(name, arn);
    return new PutFunctionCodeSigningConfigResponse()
        .codeSigningConfigArn(arn)
        .functionName(name.name());
  }

  void delete(Call call, DeleteFunctionCodeSigningConfigRequest in) {
    attach(FunctionName.of(call, in.functionName(), null), null);
  }

  private void attach(FunctionName name, @Nullable String arn) {
    kv.tx(
        tx -> {
          if (arn != null) {
            exists(tx, arn);
          }
          FunctionRow changed = Catalog.row(tx, name).signed(arn);
          tx.put(LambdaStore.function(name), LambdaStore.FUNCTION.write(changed));
          catalog.forget(tx, name);
          return 0;
        });
  }

  GetFunctionCodeSigningConfigResponse get(Call call, GetFunctionCodeSigningConfigRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    String arn = catalog.resolve(name).row().signingConfigArn();
    var out = new GetFunctionCodeSigningConfigResponse();
    return arn == null ? out : out.codeSigningConfigArn(arn).functionName(name.name());
  }

  Map<String, String> tags(Call call, String arn) {
    return kv.read(reader -> row(reader, own(call, arn))).tags();
  }

  void tag(Call call, String arn, Map<String, String> added, List<String> removed) {
    kv.tx(
        tx -> {
          SigningRow old = row(tx, own(call, arn));
          Map<String, String> tags = new TreeMap<>(old.tags());
          tags.putAll(added);
          removed.forEach(tags::remove);
          put(tx, old.tagged(tags));
          return 0;
        });
  }

  /// Throws when unsigned code or layers must not be deployed to a function.
  ///
  /// @param arn of the function's configuration, null without one
  static void verify(Reader reader, FunctionName name, @Nullable String arn) {
    if (arn == null) {
      return;
    }
    exists(reader, arn);
    if (row(reader, arn).policy().equals("Enforce")) {
      throw LambdaErrors.notSigned(name.name());
    }
  }

  private static List<FunctionRow> users(Reader reader, String arn) {
    String[] parts = arn.split(":");
    return LambdaStore.all(reader, LambdaStore.functions(parts[4], parts[3]), LambdaStore.FUNCTION)
        .stream()
        .filter(row -> arn.equals(row.signingConfigArn()))
        .toList();
  }

  // Of another account there is none to be seen.
  private static String own(Call call, String arn) {
    String[] parts = arn.split(":");
    if (parts.length != 7 || !parts[3].equals(call.region()) || !parts[4].equals(call.account())) {
      throw LambdaErrors.noSigningConfig(arn);
    }
    return arn;
  }

  private static SigningRow row(Reader reader, String arn) {
    SigningRow row = LambdaStore.get(reader, LambdaStore.signing(arn), LambdaStore.SIGNING);
    if (row == null) {
      throw LambdaErrors.noSigningConfig(arn);
    }
    return row;
  }

  private static void exists(Reader reader, String arn) {
    if (reader.get(LambdaStore.signing(arn)) == null) {
      throw LambdaErrors.signingConfigNotFound(arn);
    }
  }

  private static void put(Tx tx, SigningRow row) {
    tx.put(LambdaStore.signing(row.arn()), LambdaStore.SIGNING.write(row));
  }

  private static List<String> publishers(@Nullable AllowedPublishers given) {
    return given == null ? List.of() : List.copyOf(given.signingProfileVersionArns());
  }

  private static String policy(@Nullable CodeSigningPolicies given, String otherwise) {
    String policy = given == null ? null : given.untrustedArtifactOnDeployment();
    return policy == null ? otherwise : policy;
  }

  private static CodeSigningConfig shape(SigningRow row) {
    return new CodeSigningConfig()
        .codeSigningConfigArn(row.arn())
        .codeSigningConfigId(row.arn().substring(row.arn().lastIndexOf(':') + 1))
        .description(row.description())
        .allowedPublishers(new AllowedPublishers().signingProfileVersionArns(row.publishers()))
        .codeSigningPolicies(new CodeSigningPolicies().untrustedArtifactOnDeployment(row.policy()))
        .lastModified(Shapes.time(row.modifiedMillis()));
  }
}
