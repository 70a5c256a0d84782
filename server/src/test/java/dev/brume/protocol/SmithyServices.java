package dev.brume.protocol;

import dev.brume.model.Member;
import dev.brume.model.Operation;
import dev.brume.model.ServiceModel;
import dev.brume.model.ServiceModel.Protocol;
import dev.brume.model.Shape;
import dev.brume.model.Shape.TimestampFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.smithy.aws.traits.auth.SigV4Trait;
import software.amazon.smithy.aws.traits.protocols.AwsQueryErrorTrait;
import software.amazon.smithy.model.Model;
import software.amazon.smithy.model.knowledge.TopDownIndex;
import software.amazon.smithy.model.shapes.MemberShape;
import software.amazon.smithy.model.shapes.OperationShape;
import software.amazon.smithy.model.shapes.ServiceShape;
import software.amazon.smithy.model.shapes.ShapeId;
import software.amazon.smithy.model.traits.EnumTrait;
import software.amazon.smithy.model.traits.ErrorTrait;
import software.amazon.smithy.model.traits.EventHeaderTrait;
import software.amazon.smithy.model.traits.EventPayloadTrait;
import software.amazon.smithy.model.traits.HttpErrorTrait;
import software.amazon.smithy.model.traits.HttpHeaderTrait;
import software.amazon.smithy.model.traits.HttpLabelTrait;
import software.amazon.smithy.model.traits.HttpPayloadTrait;
import software.amazon.smithy.model.traits.HttpPrefixHeadersTrait;
import software.amazon.smithy.model.traits.HttpQueryParamsTrait;
import software.amazon.smithy.model.traits.HttpQueryTrait;
import software.amazon.smithy.model.traits.HttpResponseCodeTrait;
import software.amazon.smithy.model.traits.HttpTrait;
import software.amazon.smithy.model.traits.IdempotencyTokenTrait;
import software.amazon.smithy.model.traits.JsonNameTrait;
import software.amazon.smithy.model.traits.LengthTrait;
import software.amazon.smithy.model.traits.PatternTrait;
import software.amazon.smithy.model.traits.RangeTrait;
import software.amazon.smithy.model.traits.StreamingTrait;
import software.amazon.smithy.model.traits.TimestampFormatTrait;
import software.amazon.smithy.model.traits.XmlAttributeTrait;
import software.amazon.smithy.model.traits.XmlFlattenedTrait;
import software.amazon.smithy.model.traits.XmlNameTrait;
import software.amazon.smithy.model.traits.XmlNamespaceTrait;

/// Turns services of a Smithy model into Brume's, so that the published conformance cases run on
/// the same classes as the real services.
@SuppressWarnings("deprecation")
final class SmithyServices {
  private final Model model;
  private final Protocol protocol;
  private final Map<ShapeId, Shape> shapes = new HashMap<>();

  SmithyServices(Model model, Protocol protocol) {
    this.model = model;
    this.protocol = protocol;
  }

  ServiceModel service(ServiceShape service) {
    var operations = new ArrayList<Operation>();
    for (OperationShape operation : TopDownIndex.of(model).getContainedOperations(service)) {
      operations.add(operation(operations.size(), operation));
    }
    String signingName =
        service.getTrait(SigV4Trait.class).map(SigV4Trait::getName).orElse("unsigned");
    String name = service.getId().getName().equals("AmazonS3") ? "s3" : "conformance";
    var identity =
        new ServiceModel.Identity(
            name,
            service.getId().getName(),
            signingName,
            service.getId().getName(),
            service.getVersion(),
            service.getTrait(XmlNamespaceTrait.class).map(XmlNamespaceTrait::getUri).orElse(null),
            service.findTrait("aws.protocols#awsQueryCompatible").isPresent(),
            List.of(protocol));
    return new ServiceModel(identity, operations, Map.of());
  }

  private Operation operation(int index, OperationShape operation) {
    HttpTrait http = operation.getTrait(HttpTrait.class).orElse(null);
    return new Operation(
        index,
        operation.getId().getName(),
        http == null ? "POST" : http.getMethod(),
        http == null ? "/" : http.getUri().toString(),
        http == null ? 200 : http.getCode(),
        shape(operation.getInputShape()),
        shape(operation.getOutputShape()),
        operation.getErrors().stream().map(this::shape).toList(),
        operation.getId().getName() + "Result",
        null,
        false,
        false);
  }

  Shape shape(ShapeId id) {
    Shape known = shapes.get(id);
    if (known != null) {
      return known;
    }
    software.amazon.smithy.model.shapes.Shape from = model.expectShape(id);
    Shape shape =
        new Shape(id.getName(), kind(from), constraints(from), timestampFormat(from), error(from));
    shapes.put(id, shape);
    var members = new ArrayList<Member>();
    for (MemberShape member : from.members()) {
      members.add(member(members.size(), from, member));
    }
    shape.link(
        members, from.getTrait(XmlNameTrait.class).map(XmlNameTrait::getValue).orElse(null), null);
    return shape;
  }

  private Member member(
      int index, software.amazon.smithy.model.shapes.Shape container, MemberShape member) {
    String name = member.getMemberName();
    var flags =
        new Member.Flags(
            member.getMemberTrait(model, StreamingTrait.class).isPresent(),
            member.hasTrait(XmlFlattenedTrait.class),
            member.hasTrait(XmlAttributeTrait.class),
            member.hasTrait(IdempotencyTokenTrait.class),
            false,
            model.expectShape(member.getTarget()).isUnionShape()
                && member.getMemberTrait(model, StreamingTrait.class).isPresent());
    XmlNamespaceTrait namespace =
        member.getMemberTrait(model, XmlNamespaceTrait.class).orElse(null);
    return new Member(
        index,
        name,
        shape(member.getTarget()),
        location(member),
        locationName(member),
        member.getTrait(XmlNameTrait.class).map(XmlNameTrait::getValue).orElse(name),
        member.isRequired(),
        flags,
        timestampFormat(member),
        namespace == null
            ? null
            : new Member.XmlNamespace(namespace.getPrefix().orElse(null), namespace.getUri()));
  }

  private static Member.Location location(MemberShape member) {
    if (member.hasTrait(HttpHeaderTrait.class) || member.hasTrait(EventHeaderTrait.class)) {
      return Member.Location.HEADER;
    } else if (member.hasTrait(HttpPrefixHeadersTrait.class)) {
      return Member.Location.PREFIX_HEADERS;
    } else if (member.hasTrait(HttpQueryTrait.class)) {
      return Member.Location.QUERY;
    } else if (member.hasTrait(HttpQueryParamsTrait.class)) {
      return Member.Location.QUERY_PARAMS;
    } else if (member.hasTrait(HttpLabelTrait.class)) {
      return Member.Location.LABEL;
    } else if (member.hasTrait(HttpResponseCodeTrait.class)) {
      return Member.Location.STATUS_CODE;
    }
    return member.hasTrait(HttpPayloadTrait.class) || member.hasTrait(EventPayloadTrait.class)
        ? Member.Location.PAYLOAD
        : Member.Location.BODY;
  }

  private static String locationName(MemberShape member) {
    return member
        .getTrait(HttpHeaderTrait.class)
        .map(HttpHeaderTrait::getValue)
        .or(() -> member.getTrait(HttpPrefixHeadersTrait.class).map(t -> t.getValue()))
        .or(() -> member.getTrait(HttpQueryTrait.class).map(HttpQueryTrait::getValue))
        .or(() -> member.getTrait(JsonNameTrait.class).map(JsonNameTrait::getValue))
        .orElse(member.getMemberName());
  }

  private static Shape.Kind kind(software.amazon.smithy.model.shapes.Shape shape) {
    return switch (shape.getType()) {
      case STRUCTURE -> Shape.Kind.STRUCTURE;
      case UNION -> Shape.Kind.UNION;
      case LIST, SET -> Shape.Kind.LIST;
      case MAP -> Shape.Kind.MAP;
      case STRING, ENUM -> Shape.Kind.STRING;
      case BYTE, SHORT, INTEGER, INT_ENUM -> Shape.Kind.INTEGER;
      case LONG, BIG_INTEGER -> Shape.Kind.LONG;
      case BOOLEAN -> Shape.Kind.BOOLEAN;
      case FLOAT -> Shape.Kind.FLOAT;
      case DOUBLE, BIG_DECIMAL -> Shape.Kind.DOUBLE;
      case TIMESTAMP -> Shape.Kind.TIMESTAMP;
      case BLOB -> Shape.Kind.BLOB;
      case DOCUMENT -> Shape.Kind.DOCUMENT;
      default -> throw new IllegalArgumentException("no such kind: " + shape);
    };
  }

  private static Shape.Constraints constraints(software.amazon.smithy.model.shapes.Shape shape) {
    var length = shape.getTrait(LengthTrait.class);
    var range = shape.getTrait(RangeTrait.class);
    Pattern pattern = shape.getTrait(PatternTrait.class).map(PatternTrait::getPattern).orElse(null);
    List<String> allowed =
        shape.getTrait(EnumTrait.class).map(EnumTrait::getEnumDefinitionValues).orElse(List.of());
    return new Shape.Constraints(
        length
            .flatMap(LengthTrait::getMin)
            .map(java.math.BigDecimal::valueOf)
            .or(() -> range.flatMap(RangeTrait::getMin))
            .orElse(null),
        length
            .flatMap(LengthTrait::getMax)
            .map(java.math.BigDecimal::valueOf)
            .or(() -> range.flatMap(RangeTrait::getMax))
            .orElse(null),
        pattern,
        allowed);
  }

  private static TimestampFormat timestampFormat(software.amazon.smithy.model.shapes.Shape shape) {
    return shape
        .getTrait(TimestampFormatTrait.class)
        .map(
            trait ->
                switch (trait.getFormat()) {
                  case DATE_TIME -> TimestampFormat.DATE_TIME;
                  case EPOCH_SECONDS -> TimestampFormat.EPOCH_SECONDS;
                  case HTTP_DATE -> TimestampFormat.HTTP_DATE;
                  default -> TimestampFormat.DEFAULT;
                })
        .orElse(TimestampFormat.DEFAULT);
  }

  private Shape.@Nullable ErrorTrait error(software.amazon.smithy.model.shapes.Shape shape) {
    ErrorTrait error = shape.getTrait(ErrorTrait.class).orElse(null);
    if (error == null) {
      return null;
    }
    var query = shape.getTrait(AwsQueryErrorTrait.class);
    int own =
        shape
            .getTrait(HttpErrorTrait.class)
            .map(HttpErrorTrait::getCode)
            .orElse(error.getDefaultHttpStatusCode());
    int status =
        protocol == Protocol.AWS_QUERY
            ? query.map(AwsQueryErrorTrait::getHttpResponseCode).orElse(own)
            : own;
    String code = query.map(AwsQueryErrorTrait::getCode).orElse(shape.getId().getName());
    return new Shape.ErrorTrait(code, status, error.isClientError());
  }
}
