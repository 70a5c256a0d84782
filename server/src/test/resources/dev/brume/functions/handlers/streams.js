// Handlers that stream what they answer.
/* global awslambda */
const { pipeline } = require('node:stream/promises');
const { Readable } = require('node:stream');

exports.words = awslambda.streamifyResponse(async (event, out, context) => {
  for (const word of event.words) out.write(word);
  out.write({ of: context.functionName });
  out.end();
});
exports.http = awslambda.streamifyResponse(async (event, out) => {
  const http = awslambda.HttpResponseStream.from(out, { statusCode: 201, headers: { 'X-A': 'b' } });
  await pipeline(Readable.from(['one ', 'two']), http);
});
exports.pause = awslambda.streamifyResponse(async (event, out) => {
  out.write('first');
  await new Promise((resolve) => setTimeout(resolve, event.millis));
  out.end('second');
});
exports.breaks = awslambda.streamifyResponse(async (event, out) => {
  if (event.text) out.write(event.text);
  throw new TypeError('half-way');
});
exports.uncaught = awslambda.streamifyResponse(async (event, out) => {
  out.write('some');
  setTimeout(() => { throw new RangeError('out of band'); }, 1);
  await new Promise((resolve) => setTimeout(resolve, 1000));
});
exports.never = awslambda.streamifyResponse(async (event, out) => {
  out.write('open');
});
exports.plain = awslambda.streamifyResponse((event, out) => {
  out.end('x');
});
exports.nothing = awslambda.streamifyResponse(async (event, out) => {
  out.end();
});
exports.large = awslambda.streamifyResponse(async (event, out) => {
  const chunk = Buffer.alloc(1 << 16, 'z');
  await pipeline(Readable.from((function* () { for (let i = 0; i < event.chunks; i++) yield chunk; })()), out);
});
exports.buffered = async (event) => ({ got: event });
