package dev.brume.auth;

import dev.brume.auth.Demands.Demand;
import dev.brume.model.Call;
import dev.brume.model.Member;
import dev.brume.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// DynamoDB's actions and resources: tables and indexes, also inside batches and transactions.
final class DynamoDbDemands {
  private static final Map<String, String> TRANSACTED =
      Map.of(
          "ConditionCheck", "ConditionCheckItem",
          "Delete", "DeleteItem",
          "Get", "GetItem",
          "Put", "PutItem",
          "Update", "UpdateItem");

  private DynamoDbDemands() {}

  static List<Demand> of(Call call, String name, Struct in) {
    var demands = new ArrayList<Demand>();
    for (Object table : Demands.elements(in, "RequestItems")) {
      demands.add(new Demand("dynamodb:" + name, table(call, String.valueOf(table))));
    }
    for (Object item : Demands.elements(in, "TransactItems")) {
      if (item instanceof Struct struct) {
        transacted(call, struct, demands);
      }
    }
    if (demands.isEmpty()) {
      String table = Demands.text(in, "TableName");
      String index = Demands.text(in, "IndexName");
      String resource = table == null ? Demands.text(in, "ResourceArn") : table(call, table);
      if (table != null && index != null) {
        resource += "/index/" + index;
      }
      demands.add(new Demand("dynamodb:" + name, resource));
    }
    return demands;
  }

  private static void transacted(Call call, Struct item, List<Demand> demands) {
    for (Member member : item.shape().members()) {
      String action = TRANSACTED.get(member.name());
      if (action != null && item.get(member.index()) instanceof Struct part) {
        String table = Demands.text(part, "TableName");
        demands.add(new Demand("dynamodb:" + action, table == null ? null : table(call, table)));
      }
    }
  }

  private static String table(Call call, String name) {
    return name.startsWith("arn:") ? name : call.arn("dynamodb", "table/" + name);
  }
}
