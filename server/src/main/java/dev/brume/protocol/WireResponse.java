package dev.brume.protocol;

import dev.brume.http.Headers;
import dev.brume.model.Body;

/// A response as a codec makes it. Request id headers are the gateway's.
public record WireResponse(int status, Headers headers, Body body) {}
