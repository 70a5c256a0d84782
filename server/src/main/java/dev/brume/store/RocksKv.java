package dev.brume.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// The durable store: RocksDB under one committer.
public final class RocksKv implements Kv {
  private static final long CACHE_BYTES = 16 << 20;
  private static final long MEMTABLE_BYTES = 16 << 20;

  private final RocksDB db;
  private final Options options;
  private final WriteOptions synced;
  private final Committer committer;

  /// Opens or creates the store in this folder. Throws [StoreLocked] when another process has it
  /// open.
  ///
  /// @param failStop called when a write could not be made durable
  public RocksKv(Path folder, Consumer<Throwable> failStop) {
    try {
      Files.createDirectories(folder);
      NativeLibrary.load(folder.resolve("native"));
      synced = new WriteOptions().setSync(true);
      options = options();
      db = RocksDB.open(options, folder.toString());
    } catch (RocksDBException e) {
      if (e.getStatus() != null
          && e.getStatus().getCode() == Status.Code.IOError
          && String.valueOf(e.getMessage()).contains("lock")) {
        throw new StoreLocked(
            "the data folder " + folder.getParent() + " is in use by another process");
      }
      throw new IllegalStateException(
          "cannot open the store in " + folder + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    committer = new Committer(new Disk(), failStop);
  }

  @SuppressWarnings("resource") // owned by the options, which live as long as the store
  private static Options options() {
    var table =
        new BlockBasedTableConfig()
            .setBlockCache(new LRUCache(CACHE_BYTES))
            .setFilterPolicy(new BloomFilter(10))
            .setCacheIndexAndFilterBlocks(true);
    return new Options()
        .setCreateIfMissing(true)
        .setWriteBufferSize(MEMTABLE_BYTES)
        .setMaxWriteBufferNumber(2)
        .setMaxBackgroundJobs(2)
        .setMaxOpenFiles(256)
        .setKeepLogFileNum(2)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setTableFormatConfig(table);
  }

  @Override
  public <T> T tx(Function<Tx, T> closure) {
    return committer.run(closure);
  }

  @Override
  public <T> T read(Function<Reader, T> closure) {
    try (var snapshot = db.getSnapshot();
        var readOptions = new ReadOptions().setSnapshot(snapshot)) {
      return closure.apply(new Rows(readOptions));
    }
  }

  @Override
  public void close() {
    committer.close();
    synced.close();
    db.close();
    options.close();
  }

  /// Reading rows, of a snapshot or as they are.
  private class Rows implements Reader {
    private final ReadOptions readOptions;

    Rows(ReadOptions readOptions) {
      this.readOptions = readOptions;
    }

    @Override
    public byte @Nullable [] get(Key key) {
      try {
        return db.get(readOptions, key.bytes());
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void scan(Key from, Key to, Visitor visitor) {
      try (var upper = new Slice(to.bytes());
          var bounded = new ReadOptions(readOptions).setIterateUpperBound(upper);
          var rows = db.newIterator(bounded)) {
        rows.seek(from.bytes());
        while (rows.isValid() && visitor.visit(Key.ofBytes(rows.key()), rows.value())) {
          rows.next();
        }
        check(rows);
      }
    }

    @Override
    public void scanBack(Key from, Key to, Visitor visitor) {
      try (var lower = new Slice(from.bytes());
          var bounded = new ReadOptions(readOptions).setIterateLowerBound(lower);
          var rows = db.newIterator(bounded)) {
        rows.seekForPrev(to.bytes());
        if (rows.isValid() && Key.ofBytes(rows.key()).equals(to)) {
          rows.prev();
        }
        while (rows.isValid() && visitor.visit(Key.ofBytes(rows.key()), rows.value())) {
          rows.prev();
        }
        check(rows);
      }
    }

    private static void check(RocksIterator rows) {
      try {
        rows.status();
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private final class Disk extends Rows implements Committer.Disk {
    Disk() {
      super(new ReadOptions());
    }

    @Override
    public void write(Overlay group) {
      try (var batch = new WriteBatch()) {
        for (var entry : group.writes().entrySet()) {
          if (entry.getValue().isPresent()) {
            batch.put(entry.getKey().bytes(), entry.getValue().get());
          } else {
            batch.delete(entry.getKey().bytes());
          }
        }
        db.write(synced, batch);
      } catch (RocksDBException e) {
        throw new IllegalStateException("the store could not write", e);
      }
    }
  }
}
