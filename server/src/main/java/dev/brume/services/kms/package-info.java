/// AWS Key Management Service: symmetric keys with their material, aliases, encryption, data keys,
/// rotation, scheduled deletion, key policies, tags. Keys of AWS services (`alias/aws/…`) come into
/// being when they are first named.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html>
///
/// Left out on purpose, and answered as not implemented: asymmetric and HMAC keys, signatures,
/// imported material, custom key stores, keys of several regions, grants, enclaves.
@NullMarked
package dev.brume.services.kms;

import org.jspecify.annotations.NullMarked;
