package dev.brume.services.apigateway;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An API as it was when it was deployed.
record ApiDeployment(
    String id,
    @Nullable String description,
    long createdMillis,
    List<String> binaryMediaTypes,
    Map<String, ApiResource> resources) {}
