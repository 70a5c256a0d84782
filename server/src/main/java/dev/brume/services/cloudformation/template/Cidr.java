package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/// `Fn::Cidr`: a block of addresses cut into smaller ones.
final class Cidr {
  private static final int COUNT_MAX = 256;
  private static final Pattern LITERAL = Pattern.compile("[0-9a-fA-F:.]+/[0-9]{1,3}");

  private Cidr() {}

  /// @param arguments block, count, and how many bits of each small block are free (8 if absent)
  static JsonNode blocks(ArrayNode arguments) {
    String block = arguments.get(0).asText();
    if (!Intrinsics.known(block)) {
      return TextNode.valueOf(Scope.UNKNOWN);
    }
    int count = arguments.get(1).asInt(0);
    int bits = arguments.size() > 2 ? arguments.get(2).asInt(-1) : 8;
    if (!LITERAL.matcher(block).matches() || count < 1 || count > COUNT_MAX || bits < 1) {
      throw wrong(block);
    }
    String[] parts = block.split("/", 2);
    byte[] address;
    try {
      // Only literals come here: nothing is looked up.
      address = InetAddress.getByName(parts[0]).getAddress();
    } catch (UnknownHostException e) {
      throw wrong(block);
    }
    int width = address.length * 8;
    int prefix = Integer.parseInt(parts[1]);
    int small = width - bits;
    if (prefix > width
        || small < prefix
        || BigInteger.TWO.pow(small - prefix).compareTo(BigInteger.valueOf(count)) < 0) {
      throw TemplateErrors.template(
          "Fn::Cidr cannot split " + block + " into " + count + " blocks of " + bits + " bits");
    }
    BigInteger base =
        new BigInteger(1, address).shiftRight(width - prefix).shiftLeft(width - prefix);
    ArrayNode out = Json.array();
    for (int i = 0; i < count; i++) {
      BigInteger start = base.add(BigInteger.valueOf(i).shiftLeft(bits));
      out.add(text(start, address.length) + "/" + small);
    }
    return out;
  }

  private static String text(BigInteger address, int length) {
    byte[] bytes = new byte[length];
    byte[] raw = address.toByteArray();
    int from = Math.max(0, raw.length - length);
    byte[] tail = Arrays.copyOfRange(raw, from, raw.length);
    System.arraycopy(tail, 0, bytes, length - tail.length, tail.length);
    try {
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RuntimeException wrong(String block) {
    return TemplateErrors.template("Fn::Cidr: invalid arguments for the block " + block);
  }
}
