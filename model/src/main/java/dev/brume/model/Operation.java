package dev.brume.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One operation of a service's model.
///
/// @param index its place in [ServiceModel#operations()], the argument of [Service#call]
/// @param name e.g. `SendMessage`
/// @param httpMethod e.g. `POST`
/// @param uri the URI template of the REST protocols, e.g. `/{Bucket}/{Key+}?tagging`; `/` for the
///   others
/// @param httpStatus the status of success, e.g. 200
/// @param input a structure; an empty one where the model gives none
/// @param output a structure; an empty one where the model gives none
/// @param errors the error structures that the model lists
/// @param resultWrapper awsQuery's `<XResult>` element, null where the model has none
/// @param inputXmlNamespace namespace of the input's root element in restXml, null if none
/// @param checksumRequired the request must carry Content-MD5 or a checksum header
///   (`httpChecksumRequired`)
/// @param unsignedPayload the body is not part of the signature
public record Operation(
    int index,
    String name,
    String httpMethod,
    String uri,
    int httpStatus,
    Shape input,
    Shape output,
    List<Shape> errors,
    @Nullable String resultWrapper,
    @Nullable String inputXmlNamespace,
    boolean checksumRequired,
    boolean unsignedPayload) {}
