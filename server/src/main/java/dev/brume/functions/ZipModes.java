package dev.brume.functions;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipException;

/// The Unix modes in a zip's central directory, which `java.util.zip` does not tell: they say who
/// may read and execute a file, and which files are symbolic links.
///
/// <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT> (4.3.12, 4.4.2, 4.4.15)
public final class ZipModes {
  /// The mode of a symbolic link; the file's content is where it leads.
  public static final int LINK = 0120777;

  /// Nothing is said of the mode.
  static final int NONE = 0;

  private static final int TYPE = 0170000;
  private static final int LINK_TYPE = 0120000;
  private static final int ENTRY = 0x02014b50;
  private static final int ENTRY_LENGTH = 46;
  private static final int END = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final int LOCATOR_64 = 0x07064b50;
  private static final int LOCATOR_64_LENGTH = 20;
  private static final int END_64 = 0x06064b50;
  private static final int END_64_LENGTH = 56;
  private static final int COMMENT_LENGTH_MAX = 0xffff;
  private static final byte UNIX = 3;
  private static final byte DARWIN = 19;

  private ZipModes() {}

  static boolean isLink(int mode) {
    return (mode & TYPE) == LINK_TYPE;
  }

  /// The modes of all entries, in the order of the directory; [#NONE] for those that have none, as
  /// what was packed on Windows or by Java.
  static List<Integer> read(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file)) {
      ByteBuffer zip =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena).asByteBuffer();
      zip.order(ByteOrder.LITTLE_ENDIAN);
      var modes = new ArrayList<Integer>();
      for (int at : entries(zip)) {
        byte madeOn = zip.get(at + 5);
        boolean says = madeOn == UNIX || madeOn == DARWIN;
        modes.add(says ? zip.getInt(at + 38) >>> 16 : NONE);
      }
      return modes;
    }
  }

  /// A zip whose entries of these names have these modes, whatever it said of them before.
  public static byte[] with(byte[] given, Map<String, Integer> modes) throws IOException {
    byte[] bytes = given.clone();
    ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at : entries(zip)) {
      int length = Short.toUnsignedInt(zip.getShort(at + 28));
      Integer mode =
          modes.get(new String(bytes, at + ENTRY_LENGTH, length, StandardCharsets.UTF_8));
      if (mode != null) {
        zip.put(at + 5, UNIX);
        zip.putInt(at + 38, mode << 16);
      }
    }
    return bytes;
  }

  private static List<Integer> entries(ByteBuffer zip) throws ZipException {
    int lowest = Math.max(0, zip.limit() - END_LENGTH - COMMENT_LENGTH_MAX);
    for (int end = zip.limit() - END_LENGTH; end >= lowest; end--) {
      if (zip.getInt(end) == END) {
        int directoryEnd = end64(zip, end);
        long bytes =
            directoryEnd == end
                ? Integer.toUnsignedLong(zip.getInt(end + 12))
                : zip.getLong(directoryEnd + 40);
        // As java.util.zip does, by its length: something may stand before the zip.
        long begin = directoryEnd - bytes;
        if (bytes == 0) {
          return List.of();
        }
        if (begin >= 0 && bytes > 0 && zip.getInt((int) begin) == ENTRY) {
          return entries(zip, (int) begin, directoryEnd);
        }
      }
    }
    throw new ZipException("no central directory");
  }

  private static List<Integer> entries(ByteBuffer zip, int begin, int end) {
    var entries = new ArrayList<Integer>();
    int at = begin;
    while (at + ENTRY_LENGTH <= end && zip.getInt(at) == ENTRY) {
      entries.add(at);
      at += ENTRY_LENGTH;
      for (int field = 28; field <= 32; field += 2) {
        at += Short.toUnsignedInt(zip.getShort(entries.getLast() + field));
      }
    }
    return entries;
  }

  // Where the end record of a ZIP64 stands, which has the numbers that do not fit; else the given.
  private static int end64(ByteBuffer zip, int end) {
    int locator = end - LOCATOR_64_LENGTH;
    int record = locator - END_64_LENGTH;
    boolean large =
        zip.getShort(end + 10) == (short) 0xffff
            || zip.getInt(end + 12) == 0xffffffff
            || zip.getInt(end + 16) == 0xffffffff;
    return large && record >= 0 && zip.getInt(locator) == LOCATOR_64 && zip.getInt(record) == END_64
        ? record
        : end;
  }
}
