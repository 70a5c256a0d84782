package dev.brume.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// RocksDB as an [Engine], set up for a small process: a few MB of cache and write buffers, two
/// background jobs.
final class RocksEngine implements Engine {
  private static final long CACHE_BYTES = 8 << 20;
  private static final long WRITE_BUFFER_BYTES = 8 << 20;
  private static final long LOG_BYTES_MAX = 64 << 20;

  private final RocksDB db;
  private final Options options;
  private final Cache cache;
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final RocksView latest;

  private RocksEngine(RocksDB db, Options options, Cache cache) {
    this.db = db;
    this.options = options;
    this.cache = cache;
    this.latest = new RocksView(db, null);
  }

  static RocksEngine open(Path folder) throws IOException {
    var cache = new LRUCache(CACHE_BYTES);
    var options =
        new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(WRITE_BUFFER_BYTES)
            .setMaxWriteBufferNumber(2)
            .setMaxBackgroundJobs(2)
            .setMaxOpenFiles(256)
            .setMaxTotalWalSize(LOG_BYTES_MAX)
            .setAvoidFlushDuringShutdown(true)
            // Only the torn tail of the log may be dropped; damage inside it is an error.
            .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(2)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(cache)
                    .setCacheIndexAndFilterBlocks(true)
                    .setPinL0FilterAndIndexBlocksInCache(true)
                    .setFilterPolicy(new BloomFilter(10)));
    try {
      return new RocksEngine(RocksDB.open(options, folder.toString()), options, cache);
    } catch (RocksDBException e) {
      options.close();
      cache.close();
      throw new IOException("The store in " + folder + " does not open: " + e.getMessage(), e);
    }
  }

  @Override
  public void append(NavigableMap<Key, byte[]> writes) throws IOException {
    try (var batch = new WriteBatch()) {
      for (var write : writes.entrySet()) {
        if (write.getValue() == Overlay.DELETED) {
          batch.delete(write.getKey().bytes());
        } else {
          batch.put(write.getKey().bytes(), write.getValue());
        }
      }
      db.write(synced, batch);
    } catch (RocksDBException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public View latest() {
    return latest;
  }

  @Override
  public View snapshot() {
    return new RocksView(db, db.getSnapshot());
  }

  @Override
  public void close() {
    latest.options.close();
    db.close();
    synced.close();
    options.close();
    cache.close();
  }

  private static UncheckedIOException unreadable(RocksDBException e) {
    return new UncheckedIOException(new IOException(e.getMessage(), e));
  }

  private static final class RocksView implements View {
    private final RocksDB db;
    private final @Nullable Snapshot snapshot;
    private final ReadOptions options;

    RocksView(RocksDB db, @Nullable Snapshot snapshot) {
      this.db = db;
      this.snapshot = snapshot;
      this.options = new ReadOptions();
      if (snapshot != null) {
        options.setSnapshot(snapshot);
      }
    }

    @Override
    public byte @Nullable [] get(Key key) {
      try {
        return db.get(options, key.bytes());
      } catch (RocksDBException e) {
        throw unreadable(e);
      }
    }

    @Override
    public Cursor cursor(Key from, Key to, boolean backward) {
      return new RocksCursor(db, snapshot, from, to, backward);
    }

    /// The view without a snapshot lives as long as the engine.
    @Override
    public void close() {
      if (snapshot != null) {
        options.close();
        db.releaseSnapshot(snapshot);
        snapshot.close();
      }
    }
  }

  private static final class RocksCursor implements Cursor {
    private final Slice lower;
    private final Slice upper;
    private final ReadOptions options;
    private final RocksIterator iterator;
    private final boolean backward;
    private @Nullable Key key;

    RocksCursor(RocksDB db, @Nullable Snapshot snapshot, Key from, Key to, boolean backward) {
      this.backward = backward;
      lower = new Slice(from.bytes());
      upper = new Slice(to.bytes());
      options = new ReadOptions().setIterateLowerBound(lower).setIterateUpperBound(upper);
      if (snapshot != null) {
        options.setSnapshot(snapshot);
      }
      iterator = db.newIterator(options);
      if (backward) {
        iterator.seekToLast();
      } else {
        iterator.seekToFirst();
      }
      position();
    }

    private void position() {
      if (iterator.isValid()) {
        key = Key.ofBytes(iterator.key());
        return;
      }
      key = null;
      try {
        iterator.status();
      } catch (RocksDBException e) {
        throw unreadable(e);
      }
    }

    @Override
    public @Nullable Key key() {
      return key;
    }

    @Override
    public byte[] value() {
      return iterator.value();
    }

    @Override
    public void next() {
      if (backward) {
        iterator.prev();
      } else {
        iterator.next();
      }
      position();
    }

    @Override
    public void close() {
      iterator.close();
      options.close();
      upper.close();
      lower.close();
    }
  }
}
