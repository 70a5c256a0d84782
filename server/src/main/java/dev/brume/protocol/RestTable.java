package dev.brume.protocol;

import dev.brume.http.Headers;
import dev.brume.model.Member;
import dev.brume.model.Member.Location;
import dev.brume.model.Operation;
import dev.brume.model.ServiceModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The operations of a REST service by method, path, query and headers; the most specific wins.
final class RestTable {
  private static final int LITERAL_SEGMENT = 100;
  private static final int NO_GREEDY_LABEL = 50;
  private static final int LITERAL_PARAMETER = 20;
  private static final int REQUIRED_PARAMETER = 5;
  private static final int REQUIRED_HEADER = 2;

  private final List<Row> rows;

  /// @param parameters the query parameters that it cannot do without
  /// @param headers the headers that it cannot do without
  /// @param weight how specific it is
  private record Row(
      Operation operation,
      UriTemplate template,
      List<String> parameters,
      List<String> headers,
      int weight) {}

  private RestTable(List<Row> rows) {
    this.rows = rows;
  }

  static RestTable of(ServiceModel model) {
    var rows = new ArrayList<Row>();
    for (Operation operation : model.operations()) {
      rows.add(row(operation));
    }
    // Stable: among equals the first of the model wins.
    rows.sort((left, right) -> Integer.compare(right.weight(), left.weight()));
    return new RestTable(List.copyOf(rows));
  }

  private static Row row(Operation operation) {
    UriTemplate template = UriTemplate.parse(operation.uri());
    var parameters = new ArrayList<String>();
    var headers = new ArrayList<String>();
    for (Member member : operation.input().members()) {
      if (member.required() && member.location() == Location.QUERY) {
        parameters.add(member.locationName());
      } else if (member.required() && member.location() == Location.HEADER) {
        headers.add(member.locationName());
      }
    }
    boolean greedy = false;
    int weight = 0;
    for (UriTemplate.Segment segment : template.segments()) {
      weight += segment.label() ? 0 : LITERAL_SEGMENT;
      greedy |= segment.greedy();
    }
    weight += greedy ? 0 : NO_GREEDY_LABEL;
    weight += LITERAL_PARAMETER * template.literals().size();
    weight += REQUIRED_PARAMETER * parameters.size() + REQUIRED_HEADER * headers.size();
    return new Row(operation, template, parameters, headers, weight);
  }

  @Nullable Operation find(String method, String path, @Nullable String rawQuery, Headers headers) {
    Map<String, List<String>> query = Parameters.read(rawQuery);
    String[] parts = UriTemplate.parts(path);
    Operation incomplete = null;
    for (Row row : rows) {
      if (row.operation().httpMethod().equals(method)
          && literals(row, query)
          && row.template().match(parts) != null) {
        if (query.keySet().containsAll(row.parameters())
            && row.headers().stream().allMatch(headers::has)) {
          return row.operation();
        }
        // It will answer what is missing, unless another operation fits whole.
        incomplete = incomplete == null ? row.operation() : incomplete;
      }
    }
    return incomplete;
  }

  private static boolean literals(Row row, Map<String, List<String>> query) {
    for (Map.Entry<String, String> literal : row.template().literals().entrySet()) {
      List<String> values = query.get(literal.getKey());
      if (values == null || !literal.getValue().isEmpty() && !values.contains(literal.getValue())) {
        return false;
      }
    }
    return true;
  }
}
