package dev.brume.services.lambda;

import dev.brume.functions.CodeStore;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.kms.DescribeKeyRequest;
import dev.brume.model.kms.KmsClient;
import dev.brume.model.lambda.*;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What functions may be: Lambda's limits, and what Brume does not do, refused by name.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
final class Admission {
  // https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
  private static final Set<String> SNAP_START =
      Set.of(
          "java11",
          "java17",
          "java21",
          "java25",
          "python3.12",
          "python3.13",
          "python3.14",
          "dotnet8",
          "dotnet9",
          "dotnet10");
  private final CodeStore store;
  private final Roles roles;
  private final KmsClient kms;

  Admission(CodeStore store, Roles roles, Operations operations) {
    this.store = store;
    this.roles = roles;
    kms = new KmsClient(operations);
  }

  static void check(CreateFunctionRequest in) {
    FunctionCode code = in.code();
    if ("Image".equals(in.packageType()) || code.imageUri() != null || in.imageConfig() != null) {
      throw noImages();
    }
    refuse("FileSystemConfigs", !in.fileSystemConfigs().isEmpty());
    refuse("CapacityProviderConfig", in.capacityProviderConfig() != null);
    refuse("DurableConfig", in.durableConfig() != null);
    refuse("TenancyConfig", in.tenancyConfig() != null);
    refuse("PublishTo", in.publishTo() != null);
    refuse("SourceKMSKeyArn", code.sourceKMSKeyArn() != null);
    refuse("S3ObjectStorageMode", code.s3ObjectStorageMode() != null);
    refuse("Ipv6AllowedForDualStack", dualStack(in.vpcConfig()));
  }

  static void check(UpdateFunctionCodeRequest in) {
    if (in.imageUri() != null) {
      throw noImages();
    }
    refuse("PublishTo", in.publishTo() != null);
    refuse("SourceKMSKeyArn", in.sourceKMSKeyArn() != null);
    refuse("S3ObjectStorageMode", in.s3ObjectStorageMode() != null);
  }

  static void check(UpdateFunctionConfigurationRequest in) {
    if (in.imageConfig() != null) {
      throw noImages();
    }
    refuse("FileSystemConfigs", !in.fileSystemConfigs().isEmpty());
    refuse("CapacityProviderConfig", in.capacityProviderConfig() != null);
    refuse("DurableConfig", in.durableConfig() != null);
    refuse("Ipv6AllowedForDualStack", dualStack(in.vpcConfig()));
  }

  private static boolean dualStack(@Nullable VpcConfig in) {
    return in != null && Boolean.TRUE.equals(in.ipv6AllowedForDualStack());
  }

  private static ServiceError noImages() {
    return LambdaErrors.invalid("Brume does not run functions from container images yet.");
  }

  private static void refuse(String name, boolean given) {
    if (given) {
      throw LambdaErrors.invalid("Brume does not support " + name + " of functions yet.");
    }
  }

  /// Limits that the model does not have.
  static void check(Configuration.Settings settings) {
    if (settings.timeoutSeconds() > LambdaLimits.TIMEOUT_MAX_SECONDS) {
      throw LambdaErrors.constraint(
          settings.timeoutSeconds(), "timeout", LambdaLimits.TIMEOUT_MAX_SECONDS);
    }
    if (settings.memoryMegabytes() > LambdaLimits.MEMORY_MAX_MEGABYTES) {
      throw LambdaErrors.invalid(
          "'MemorySize' value failed to satisfy constraint: Member must have value less than or"
              + " equal to "
              + LambdaLimits.MEMORY_MAX_MEGABYTES);
    }
    if (!settings.snapStart().equals("None") && !SNAP_START.contains(settings.runtime())) {
      throw LambdaErrors.invalid(
          settings.runtime() + " is not supported for SnapStart enabled functions.");
    }
    if (!settings.snapStart().equals("None")
        && settings.storageMegabytes() > LambdaLimits.STORAGE_DEFAULT_MEGABYTES) {
      throw LambdaErrors.invalid(
          "SnapStart does not support ephemeral storage greater than "
              + LambdaLimits.STORAGE_DEFAULT_MEGABYTES
              + " MB.");
    }
  }

  /// Throws when code and layers together are too large.
  void checkSize(Configuration.Code code, List<Configuration.LayerReference> layers) {
    if (layers.isEmpty()) {
      return;
    }
    var hashes = new ArrayList<String>();
    hashes.add(code.hash());
    layers.forEach(layer -> hashes.add(layer.hash()));
    long bytes = hashes.stream().mapToLong(store::unpackedBytes).sum();
    if (bytes > LambdaLimits.UNPACKED_BYTES_MAX) {
      throw LambdaErrors.invalid(
          "Function code combined with layers exceeds the maximum allowed size of "
              + LambdaLimits.UNPACKED_BYTES_MAX
              + " bytes. The actual size is "
              + bytes
              + " bytes.");
    }
  }

  /// Throws when a key is not there or cannot be used.
  void checkKey(FunctionName name, @Nullable String keyArn) {
    if (keyArn == null || keyArn.isEmpty()) {
      return;
    }
    Call call = roles.asService(name.account(), name.region(), name.functionArn());
    try {
      var key = kms.describeKey(call, new DescribeKeyRequest().keyId(keyArn)).keyMetadata();
      String state = key == null ? null : key.keyState();
      if (!"Enabled".equals(state)) {
        throw badKey("DisabledException", keyArn + " is " + state + ".");
      }
    } catch (ServiceError e) {
      throw e.code().equals("InvalidParameterValueException")
          ? e
          : badKey(e.code(), String.valueOf(e.getMessage()));
    }
  }

  private static ServiceError badKey(String code, String message) {
    return LambdaErrors.invalid(
        "Lambda was unable to configure access to your environment variables because the KMS key is"
            + " invalid for CreateGrant. Please check your KMS key settings. KMS Exception: "
            + code
            + " KMS Message: "
            + message);
  }
}
