package dev.brume.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.brume.model.Member;
import dev.brume.model.Shape;
import org.jspecify.annotations.Nullable;

/// The notations of the same tree: the JSON of awsJson, the JSON of restJson, and CBOR. They differ
/// in how blobs, timestamps and special numbers are written, and in whose names the members have.
enum TreeFormat {
  AWS_JSON,
  REST_JSON,
  CBOR;

  /// Deeper than DynamoDB's 32 levels of documents, which take three each in JSON.
  static final int NESTING_MAX = 200;

  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxNestingDepth(NESTING_MAX)
          .maxStringLength(Bodies.LARGEST_BYTES_MAX)
          .maxNameLength(65_536)
          .build();
  private static final JsonFactory JSON_FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(CONSTRAINTS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();
  private static final JsonFactory CBOR_FACTORY =
      CBORFactory.builder().streamReadConstraints(CONSTRAINTS).build();

  JsonFactory factory() {
    return this == CBOR ? CBOR_FACTORY : JSON_FACTORY;
  }

  /// The member with this wire name, null if there is none.
  @Nullable Member member(Shape shape, String wireName) {
    Member member = shape.member(wireName);
    if (this != REST_JSON
        || member != null && inDocument(member) && wireName(member).equals(wireName)) {
      return member;
    }
    // A label may have the same name in the model as another member has in the document.
    Member bound = null;
    for (Member candidate : shape.members()) {
      if (wireName(candidate).equals(wireName)) {
        if (inDocument(candidate)) {
          return candidate;
        }
        bound = candidate;
      }
    }
    return bound;
  }

  /// The member's name in the document. Bindings of nested structures do not count.
  String wireName(Member member) {
    return this == REST_JSON && member.location() == Member.Location.BODY
        ? member.locationName()
        : member.name();
  }

  /// Whether a member of the operation's own input or output is part of the document.
  boolean inDocument(Member member) {
    return this != REST_JSON || member.location() == Member.Location.BODY;
  }

  /// Whether a member of an output or error is part of the document: what is bound to the request
  /// has no other place there.
  boolean inOutputDocument(Member member) {
    return this != REST_JSON || isOutputBody(member);
  }

  static boolean isOutputBody(Member member) {
    return switch (member.location()) {
      case BODY, QUERY, QUERY_PARAMS, LABEL -> true;
      case HEADER, PREFIX_HEADERS, STATUS_CODE, PAYLOAD -> false;
    };
  }
}
