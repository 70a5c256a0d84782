// One handler per way of answering.
let count = 0;
exports.echo = async (event) => event;
exports.count = async () => ++count;
exports.callback = (event, context, callback) => setTimeout(() => callback(null, { called: event.x }), 5);
exports.callbackError = (event, context, callback) => callback(new Error('by callback'));
exports.neverCalls = (event, context, callback) => {};
exports.done = (event, context) => context.succeed({ done: true });
exports.waits = (event, context, callback) => {
  const seen = [];
  setTimeout(() => seen.push('later'), 30);
  callback(null, seen);
};
exports.doesNotWait = (event, context, callback) => {
  context.callbackWaitsForEmptyEventLoop = false;
  setTimeout(() => {}, 60000);
  callback(null, 'at once');
};
exports.nothing = async () => {};
exports.context = async (event, context) => ({
  ...context,
  remaining: context.getRemainingTimeInMillis(),
  env: process.env,
  cwd: process.cwd(),
  tmp: require('node:os').tmpdir(),
});
exports.throws = async () => {
  class OrderError extends Error {
    name = 'OrderError';
  }
  throw new OrderError('no such order');
};
exports.throwsString = async () => {
  throw 'just text';
};
exports.circular = async () => {
  const a = {};
  a.a = a;
  return a;
};
exports.neverSettles = async () => new Promise(() => {});
exports.uncaught = async () => {
  setTimeout(() => {
    throw new TypeError('out of band');
  }, 1);
  await new Promise((r) => setTimeout(r, 1000));
};
exports.unhandled = async () => {
  Promise.reject(new Error('nobody cares'));
  await new Promise((r) => setTimeout(r, 1000));
};
exports.exits = async () => process.exit(3);
exports.exitsQuietly = async () => process.exit(0);
exports.hangs = async () => {
  for (;;);
};
exports.sleeps = async (event) => new Promise((r) => setTimeout(() => r('slept'), event.millis));
exports.initialization = async (event) => {
  await new Promise((r) => setTimeout(r, event.millis));
  return process.env.AWS_LAMBDA_INITIALIZATION_TYPE;
};
exports.logs = async () => {
  console.log('plain %s', 'text', { a: 1 });
  console.error('two\nlines');
  process.stdout.write('raw line\n');
  process.stdout.write('no newline');
  return 'ok';
};
exports.prints = async (event) => {
  const line = 'x'.repeat(1023) + '\n';
  for (let i = 0; i < event.kilobytes; i++) process.stdout.write(line);
  return 'printed';
};
exports.returns = async (event) => 'y'.repeat(event.bytes);
exports.hog = async () => {
  const kept = [];
  for (let i = 0; i < 4000; i++) kept.push(Buffer.alloc(1 << 20, 1));
  return kept.length;
};
exports.forks = async (event) => {
  const { spawn } = require('node:child_process');
  const child = spawn('/bin/sh', ['-c', `setsid sh -c 'sleep ${event.seconds} & sleep ${event.seconds}' & sleep ${event.seconds}`], { stdio: 'ignore' });
  child.unref();
  for (;;);
};
exports.reads = async (event) => {
  const fs = require('node:fs');
  const result = {};
  for (const path of event.paths) {
    try {
      result[path] = fs.statSync(path).isDirectory() ? fs.readdirSync(path) : fs.readFileSync(path, 'utf8').slice(0, 100);
    } catch (e) {
      result[path] = e.code;
    }
  }
  return result;
};
exports.writes = async (event) => {
  try {
    require('node:fs').writeFileSync(event.path, 'x');
    return 'written';
  } catch (e) {
    return e.code;
  }
};
exports.sdk = async () => {
  const { S3Client } = require('@aws-sdk/client-s3');
  const { DynamoDBDocumentClient } = require('@aws-sdk/lib-dynamodb');
  const client = new S3Client({});
  return { region: await client.config.region(), key: (await client.config.credentials()).accessKeyId, doc: typeof DynamoDBDocumentClient.from };
};
exports.notAFunction = 42;

exports.fills = async () => {
  require('child_process').execFileSync('fallocate', ['-l', '600M', require('os').tmpdir() + '/full']);
  await new Promise((done) => setTimeout(done, 50000));
};
