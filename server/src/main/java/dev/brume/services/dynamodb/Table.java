package dev.brume.services.dynamodb;

import dev.brume.model.dynamodb.AttributeValue;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A table's definition, as stored.
///
/// @param id unique for every creation of a table of this name, so that a new table never sees old
///   items
/// @param attributes key attributes' types (`S`, `N`, `B`) by name
/// @param billingMode `PROVISIONED` or `PAY_PER_REQUEST`
/// @param ttlAttribute the time to live attribute, null when off
/// @param settings further parameters that are only read back, by name
record Table(
    String name,
    String id,
    long createdMillis,
    Map<String, String> attributes,
    KeySchema key,
    List<Index> indexes,
    String billingMode,
    long readUnits,
    long writeUnits,
    boolean deletionProtection,
    @Nullable String ttlAttribute,
    Map<String, String> tags,
    Map<String, String> settings) {

  /// @param range null for a table or index without a sort key
  record KeySchema(String hash, @Nullable String range) {
    List<String> names() {
      return range == null ? List.of(hash) : List.of(hash, range);
    }
  }

  /// @param projection `ALL`, `KEYS_ONLY` or `INCLUDE`
  /// @param included the further attributes of `INCLUDE`
  record Index(
      String name,
      boolean global,
      KeySchema key,
      String projection,
      List<String> included,
      long readUnits,
      long writeUnits) {}

  @Nullable Index index(String indexName) {
    for (Index index : indexes) {
      if (index.name().equals(indexName)) {
        return index;
      }
    }
    return null;
  }

  Table withTags(Map<String, String> changed) {
    return new Table(
        name,
        id,
        createdMillis,
        attributes,
        key,
        indexes,
        billingMode,
        readUnits,
        writeUnits,
        deletionProtection,
        ttlAttribute,
        changed,
        settings);
  }

  Table withTtl(@Nullable String attribute) {
    return new Table(
        name,
        id,
        createdMillis,
        attributes,
        key,
        indexes,
        billingMode,
        readUnits,
        writeUnits,
        deletionProtection,
        attribute,
        tags,
        settings);
  }

  /// Checks an item for Put and Update: key attributes there, of the right type, not empty; index
  /// keys of the right type; size.
  void check(Map<String, AttributeValue> item) {
    for (String name : key.names()) {
      AttributeValue value = item.get(name);
      if (value == null) {
        throw DynamoDbErrors.invalidParameter("Missing the key " + name + " in the item");
      }
      checkKey(name, value, name.equals(key.hash()), "Type mismatch for key ");
    }
    for (Index index : indexes) {
      for (String name : index.key().names()) {
        AttributeValue value = item.get(name);
        if (value != null && !Values.type(value).equals(attributes.get(name))) {
          throw DynamoDbErrors.invalidParameter(
              "Type mismatch for Index Key "
                  + name
                  + " Expected: "
                  + attributes.get(name)
                  + " Actual: "
                  + Values.type(value)
                  + " IndexName: "
                  + index.name());
        }
        if (value != null && Values.size(value) == 0) {
          String kind = value.s() != null ? "string" : "binary";
          throw DynamoDbErrors.emptyIndexKey(kind, index.name(), name);
        }
      }
    }
    if (Values.size(item) > DynamoDbLimits.ITEM_BYTES_MAX) {
      throw DynamoDbErrors.itemTooLarge();
    }
  }

  /// Checks the Key of a request: exactly the table's key attributes, of the right type.
  Map<String, AttributeValue> checkedKey(Map<String, AttributeValue> given) {
    Map<String, AttributeValue> checked = Values.checked(given, 1);
    if (!checked.keySet().equals(java.util.Set.copyOf(key.names()))) {
      throw DynamoDbErrors.keySchemaMismatch();
    }
    for (String name : key.names()) {
      AttributeValue value = checked.get(name);
      if (value == null || !Values.type(value).equals(attributes.get(name))) {
        throw DynamoDbErrors.keySchemaMismatch();
      }
      checkKey(name, value, name.equals(key.hash()), "");
    }
    return checked;
  }

  private void checkKey(String name, AttributeValue value, boolean hash, String mismatch) {
    if (!Values.type(value).equals(attributes.get(name))) {
      throw DynamoDbErrors.invalidParameter(
          mismatch
              + name
              + " expected: "
              + attributes.get(name)
              + " actual: "
              + Values.type(value));
    }
    int size = Values.size(value);
    if (size == 0) {
      throw DynamoDbErrors.emptyKey(value.s() != null ? "string" : "binary", name);
    }
    int max = hash ? DynamoDbLimits.PARTITION_KEY_BYTES_MAX : DynamoDbLimits.SORT_KEY_BYTES_MAX;
    if (size > max) {
      throw DynamoDbErrors.invalidParameter(
          "Size of "
              + (hash ? "hashkey" : "rangekey")
              + " has exceeded the maximum size limit of"
              + max
              + " bytes");
    }
  }

  Map<String, AttributeValue> keyOf(Map<String, AttributeValue> item) {
    return only(item, key.names());
  }

  /// The item as an index holds it, null when it lacks a key of the index.
  @Nullable Map<String, AttributeValue> projected(Index index, Map<String, AttributeValue> item) {
    if (!item.keySet().containsAll(index.key().names())) {
      return null;
    }
    if (index.projection().equals("ALL")) {
      return item;
    }
    var names = new java.util.LinkedHashSet<>(key.names());
    names.addAll(index.key().names());
    names.addAll(index.included());
    return only(item, names);
  }

  static Map<String, AttributeValue> only(
      Map<String, AttributeValue> item, Iterable<String> names) {
    var some = new LinkedHashMap<String, AttributeValue>();
    for (String name : names) {
      AttributeValue value = item.get(name);
      if (value != null) {
        some.put(name, value);
      }
    }
    return some;
  }

  /// A key value as an element of a store key, in DynamoDB's order.
  static Object element(AttributeValue value) {
    if (value.s() != null) {
      return value.s();
    }
    if (value.n() != null) {
      return NumberOrder.bytes(new BigDecimal(value.n()));
    }
    return value.b() == null ? new byte[0] : value.b();
  }
}
