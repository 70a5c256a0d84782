package dev.brume.services.s3;

import dev.brume.model.Call;
import dev.brume.model.Struct;
import dev.brume.model.s3.*;
import dev.brume.model.s3.Tag;
import dev.brume.protocol.Documents;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The settings of a bucket: each a document of its own, with its own error when there is none.
final class Settings {
  static final String ENCRYPTION = "encryption";
  static final String POLICY = "policy";
  static final String TAGGING = "tagging";
  static final String LIFECYCLE = "lifecycle";
  static final String CORS = "cors";
  static final String WEBSITE = "website";
  static final String PUBLIC_ACCESS = "publicAccessBlock";
  static final String OWNERSHIP = "ownershipControls";
  static final String LOGGING = "logging";
  static final String ACCELERATE = "accelerate";
  static final String REQUEST_PAYMENT = "requestPayment";

  private final Kv kv;
  private final S3Store store;

  Settings(Kv kv, S3Store store) {
    this.kv = kv;
    this.store = store;
  }

  /// Keeps a setting whole.
  void put(String bucket, @Nullable String expectedOwner, String kind, @Nullable Struct value) {
    if (value == null) {
      throw S3Errors.malformedXml();
    }
    byte[] document = Documents.write(value);
    kv.tx(
        tx -> {
          Bucket of = store.require(tx, bucket, expectedOwner);
          tx.put(S3Store.settingKey(of.name(), kind), document);
          return of;
        });
  }

  void delete(String bucket, @Nullable String expectedOwner, String kind) {
    kv.tx(
        tx -> {
          Bucket of = store.require(tx, bucket, expectedOwner);
          tx.delete(S3Store.settingKey(of.name(), kind));
          return of;
        });
  }

  /// Changes the bucket's own row.
  void change(
      String bucket,
      @Nullable String expectedOwner,
      java.util.function.BiFunction<Tx, Bucket, Bucket> change) {
    kv.tx(
        tx -> {
          Bucket changed = change.apply(tx, store.require(tx, bucket, expectedOwner));
          store.putBucket(tx, changed);
          return changed;
        });
  }

  /// Fills `into` from the setting; returns null if the bucket has none.
  <T extends Struct> @Nullable T get(
      String bucket, @Nullable String expectedOwner, String kind, T into) {
    return kv.read(
        reader -> read(reader, store.require(reader, bucket, expectedOwner), kind, into));
  }

  private static <T extends Struct> @Nullable T read(
      Reader reader, Bucket bucket, String kind, T into) {
    byte[] document = reader.get(S3Store.settingKey(bucket.name(), kind));
    return document == null ? null : Documents.read(document, into);
  }

  /// What objects are encrypted with when their writer does not say.
  Version.Encryption defaultEncryption(Reader reader, Bucket bucket) {
    ServerSideEncryptionConfiguration configured =
        read(reader, bucket, ENCRYPTION, new ServerSideEncryptionConfiguration());
    if (configured == null || configured.rules().isEmpty()) {
      return Version.Encryption.AES256;
    }
    ServerSideEncryptionRule rule = configured.rules().getFirst();
    ServerSideEncryptionByDefault fallback = rule.applyServerSideEncryptionByDefault();
    if (fallback == null || fallback.sseAlgorithm().equals("AES256")) {
      return Version.Encryption.AES256;
    }
    return new Version.Encryption(
        fallback.sseAlgorithm(), fallback.kmsMasterKeyID(), rule.bucketKeyEnabled(), null);
  }

  GetBucketEncryptionOutput encryption(GetBucketEncryptionRequest in) {
    ServerSideEncryptionConfiguration configured =
        get(
            in.bucket(),
            in.expectedBucketOwner(),
            ENCRYPTION,
            new ServerSideEncryptionConfiguration());
    if (configured == null) {
      var rule = new ServerSideEncryptionRule().bucketKeyEnabled(false);
      rule.applyServerSideEncryptionByDefault(
          new ServerSideEncryptionByDefault().sseAlgorithm("AES256"));
      configured = new ServerSideEncryptionConfiguration().rules(List.of(rule));
    }
    return new GetBucketEncryptionOutput().serverSideEncryptionConfiguration(configured);
  }

  void putEncryption(PutBucketEncryptionRequest in) {
    ServerSideEncryptionConfiguration given = in.serverSideEncryptionConfiguration();
    if (given == null || given.rules().isEmpty()) {
      throw S3Errors.malformedXml();
    }
    for (ServerSideEncryptionRule rule : given.rules()) {
      ServerSideEncryptionByDefault fallback = rule.applyServerSideEncryptionByDefault();
      if (fallback == null) {
        continue;
      }
      switch (fallback.sseAlgorithm()) {
        case "AES256", "aws:kms" -> {}
        case "aws:kms:dsse" -> throw S3Errors.notImplemented("dual-layer encryption");
        default -> throw S3Errors.malformedXml();
      }
    }
    put(in.bucket(), in.expectedBucketOwner(), ENCRYPTION, given);
  }

  GetBucketTaggingOutput tagging(GetBucketTaggingRequest in) {
    GetBucketTaggingOutput tags =
        get(in.bucket(), in.expectedBucketOwner(), TAGGING, new GetBucketTaggingOutput());
    if (tags == null) {
      throw S3Errors.noSetting("NoSuchTagSet", "The TagSet does not exist", in.bucket());
    }
    return tags;
  }

  void putTagging(PutBucketTaggingRequest in) {
    if (in.tagging() == null) {
      throw S3Errors.malformedXml();
    }
    List<Tag> tags = new ArrayList<>(in.tagging().tagSet());
    Tags.of(tags, S3Limits.BUCKET_TAGS_MAX);
    // The system's own tags, e.g. CloudFormation's, stay whatever users put.
    GetBucketTaggingOutput present =
        get(in.bucket(), in.expectedBucketOwner(), TAGGING, new GetBucketTaggingOutput());
    if (present != null) {
      var given = tags.stream().map(Tag::key).collect(Collectors.toSet());
      present.tagSet().stream()
          .filter(tag -> tag.key().startsWith("aws:") && !given.contains(tag.key()))
          .forEach(tags::add);
    }
    put(in.bucket(), in.expectedBucketOwner(), TAGGING, new GetBucketTaggingOutput().tagSet(tags));
  }

  GetBucketLifecycleConfigurationOutput lifecycle(GetBucketLifecycleConfigurationRequest in) {
    return present(
        get(
            in.bucket(),
            in.expectedBucketOwner(),
            LIFECYCLE,
            new GetBucketLifecycleConfigurationOutput()),
        "NoSuchLifecycleConfiguration",
        "The lifecycle configuration does not exist",
        in.bucket());
  }

  PutBucketLifecycleConfigurationOutput putLifecycle(
      Call call, PutBucketLifecycleConfigurationRequest in, Lifecycle lifecycle) {
    BucketLifecycleConfiguration given = in.lifecycleConfiguration();
    if (given == null || given.rules().isEmpty()) {
      throw S3Errors.malformedXml();
    }
    for (LifecycleRule rule : given.rules()) {
      if (!"Enabled".equals(rule.status()) && !"Disabled".equals(rule.status())) {
        throw S3Errors.malformedXml();
      }
    }
    var kept =
        new GetBucketLifecycleConfigurationOutput()
            .rules(given.rules())
            .transitionDefaultMinimumObjectSize(minimumSize(in));
    byte[] document = Documents.write(kept);
    kv.tx(
        tx -> {
          Bucket of = store.require(tx, in.bucket(), in.expectedBucketOwner());
          tx.put(S3Store.settingKey(of.name(), LIFECYCLE), document);
          lifecycle.schedule(tx, of.name(), call.now());
          return of;
        });
    return new PutBucketLifecycleConfigurationOutput()
        .transitionDefaultMinimumObjectSize(in.transitionDefaultMinimumObjectSize());
  }

  private static String minimumSize(PutBucketLifecycleConfigurationRequest in) {
    String given = in.transitionDefaultMinimumObjectSize();
    return given == null ? "all_storage_classes_128K" : given;
  }

  GetBucketCorsOutput cors(GetBucketCorsRequest in) {
    return present(
        get(in.bucket(), in.expectedBucketOwner(), CORS, new GetBucketCorsOutput()),
        "NoSuchCORSConfiguration",
        "The CORS configuration does not exist",
        in.bucket());
  }

  void putCors(PutBucketCorsRequest in) {
    Cors.check(in.corsConfiguration());
    put(in.bucket(), in.expectedBucketOwner(), CORS, in.corsConfiguration());
  }

  GetBucketWebsiteOutput website(GetBucketWebsiteRequest in) {
    return present(
        get(in.bucket(), in.expectedBucketOwner(), WEBSITE, new GetBucketWebsiteOutput()),
        "NoSuchWebsiteConfiguration",
        "The specified bucket does not have a website configuration",
        in.bucket());
  }

  GetPublicAccessBlockOutput publicAccess(GetPublicAccessBlockRequest in) {
    return new GetPublicAccessBlockOutput()
        .publicAccessBlockConfiguration(
            present(
                get(
                    in.bucket(),
                    in.expectedBucketOwner(),
                    PUBLIC_ACCESS,
                    new PublicAccessBlockConfiguration()),
                "NoSuchPublicAccessBlockConfiguration",
                "The public access block configuration was not found",
                in.bucket()));
  }

  GetBucketOwnershipControlsOutput ownership(GetBucketOwnershipControlsRequest in) {
    return new GetBucketOwnershipControlsOutput()
        .ownershipControls(
            present(
                get(in.bucket(), in.expectedBucketOwner(), OWNERSHIP, new OwnershipControls()),
                "OwnershipControlsNotFoundError",
                "The bucket ownership controls were not found",
                in.bucket()));
  }

  GetBucketLoggingOutput logging(GetBucketLoggingRequest in) {
    GetBucketLoggingOutput kept =
        get(in.bucket(), in.expectedBucketOwner(), LOGGING, new GetBucketLoggingOutput());
    return kept == null ? new GetBucketLoggingOutput() : kept;
  }

  void putLogging(PutBucketLoggingRequest in) {
    if (in.bucketLoggingStatus() != null && in.bucketLoggingStatus().loggingEnabled() != null) {
      throw S3Errors.notImplemented("S3 server access logs");
    }
    delete(in.bucket(), in.expectedBucketOwner(), LOGGING);
  }

  GetBucketAccelerateConfigurationOutput accelerate(GetBucketAccelerateConfigurationRequest in) {
    GetBucketAccelerateConfigurationOutput kept =
        get(
            in.bucket(),
            in.expectedBucketOwner(),
            ACCELERATE,
            new GetBucketAccelerateConfigurationOutput());
    return kept == null ? new GetBucketAccelerateConfigurationOutput() : kept;
  }

  GetBucketRequestPaymentOutput requestPayment(GetBucketRequestPaymentRequest in) {
    GetBucketRequestPaymentOutput kept =
        get(
            in.bucket(),
            in.expectedBucketOwner(),
            REQUEST_PAYMENT,
            new GetBucketRequestPaymentOutput());
    return kept == null ? new GetBucketRequestPaymentOutput().payer("BucketOwner") : kept;
  }

  /// Throws the setting's own error when it is absent.
  private static <T> T present(@Nullable T setting, String code, String message, String bucket) {
    if (setting == null) {
      throw S3Errors.noSetting(code, message, bucket);
    }
    return setting;
  }

  void putVersioning(PutBucketVersioningRequest in) {
    VersioningConfiguration given = in.versioningConfiguration();
    String status = given == null ? null : given.status();
    if (given != null && "Enabled".equals(given.mfaDelete())) {
      throw S3Errors.notImplemented("MFA delete");
    }
    if (!"Enabled".equals(status) && !"Suspended".equals(status)) {
      throw new dev.brume.model.ServiceError(
          "IllegalVersioningConfigurationException",
          "The Versioning element must be specified",
          400);
    }
    change(
        in.bucket(),
        in.expectedBucketOwner(),
        (tx, of) -> of.withVersioning("Enabled".equals(status) ? "Enabled" : "Suspended"));
  }

  /// What a new bucket starts with: everything public is blocked, the owner owns every object.
  static void initial(Tx tx, String bucket, @Nullable String ownership) {
    var block =
        new PublicAccessBlockConfiguration()
            .blockPublicAcls(true)
            .ignorePublicAcls(true)
            .blockPublicPolicy(true)
            .restrictPublicBuckets(true);
    tx.put(S3Store.settingKey(bucket, PUBLIC_ACCESS), Documents.write(block));
    var rule =
        new OwnershipControlsRule()
            .objectOwnership(ownership == null ? "BucketOwnerEnforced" : ownership);
    var controls = new OwnershipControls().rules(List.of(rule));
    tx.put(S3Store.settingKey(bucket, OWNERSHIP), Documents.write(controls));
  }
}
