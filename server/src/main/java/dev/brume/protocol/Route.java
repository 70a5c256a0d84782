package dev.brume.protocol;

import dev.brume.model.Operation;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.ServiceModel.Protocol;
import org.jspecify.annotations.Nullable;

/// What a request asks for.
///
/// @param model the service that it is for
/// @param protocol how it is written and must be answered
/// @param operation null if the service has no such operation; then `error` says so
/// @param error the answer when there is no operation, in the words of the protocol; else null
/// @param path percent-encoded, for the codec: for S3 in path style, whatever the host was
public record Route(
    ServiceModel model,
    Protocol protocol,
    @Nullable Operation operation,
    @Nullable ServiceError error,
    String path) {}
