package dev.brume.services.athena;

import dev.brume.sql.Cancellation;
import dev.brume.sql.ObjectSource;
import dev.brume.sql.SqlFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Objects of which a query may read so many bytes, after which it is cancelled: a workgroup's
/// `BytesScannedCutoffPerQuery`.
///
/// <https://docs.aws.amazon.com/athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html>
final class ScanLimit implements ObjectSource {
  private final ObjectSource objects;
  private final long bytesMax;
  private final Cancellation cancellation;
  private long bytes;

  ScanLimit(ObjectSource objects, long bytesMax, Cancellation cancellation) {
    this.objects = objects;
    this.bytesMax = bytesMax;
    this.cancellation = cancellation;
  }

  @Override
  public void list(String uri, Consumer<Item> visitor) {
    objects.list(uri, visitor);
  }

  @Override
  public InputStream open(Item item) throws IOException {
    bytes += item.sizeBytes();
    if (bytes > bytesMax) {
      cancellation.cancel();
      throw new SqlFailure("Query cancelled! : Bytes scanned limit was exceeded");
    }
    return objects.open(item);
  }

  @Override
  public void write(String uri, Path file) throws IOException {
    objects.write(uri, file);
  }
}
