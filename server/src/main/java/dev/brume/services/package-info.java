/// One folder per AWS service, all of the same shape.
@NullMarked
package dev.brume.services;

import org.jspecify.annotations.NullMarked;
