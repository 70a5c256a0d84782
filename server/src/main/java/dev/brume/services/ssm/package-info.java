/// AWS Systems Manager Parameter Store: parameters with versions, labels left out.
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/Welcome.html>
///
/// Left out on purpose, and answered as not implemented: everything of Systems Manager that is not
/// the Parameter Store; parameter policies, labels and tiers beyond their record.
/// SecureString values are stored as given: the store itself is what protects them.
@NullMarked
package dev.brume.services.ssm;

import org.jspecify.annotations.NullMarked;
