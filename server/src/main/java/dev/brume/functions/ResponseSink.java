package dev.brume.functions;

import java.io.IOException;

/// Takes a function's answer while it comes, on the invoking thread: while it takes its time, the
/// function waits. When it throws, nothing more is given to it, and the function goes on unheard.
/// https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
public interface ResponseSink {
  /// Called once, before the first bytes, or at the end of an answer without any. Not called for
  /// an invocation that failed before it wrote something.
  ///
  /// @param contentType as the runtime sent it: `application/json` for a handler that returns its
  ///   answer, `application/octet-stream` for one that streams,
  ///   `application/vnd.awslambda.http-integration-response` when JSON with status code, headers
  ///   and cookies and then 8 NUL bytes come before the body
  void begin(String contentType) throws IOException;

  /// The next bytes. The array is the caller's and will be used again.
  void write(byte[] bytes, int offset, int length) throws IOException;
}
