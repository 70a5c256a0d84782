package dev.brume.services.s3;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.s3.DeleteObjectOutput;
import dev.brume.model.s3.DeleteObjectRequest;
import dev.brume.model.s3.DeleteObjectsOutput;
import dev.brume.model.s3.DeleteObjectsRequest;
import dev.brume.model.s3.DeletedObject;
import dev.brume.model.s3.ObjectIdentifier;
import dev.brume.store.Kv;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Deletions of objects: of one or many, of a version, or by a delete marker.
final class ObjectDeletes {
  private final Kv kv;
  private final S3Store store;
  private final Notifications notifications;
  private final Ids ids;

  ObjectDeletes(Kv kv, S3Store store, Notifications notifications, Ids ids) {
    this.kv = kv;
    this.store = store;
    this.notifications = notifications;
    this.ids = ids;
  }

  DeleteObjectOutput delete(Call call, DeleteObjectRequest in) {
    String markerId = Version.newId(ids);
    return kv.tx(
        tx -> {
          Bucket bucket = store.require(tx, in.bucket(), in.expectedBucketOwner());
          if (in.ifMatch() != null) {
            Version newest = store.newest(tx, bucket.name(), in.key());
            Preconditions.checkWrite(in.ifMatch(), null, newest, in.key());
          }
          Deleted deleted = delete(tx, call, bucket, in.key(), in.versionId(), markerId);
          return new DeleteObjectOutput()
              .versionId(deleted.versionId())
              .deleteMarker(deleted.marker() ? true : null);
        });
  }

  /// @param versionId of what was deleted, or of the marker that was made; null without versions
  /// @param marker a delete marker was made or deleted
  /// @param made the marker was made
  private record Deleted(@Nullable String versionId, boolean marker, boolean made) {}

  private Deleted delete(
      Tx tx, Call call, Bucket bucket, String key, @Nullable String versionId, String markerId) {
    if (versionId != null) {
      Version version = store.version(tx, bucket.name(), key, versionId);
      if (version == null) {
        return new Deleted(versionId, false, false);
      }
      store.removeVersion(tx, bucket.name(), version);
      notify(tx, call, bucket, "ObjectRemoved:Delete", version);
      return new Deleted(versionId, version.deleteMarker(), false);
    }
    if (!bucket.everVersioned()) {
      Version version = store.newest(tx, bucket.name(), key);
      if (version != null) {
        store.removeVersion(tx, bucket.name(), version);
        notify(tx, call, bucket, "ObjectRemoved:Delete", version);
      }
      return new Deleted(null, false, false);
    }
    String id = bucket.versioned() ? markerId : Version.NULL_ID;
    Version marker = store.add(tx, bucket, Version.marker(key, 0, id, call.now().toEpochMilli()));
    notify(tx, call, bucket, "ObjectRemoved:DeleteMarkerCreated", marker);
    return new Deleted(id, true, true);
  }

  private void notify(Tx tx, Call call, Bucket bucket, String name, Version version) {
    notifications.send(tx, call, bucket, Notifications.Change.removed(name, bucket, version));
  }

  DeleteObjectsOutput deleteAll(Call call, DeleteObjectsRequest in) {
    List<ObjectIdentifier> objects = in.delete() == null ? List.of() : in.delete().objects();
    if (objects.isEmpty() || objects.size() > S3Limits.DELETE_KEYS_MAX) {
      throw S3Errors.malformedXml();
    }
    boolean quiet = Boolean.TRUE.equals(in.delete().quiet());
    var markerIds = new ArrayList<String>();
    objects.forEach(object -> markerIds.add(Version.newId(ids)));
    return kv.tx(
        tx -> {
          Bucket bucket = store.require(tx, in.bucket(), in.expectedBucketOwner());
          var done = new ArrayList<DeletedObject>();
          for (int i = 0; i < objects.size(); i++) {
            ObjectIdentifier object = objects.get(i);
            if (object.key() == null || object.key().isEmpty()) {
              throw S3Errors.malformedXml();
            }
            Deleted deleted =
                delete(tx, call, bucket, object.key(), object.versionId(), markerIds.get(i));
            done.add(shown(object, deleted));
          }
          return new DeleteObjectsOutput().deleted(quiet ? null : done);
        });
  }

  private static DeletedObject shown(ObjectIdentifier object, Deleted deleted) {
    return new DeletedObject()
        .key(object.key())
        .versionId(object.versionId())
        .deleteMarker(deleted.marker() ? true : null)
        .deleteMarkerVersionId(deleted.marker() ? deleted.versionId() : null);
  }
}
