/// AWS's wire protocols, each once for all services: decode, validate, encode, errors, all from the
/// shapes of the model. Knows no service.
@NullMarked
package dev.brume.protocol;

import org.jspecify.annotations.NullMarked;
