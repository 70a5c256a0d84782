/// What generated service types and the rest of Brume agree on: shapes read from AWS's service
/// models, values of structures, errors, and the call that an operation is given.
///
/// Nothing here knows HTTP, a wire format or a service.
@NullMarked
package dev.brume.model;

import org.jspecify.annotations.NullMarked;
