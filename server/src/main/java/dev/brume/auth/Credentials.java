package dev.brume.auth;

import dev.brume.ids.Ids;
import dev.brume.model.Principal;
import dev.brume.store.Key;
import dev.brume.store.Kv;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The temporary credentials that Brume itself issued (STS), durable. A request signed with one of
/// them is verified to the last bit; any other access key stands for the owner of an account.
///
/// Lifetimes run on the wall clock and not on the virtual one: clients keep credentials until the
/// expiration that they were told, by their own clock.
public final class Credentials {
  private static final Row<Stored> ROW = Row.of(Stored.class);
  private static final String ISSUED_PREFIX = "ASIABRUM";
  private static final int PRUNED_AT_ONCE = 20;

  private final Kv kv;
  private final InstantSource wall;
  private final Ids ids;
  private final Map<String, Credential> cache = new ConcurrentHashMap<>();

  /// One set of temporary credentials.
  ///
  /// @param accessKeyId `ASIABRUM` and 12 letters and digits
  /// @param secretAccessKey 40 characters
  /// @param sessionToken must come with every request
  /// @param principal a role's session, or an account's owner
  /// @param expiration on the wall clock
  public record Credential(
      String accessKeyId,
      String secretAccessKey,
      String sessionToken,
      Principal principal,
      Instant expiration) {}

  private record Stored(
      String secret,
      String token,
      String account,
      @Nullable String roleName,
      @Nullable String roleArn,
      @Nullable String roleId,
      @Nullable String sessionName,
      long expiresMillis) {}

  /// @param wall the real clock of the machine
  public Credentials(Kv kv, InstantSource wall, Ids ids) {
    this.kv = kv;
    this.wall = wall;
    this.ids = ids;
  }

  /// Issues credentials for a session that begins now; they are durable when this returns.
  ///
  /// @param principal a [Principal.RoleSession] or [Principal.Root]
  public Credential issue(Principal principal, Duration lifetime) {
    Credential credential =
        new Credential(
            ISSUED_PREFIX + ids.upper(12),
            ids.lower(40),
            "IQoJ" + ids.lower(200),
            principal,
            Instant.ofEpochMilli(wall.millis()).plus(lifetime));
    Stored stored = stored(credential);
    kv.tx(
        tx -> {
          prune(tx);
          tx.put(key(credential.accessKeyId()), ROW.write(stored));
          tx.put(expiryKey(stored.expiresMillis(), credential.accessKeyId()), new byte[0]);
          return null;
        });
    cache.put(credential.accessKeyId(), credential);
    return credential;
  }

  /// Whether an access key id is one of Brume's own making, still known or not.
  public static boolean isIssued(String accessKeyId) {
    return accessKeyId.startsWith(ISSUED_PREFIX);
  }

  /// The credentials with this access key id, expired or not; null when Brume did not issue them or
  /// forgot them after they had expired.
  public @Nullable Credential find(String accessKeyId) {
    Credential cached = cache.get(accessKeyId);
    if (cached != null || !isIssued(accessKeyId)) {
      return cached;
    }
    byte[] row = kv.read(reader -> reader.get(key(accessKeyId)));
    if (row == null) {
      return null;
    }
    Credential found = credential(accessKeyId, ROW.read(row));
    cache.put(accessKeyId, found);
    return found;
  }

  // Keeps expired ones for a day, so that their holders are told that they expired.
  private void prune(Tx tx) {
    var dead = new ArrayList<Key>();
    long before = wall.millis() - Duration.ofDays(1).toMillis();
    tx.scan(
        expiryKey(0, ""),
        expiryKey(before, ""),
        (key, value) -> {
          dead.add(key);
          return dead.size() < PRUNED_AT_ONCE;
        });
    for (Key key : dead) {
      String accessKeyId = key.lastString();
      tx.delete(key);
      tx.delete(key(accessKeyId));
      tx.afterCommit(() -> cache.remove(accessKeyId));
    }
  }

  private static Key key(String accessKeyId) {
    return Key.of("auth", "credential", accessKeyId);
  }

  private static Key expiryKey(long millis, String accessKeyId) {
    return Key.of("auth", "expiry", millis, accessKeyId);
  }

  private static Stored stored(Credential credential) {
    long expires = credential.expiration().toEpochMilli();
    return switch (credential.principal()) {
      case Principal.RoleSession role ->
          new Stored(
              credential.secretAccessKey(),
              credential.sessionToken(),
              role.account(),
              role.roleName(),
              role.roleArn(),
              role.roleId(),
              role.sessionName(),
              expires);
      case Principal.Root root ->
          new Stored(
              credential.secretAccessKey(),
              credential.sessionToken(),
              root.account(),
              null,
              null,
              null,
              null,
              expires);
      case Principal.ServicePrincipal service ->
          throw new IllegalArgumentException("no credentials for " + service.name());
      case Principal.Anonymous anonymous ->
          throw new IllegalArgumentException("no credentials for " + anonymous.arn());
    };
  }

  private static Credential credential(String accessKeyId, Stored stored) {
    Principal principal =
        stored.roleName() != null
                && stored.roleArn() != null
                && stored.roleId() != null
                && stored.sessionName() != null
            ? new Principal.RoleSession(
                stored.account(),
                stored.roleName(),
                stored.roleArn(),
                stored.roleId(),
                stored.sessionName())
            : new Principal.Root(stored.account());
    return new Credential(
        accessKeyId,
        stored.secret(),
        stored.token(),
        principal,
        Instant.ofEpochMilli(stored.expiresMillis()));
  }
}
