/// Lambda: functions, versions, aliases, layers, permissions, invocations, event source mappings.
///
/// <https://docs.aws.amazon.com/lambda/latest/api/welcome.html>
///
/// Left out on purpose: container images, code signing (every function answers that it has none),
/// file systems, capacity providers, durable executions. A VPC configuration is kept and shown; a
/// function's network is the machine's. X-Ray's mode is kept; there is no X-Ray.
@NullMarked
package dev.brume.services.lambda;

import org.jspecify.annotations.NullMarked;
