/// The path of a request as one readable list: identify, authenticate, authorize, meter, call,
/// encode. Inside calls between services take the same path from authorize on.
@NullMarked
package dev.brume.gateway;

import org.jspecify.annotations.NullMarked;
