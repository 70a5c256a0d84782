package dev.brume.services.lambda;

import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.kms.DecryptRequest;
import dev.brume.model.kms.EncryptRequest;
import dev.brume.model.kms.KmsClient;
import dev.brume.model.lambda.EventSourceMappingConfiguration;
import dev.brume.model.lambda.Filter;
import dev.brume.model.lambda.FilterCriteria;
import dev.brume.model.lambda.FilterCriteriaError;
import dev.brume.services.lambda.LambdaStore.MappingRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Filter patterns that are kept encrypted under a customer's key: who may decrypt with it sees
/// them, the service itself filters with them.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>
final class FilterSecrets {
  private final Roles roles;
  private final KmsClient kms;

  FilterSecrets(Roles roles, Operations operations) {
    this.roles = roles;
    kms = new KmsClient(operations);
  }

  /// The patterns as they are kept.
  ///
  /// @param keyArn null to keep them as they are
  List<String> close(FunctionName function, @Nullable String keyArn, List<String> patterns) {
    if (keyArn == null) {
      return patterns;
    }
    Call call = asService(function);
    var kept = new ArrayList<String>();
    try {
      for (String pattern : patterns) {
        var in =
            new EncryptRequest().keyId(keyArn).plaintext(pattern.getBytes(StandardCharsets.UTF_8));
        kept.add(Base64.getEncoder().encodeToString(kms.encrypt(call, in).ciphertextBlob()));
      }
    } catch (ServiceError e) {
      throw LambdaErrors.invalid(
          "Lambda was unable to encrypt the filter criteria because the KMS key is invalid. Please"
              + " check your KMS key settings. KMS Exception: "
              + e.code()
              + " KMS Message: "
              + e.getMessage());
    }
    return kept;
  }

  /// The patterns themselves, for the service. Throws KMS's error.
  List<String> open(FunctionName function, MappingRow row) {
    return open(asService(function), row);
  }

  private List<String> open(Call call, MappingRow row) {
    String key = row.kmsKeyArn();
    if (key == null) {
      return row.filters();
    }
    var patterns = new ArrayList<String>();
    for (String kept : row.filters()) {
      byte[] blob = Base64.getDecoder().decode(kept);
      byte[] plain =
          kms.decrypt(call, new DecryptRequest().keyId(key).ciphertextBlob(blob)).plaintext();
      patterns.add(new String(plain == null ? new byte[0] : plain, StandardCharsets.UTF_8));
    }
    return patterns;
  }

  /// Shows the patterns to a caller, or why not.
  void show(Call call, MappingRow row, EventSourceMappingConfiguration out) {
    if (row.kmsKeyArn() != null) {
      out.kmsKeyArn(row.kmsKeyArn());
    }
    if (row.filters().isEmpty()) {
      return;
    }
    try {
      List<Filter> filters =
          open(call, row).stream().map(pattern -> new Filter().pattern(pattern)).toList();
      out.filterCriteria(new FilterCriteria().filters(filters));
    } catch (ServiceError e) {
      out.filterCriteriaError(
          new FilterCriteriaError().errorCode(e.code()).message(e.getMessage()));
    }
  }

  private Call asService(FunctionName function) {
    return roles.asService(function.account(), function.region(), function.functionArn());
  }
}
