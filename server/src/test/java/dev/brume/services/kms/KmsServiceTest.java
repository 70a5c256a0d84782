package dev.brume.services.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.kms.*;
import dev.brume.store.MemoryKv;
import dev.brume.time.DurableTimers;
import dev.brume.time.VirtualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KmsServiceTest {
  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  private static final byte[] TEXT = "secret".getBytes(StandardCharsets.UTF_8);
  private final MemoryKv kv = new MemoryKv();
  private final VirtualClock clock = new VirtualClock(kv, () -> START);
  private final DurableTimers timers = new DurableTimers(kv, clock);
  private final KmsService service = new KmsService(kv, timers, new Ids(new Random(1)));

  private Call call() {
    return new Call(
        "000000000000", "us-east-1", new Principal.Root("000000000000"), "r", clock.instant(), "");
  }

  @BeforeEach
  void start() {
    timers.start();
  }

  @AfterEach
  void stop() {
    timers.close();
    kv.close();
  }

  private String key() {
    return service.createKey(call(), new CreateKeyRequest()).keyMetadata().keyId();
  }

  private byte[] encrypt(String key, Map<String, String> context) {
    return service
        .encrypt(call(), new EncryptRequest().keyId(key).plaintext(TEXT).encryptionContext(context))
        .ciphertextBlob();
  }

  private DecryptResponse decrypt(byte[] blob, Map<String, String> context) {
    return service.decrypt(
        call(), new DecryptRequest().ciphertextBlob(blob).encryptionContext(context));
  }

  private String state(String key) {
    return service
        .describeKey(call(), new DescribeKeyRequest().keyId(key))
        .keyMetadata()
        .keyState();
  }

  @Test
  void encryptsAndDecrypts() {
    String key = key();
    service.createAlias(call(), new CreateAliasRequest().aliasName("alias/mine").targetKeyId(key));
    byte[] blob = encrypt("alias/mine", Map.of("a", "1", "b", "2"));
    var out = decrypt(blob, Map.of("b", "2", "a", "1"));
    assertThat(out.plaintext()).isEqualTo(TEXT);
    assertThat(out.keyId()).isEqualTo("arn:aws:kms:us-east-1:000000000000:key/" + key);
    assertThatThrownBy(() -> decrypt(blob, Map.of("a", "1")))
        .isInstanceOf(InvalidCiphertextException.class);
    for (int at : new int[] {0, 18, 25, blob.length - 1}) {
      byte[] broken = blob.clone();
      broken[at] ^= 1;
      assertThatThrownBy(() -> decrypt(broken, Map.of("a", "1", "b", "2")))
          .isInstanceOf(InvalidCiphertextException.class);
    }
    assertThatThrownBy(() -> decrypt(new byte[3], Map.of()))
        .isInstanceOf(InvalidCiphertextException.class);
    String other = key();
    assertThatThrownBy(
            () -> service.decrypt(call(), new DecryptRequest().ciphertextBlob(blob).keyId(other)))
        .isInstanceOf(IncorrectKeyException.class);
  }

  @Test
  void generatesDataKeys() {
    String key = key();
    var made =
        service.generateDataKey(call(), new GenerateDataKeyRequest().keyId(key).keySpec("AES_256"));
    assertThat(made.plaintext()).hasSize(32);
    assertThat(decrypt(made.ciphertextBlob(), Map.of()).plaintext()).isEqualTo(made.plaintext());
    assertThatThrownBy(
            () -> service.generateDataKey(call(), new GenerateDataKeyRequest().keyId(key)))
        .isInstanceOf(ServiceError.class)
        .hasMessage("Please specify either number of bytes or key spec.");
    assertThatThrownBy(
            () ->
                service.generateDataKey(
                    call(), new GenerateDataKeyRequest().keyId(key).numberOfBytes(9).dryRun(true)))
        .isInstanceOf(DryRunOperationException.class);
  }

  @Test
  void oldMaterialStillDecrypts() {
    String key = key();
    byte[] before = encrypt(key, Map.of());
    service.enableKeyRotation(
        call(), new EnableKeyRotationRequest().keyId(key).rotationPeriodInDays(90));
    timers.advance(Duration.ofDays(91));
    byte[] after = encrypt(key, Map.of());
    var old = decrypt(before, Map.of());
    assertThat(old.plaintext()).isEqualTo(TEXT);
    assertThat(decrypt(after, Map.of()).keyMaterialId()).isNotEqualTo(old.keyMaterialId());
    var status = service.getKeyRotationStatus(call(), new GetKeyRotationStatusRequest().keyId(key));
    assertThat(status.nextRotationDate()).isEqualTo(START.plus(Duration.ofDays(180)));
    service.rotateKeyOnDemand(call(), new RotateKeyOnDemandRequest().keyId(key));
    assertThat(decrypt(after, Map.of()).plaintext()).isEqualTo(TEXT);
  }

  @Test
  void disabledAndDeletedKeysDoNothing() {
    String key = key();
    byte[] blob = encrypt(key, Map.of());
    service.disableKey(call(), new DisableKeyRequest().keyId(key));
    assertThatThrownBy(() -> decrypt(blob, Map.of())).isInstanceOf(DisabledException.class);
    service.scheduleKeyDeletion(
        call(), new ScheduleKeyDeletionRequest().keyId(key).pendingWindowInDays(7));
    assertThat(state(key)).isEqualTo("PendingDeletion");
    assertThatThrownBy(() -> decrypt(blob, Map.of()))
        .isInstanceOf(KMSInvalidStateException.class)
        .hasMessage("arn:aws:kms:us-east-1:000000000000:key/" + key + " is pending deletion.");
    service.cancelKeyDeletion(call(), new CancelKeyDeletionRequest().keyId(key));
    assertThat(state(key)).isEqualTo("Disabled");
    service.scheduleKeyDeletion(call(), new ScheduleKeyDeletionRequest().keyId(key));
    timers.advance(Duration.ofDays(31));
    assertThatThrownBy(() -> state(key))
        .isInstanceOf(NotFoundException.class)
        .hasMessage("Key 'arn:aws:kms:us-east-1:000000000000:key/" + key + "' does not exist");
  }

  @Test
  void namesThatAreNone() {
    assertThatThrownBy(() -> state("nonsense")).hasMessage("Invalid keyId 'nonsense'");
    assertThatThrownBy(() -> state("alias/none"))
        .hasMessage("Alias arn:aws:kms:us-east-1:000000000000:alias/none is not found.");
    assertThatThrownBy(() -> state("arn:aws:kms:eu-west-1:000000000000:key/x"))
        .isInstanceOf(InvalidArnException.class);
    assertThat(state("alias/aws/s3")).isEqualTo("Enabled");
    assertThat(service.listAliases(call(), new ListAliasesRequest()).aliases())
        .extracting(AliasListEntry::aliasName)
        .containsExactly("alias/aws/s3");
    assertThatThrownBy(
            () -> service.disableKey(call(), new DisableKeyRequest().keyId("alias/aws/s3")))
        .isInstanceOf(ServiceError.class);
    assertThatThrownBy(() -> service.createKey(call(), new CreateKeyRequest().keySpec("RSA_2048")))
        .isInstanceOf(UnsupportedOperationException_.class);
    assertThatThrownBy(() -> service.createKey(call(), new CreateKeyRequest().policy("{")))
        .isInstanceOf(MalformedPolicyDocumentException.class);
  }

  @Test
  void tagsAndPolicies() {
    String key = key();
    service.tagResource(
        call(),
        new TagResourceRequest().keyId(key).tags(List.of(new Tag().tagKey("k").tagValue("v"))));
    assertThat(service.listResourceTags(call(), new ListResourceTagsRequest().keyId(key)).tags())
        .hasSize(1);
    assertThat(service.getKeyPolicy(call(), new GetKeyPolicyRequest().keyId(key)).policy())
        .contains("arn:aws:iam::000000000000:root");
  }
}
