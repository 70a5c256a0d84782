/// AWS Security Token Service: who am I, and temporary credentials for roles.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html>
///
/// Left out on purpose, and answered as not implemented: federation by SAML and web identity,
/// session policies, decoding of authorization messages.
@NullMarked
package dev.brume.services.sts;

import org.jspecify.annotations.NullMarked;
