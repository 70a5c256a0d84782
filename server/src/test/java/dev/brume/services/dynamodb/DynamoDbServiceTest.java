package dev.brume.services.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.dynamodb.*;
import dev.brume.store.MemoryKv;
import dev.brume.time.DurableTimers;
import dev.brume.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DynamoDbServiceTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private final MemoryKv kv = new MemoryKv();
  private final VirtualClock clock = new VirtualClock(kv, () -> START);
  private final DurableTimers timers = new DurableTimers(kv, clock);
  private final DynamoDbService service =
      new DynamoDbService(kv, clock, timers, new Ids(new Random(1)));
  private final Call call =
      new Call("000000000000", "us-east-1", new Principal.Root("000000000000"), "r", START, "");

  @BeforeEach
  void tables() {
    timers.start();
    service.createTable(
        call,
        new CreateTableInput()
            .tableName("users")
            .billingMode("PAY_PER_REQUEST")
            .attributeDefinitions(List.of(attribute("id", "S")))
            .keySchema(List.of(key("id", "HASH"))));
    service.createTable(
        call,
        new CreateTableInput()
            .tableName("orders")
            .billingMode("PAY_PER_REQUEST")
            .attributeDefinitions(
                List.of(attribute("user", "S"), attribute("at", "N"), attribute("status", "S")))
            .keySchema(List.of(key("user", "HASH"), key("at", "RANGE")))
            .globalSecondaryIndexes(
                List.of(
                    new GlobalSecondaryIndex()
                        .indexName("byStatus")
                        .keySchema(List.of(key("status", "HASH"), key("at", "RANGE")))
                        .projection(new Projection().projectionType("ALL")))));
  }

  private static AttributeDefinition attribute(String name, String type) {
    return new AttributeDefinition().attributeName(name).attributeType(type);
  }

  private static KeySchemaElement key(String name, String type) {
    return new KeySchemaElement().attributeName(name).keyType(type);
  }

  private static AttributeValue s(String text) {
    return new AttributeValue().s(text);
  }

  private static AttributeValue n(long number) {
    return new AttributeValue().n(Long.toString(number));
  }

  private void put(String table, Map<String, AttributeValue> item) {
    service.putItem(call, new PutItemInput().tableName(table).item(item));
  }

  private Map<String, AttributeValue> get(String id) {
    return service
        .getItem(call, new GetItemInput().tableName("users").key(Map.of("id", s(id))))
        .item();
  }

  private UpdateItemOutput update(
      String id, String expression, Map<String, String> names, Map<String, AttributeValue> values) {
    return service.updateItem(
        call,
        new UpdateItemInput()
            .tableName("users")
            .key(Map.of("id", s(id)))
            .updateExpression(expression)
            .expressionAttributeNames(names)
            .expressionAttributeValues(values)
            .returnValues("ALL_NEW"));
  }

  @Test
  void updateExpressionsSetAddRemoveAndDelete() {
    put(
        "users",
        Map.of(
            "id",
            s("u"),
            "tags",
            new AttributeValue().ss(List.of("a", "b")),
            "entries",
            new AttributeValue().l(List.of(n(1), n(2), n(3)))));
    var item =
        update(
                "u",
                "SET #n = if_not_exists(#n, :one), entries = list_append(entries, :l) ADD visits :one DELETE tags :t",
                Map.of("#n", "name"),
                Map.of(
                    ":one",
                    n(1),
                    ":t",
                    new AttributeValue().ss(List.of("a")),
                    ":l",
                    new AttributeValue().l(List.of(n(9)))))
            .attributes();
    assertThat(item.get("name").n()).isEqualTo("1");
    assertThat(item.get("visits").n()).isEqualTo("1");
    assertThat(item.get("tags").ss()).containsExactly("b");
    assertThat(item.get("entries").l().stream().map(AttributeValue::n))
        .containsExactly("1", "2", "3", "9");
    var shorter = update("u", "REMOVE entries[0], entries[2]", Map.of(), Map.of()).attributes();
    assertThat(shorter.get("entries").l().stream().map(AttributeValue::n))
        .containsExactly("2", "9");
  }

  @Test
  void conditionsGuardWritesAndReturnTheItem() {
    put("users", Map.of("id", s("u"), "age", n(3)));
    var in =
        new PutItemInput()
            .tableName("users")
            .item(Map.of("id", s("u")))
            .conditionExpression("attribute_not_exists(id)")
            .returnValuesOnConditionCheckFailure("ALL_OLD");
    assertThatThrownBy(() -> service.putItem(call, in))
        .isInstanceOfSatisfying(
            ConditionalCheckFailedException.class,
            e -> assertThat(e.item()).containsEntry("age", n(3)))
        .hasMessage("The conditional request failed");
    assertThat(get("u")).containsKey("age");
  }

  @Test
  void badExpressionsAreRefusedInAwsWords() {
    assertThatThrownBy(() -> update("u", "SET name = :v", Map.of(), Map.of(":v", n(1))))
        .hasMessage(
            "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: name");
    assertThatThrownBy(() -> update("u", "SET a = :v", Map.of(), Map.of()))
        .hasMessage(
            "Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :v");
    assertThatThrownBy(() -> update("u", "SET a = :v", Map.of("#x", "y"), Map.of(":v", n(1))))
        .hasMessage("Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}");
    assertThatThrownBy(() -> update("u", "SET a = :v, a.b = :v", Map.of(), Map.of(":v", n(1))))
        .hasMessageContaining("Two document paths overlap");
    assertThatThrownBy(() -> update("u", "SET id = :v", Map.of(), Map.of(":v", n(1))))
        .hasMessageContaining("Cannot update attribute id");
    assertThatThrownBy(() -> update("u", "SET a = ", Map.of(), Map.of()))
        .hasMessageContaining("Syntax error; token: \"<EOF>\"");
    assertThatThrownBy(
            () -> update("u", "SET a = " + "(".repeat(200) + ":v", Map.of(), Map.of(":v", n(1))))
        .hasMessageContaining("nested levels");
    assertThatThrownBy(() -> put("users", Map.of("name", s("x"))))
        .hasMessage("One or more parameter values were invalid: Missing the key id in the item");
    assertThatThrownBy(() -> put("users", Map.of("id", n(1))))
        .hasMessage(
            "One or more parameter values were invalid: Type mismatch for key id expected: S actual: N");
    assertThatThrownBy(() -> put("users", Map.of("id", s("x"), "big", s("x".repeat(410_000)))))
        .hasMessage("Item size has exceeded the maximum allowed size");
    assertThatThrownBy(() -> put("nope", Map.of("id", s("x"))))
        .hasMessage("Requested resource not found");
  }

  @Test
  void queriesFollowTheSortKeyAndPage() {
    for (int i = -5; i <= 20; i++) {
      put("orders", Map.of("user", s("u"), "at", n(i), "status", s(i % 2 == 0 ? "even" : "odd")));
    }
    put("orders", Map.of("user", s("u2"), "at", n(3), "status", s("odd")));
    var in =
        new QueryInput()
            .tableName("orders")
            .keyConditionExpression("#u = :u AND #at BETWEEN :a AND :b")
            .expressionAttributeNames(Map.of("#u", "user", "#at", "at"))
            .expressionAttributeValues(Map.of(":u", s("u"), ":a", n(-3), ":b", n(11)))
            .limit(4);
    var seen = new ArrayList<String>();
    QueryOutput page;
    do {
      page = service.query(call, in);
      page.items().forEach(item -> seen.add(item.get("at").n()));
      in.exclusiveStartKey(page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : null);
    } while (page.hasLastEvaluatedKey());
    assertThat(seen)
        .containsExactly(
            "-3", "-2", "-1", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
    var index =
        service.query(
            call,
            new QueryInput()
                .tableName("orders")
                .indexName("byStatus")
                .keyConditionExpression("#s = :s")
                .scanIndexForward(false)
                .filterExpression("attribute_exists(#u)")
                .expressionAttributeNames(Map.of("#s", "status", "#u", "user"))
                .expressionAttributeValues(Map.of(":s", s("odd"))));
    assertThat(index.items().getFirst().get("at").n()).isEqualTo("19");
    assertThat(index.count()).isEqualTo(14);
    assertThatThrownBy(
            () ->
                service.query(
                    call,
                    new QueryInput()
                        .tableName("orders")
                        .keyConditionExpression("#a = :a")
                        .expressionAttributeNames(Map.of("#a", "at"))
                        .expressionAttributeValues(Map.of(":a", n(1)))))
        .hasMessage("Query condition missed key schema element: user");
  }

  @Test
  void aTransactionIsAllOrNothing() {
    put("users", Map.of("id", s("a"), "money", n(10)));
    var take =
        new TransactWriteItem()
            .update(
                new Update()
                    .tableName("users")
                    .key(Map.of("id", s("a")))
                    .updateExpression("SET money = money - :m")
                    .conditionExpression("money >= :m")
                    .expressionAttributeValues(Map.of(":m", n(50))));
    var give =
        new TransactWriteItem()
            .put(new Put().tableName("users").item(Map.of("id", s("b"), "money", n(50))));
    assertThatThrownBy(
            () ->
                service.transactWriteItems(
                    call, new TransactWriteItemsInput().transactItems(List.of(give, take))))
        .hasMessage(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]");
    assertThat(get("b")).isEmpty();
    assertThat(get("a").get("money").n()).isEqualTo("10");
  }

  @Test
  void expiredItemsGoWhenTheClockPassesTheirTime() {
    put("users", Map.of("id", s("before"), "ttl", n(START.getEpochSecond() + 3600)));
    service.updateTimeToLive(
        call,
        new UpdateTimeToLiveInput()
            .tableName("users")
            .timeToLiveSpecification(
                new TimeToLiveSpecification().enabled(true).attributeName("ttl")));
    put("users", Map.of("id", s("kept"), "ttl", n(START.getEpochSecond() + 3600)));
    put("users", Map.of("id", s("kept"), "ttl", n(START.getEpochSecond() + 999_999)));
    timers.advance(Duration.ofHours(2));
    assertThat(get("before")).isEmpty();
    assertThat(get("kept")).isNotEmpty();
  }

  @Test
  void randomWritesKeepItemsAndIndexInStep() {
    var random = new Random(42);
    var expected = new TreeMap<Integer, String>();
    for (int i = 0; i < 500; i++) {
      int at = random.nextInt(40) - 20;
      if (random.nextInt(3) == 0) {
        service.deleteItem(
            call,
            new DeleteItemInput().tableName("orders").key(Map.of("user", s("u"), "at", n(at))));
        expected.remove(at);
      } else {
        String status = "s" + random.nextInt(3);
        put("orders", Map.of("user", s("u"), "at", n(at), "status", s(status)));
        expected.put(at, status);
      }
    }
    var byStatus = new HashMap<Integer, String>();
    for (String status : List.of("s0", "s1", "s2")) {
      service
          .query(
              call,
              new QueryInput()
                  .tableName("orders")
                  .indexName("byStatus")
                  .keyConditionExpression("#s = :s")
                  .expressionAttributeNames(Map.of("#s", "status"))
                  .expressionAttributeValues(Map.of(":s", s(status))))
          .items()
          .forEach(item -> byStatus.put(Integer.valueOf(item.get("at").n()), status));
    }
    assertThat(byStatus).isEqualTo(expected);
    var description =
        service.describeTable(call, new DescribeTableInput().tableName("orders")).table();
    assertThat(description.itemCount()).isEqualTo(expected.size());
  }

  @Test
  void numbersSortByValue() {
    String[] ordered = {
      "-1E+125", "-1234.5", "-12", "-1.5", "-1", "-0.001", "0", "1E-130", "0.5", "1", "1.01", "9",
      "10", "100", "1E+100"
    };
    for (int i = 1; i < ordered.length; i++) {
      byte[] smaller = NumberOrder.bytes(new java.math.BigDecimal(ordered[i - 1]));
      byte[] larger = NumberOrder.bytes(new java.math.BigDecimal(ordered[i]));
      assertThat(java.util.Arrays.compareUnsigned(smaller, larger))
          .as(ordered[i - 1] + " < " + ordered[i])
          .isNegative();
    }
  }
}
