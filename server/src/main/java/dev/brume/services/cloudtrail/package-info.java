/// AWS CloudTrail: LookupEvents, which the CDK asks after a failed deployment. Brume keeps no trail
/// yet, so the answer is empty.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/Welcome.html>
///
/// Left out on purpose, and answered as not implemented: everything else.
@NullMarked
package dev.brume.services.cloudtrail;

import org.jspecify.annotations.NullMarked;
