/// The inside of an execution environment of a function in Java: Lambda's Runtime API over a Unix
/// socket. Handlers, events, errors and logs are handled by AWS's own classes, the
/// aws-lambda-java-runtime-interface-client, as on Lambda.
/// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
package dev.brume.runtime;
