'use strict';
// Brume's Node runtime: the inside of an execution environment. Speaks the Lambda Runtime API (HTTP/1.1) over the Unix
// socket BRUME_SOCKET. Starts as a waiter that knows no function; one `assign` message turns it into one.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const Module = require('node:module');
const net = require('node:net');
const path = require('node:path');
const util = require('node:util');
const { pathToFileURL } = require('node:url');
const v8 = require('node:v8');

const API = '/2018-06-01/runtime';
const RESERVED_HOST = 'cfn-response.brume.internal';
const RESPONSE_PATH = '/_brume/cfn-response';
const LOG_FRAME = 0xa55a0003;
const END_FRAME = 0xa55a00ff;
const END_FRAMES = process.env.BRUME_END_FRAMES !== undefined; // elsewhere Brume looks into the pipe
const REQUEST_ID = Symbol.for('aws.lambda.runtime.requestId');
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const exit = process.exit.bind(process);
const PRACTISES = process.env.BRUME_PRACTICE !== undefined; // what was compiled is kept at the end

// ---------------------------------------------------------------------------------------------------------------- wire

const input = Buffer.allocUnsafeSlow(64 * 1024);
const socket = new net.Socket({ onread: { buffer: input, callback: (length) => take(input.subarray(0, length)) } });
let rehearsing = true; // then nothing is sent or printed
let onNext = null; // receives the head and the body of the next assign or invocation
let chunks = []; // of a message that is not whole yet
let held = 0;
let wanted = 0;

socket.on('connect', () => socket.write('GET /brume/assign HTTP/1.1\r\n\r\n'));
socket.on('error', () => exit(1));
socket.on('close', () => (PRACTISES ? require('./practice.cjs')(exit) : exit(0)));

// Most messages come in one piece and are used up before the next one: only what is left over is copied.
function take(piece) {
  let all = piece;
  if (held > 0) {
    chunks.push(Buffer.from(piece));
    held += piece.length;
    if (held < wanted) return;
    all = Buffer.concat(chunks, held);
    chunks = [];
    held = 0;
  }
  while (all.length > 0) {
    const length = receive(all);
    if (length > all.length) {
      chunks = [Buffer.from(all)];
      held = all.length;
      wanted = length;
      return;
    }
    all = all.subarray(length);
  }
}

// The length of the message that comes first; while it is not whole, how much there has to be before one looks again.
function receive(all) {
  const end = all.indexOf('\r\n\r\n');
  if (end < 0) return all.length + 1;
  const head = all.latin1Slice(0, end + 2);
  const length = end + 4 + Number(field(head, 'Content-Length') || 0);
  if (length > all.length) return length;
  if (field(head, 'Lambda-Runtime-Aws-Request-Id') || field(head, 'Brume-Assign')) {
    const next = onNext;
    onNext = null;
    next(head, all.toString('utf8', end + 4, length));
  }
  return length;
}

// Brume writes names always in the same way.
function field(head, name) {
  const at = head.indexOf(`\r\n${name}: `);
  if (at < 0) return undefined;
  const from = at + name.length + 4;
  return head.slice(from, head.indexOf('\r', from));
}

function send(text, done) {
  if (!rehearsing) socket.write(text, done);
}

function hold(wanted) {
  if (!rehearsing) wanted ? socket.ref() : socket.unref();
}

function post(where, body, extraHeaders) {
  return `POST ${API}${where} HTTP/1.1\r\nContent-Type: application/json\r\n${extraHeaders || ''}` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const NEXT = `GET ${API}/invocation/next HTTP/1.1\r\n\r\n`;

// ---------------------------------------------------------------------------------------------------------------- logs

function writeAll(buffer) {
  let at = rehearsing ? buffer.length : 0;
  while (at < buffer.length) {
    try {
      at += fs.writeSync(1, buffer, at);
    } catch (e) {
      if (e.code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function frame(type, text) {
  const length = Buffer.byteLength(text);
  const buffer = Buffer.allocUnsafe(16 + length);
  buffer.writeUInt32BE(type >>> 0, 0);
  buffer.writeUInt32BE(length, 4);
  buffer.writeBigInt64BE(BigInt(Date.now()) * 1000n, 8);
  buffer.write(text, 16);
  writeAll(buffer);
}

// Writes to a pipe are otherwise queued when it is full, and would come after the end of their invocation.
for (const out of [process.stdout, process.stderr]) out._handle?.setBlocking?.(true);

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

function errorFields(error) {
  return {
    errorType: error?.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : error.stack,
  };
}

function jsonRecord(level, params) {
  const record = { timestamp: new Date().toISOString(), level, requestId: globalThis[REQUEST_ID] };
  if (params.length === 1) {
    record.message = params[0];
    try {
      return JSON.stringify(record, (_, v) => (v instanceof Error ? { ...errorFields(v), ...v } : v));
    } catch {
      record.message = util.format(params[0]);
      return JSON.stringify(record);
    }
  }
  record.message = util.format(...params);
  const error = params.find((p) => p instanceof Error);
  if (error) Object.assign(record, errorFields(error));
  return JSON.stringify(record);
}

function textRecord(level, params) {
  return `${new Date().toISOString()}\t${globalThis[REQUEST_ID]}\t${level}\t${util.format(...params)}\n`;
}

let logError = () => {};

function patchConsole() {
  const json = (process.env.AWS_LAMBDA_LOG_FORMAT || '').toUpperCase() === 'JSON';
  const least = Math.max(0, LEVELS.indexOf((process.env.AWS_LAMBDA_LOG_LEVEL || '').toUpperCase()));
  const record = json ? jsonRecord : textRecord;
  LEVELS.forEach((level, rank) => {
    console[level.toLowerCase()] = rank < least ? () => {} : (...params) => frame(LOG_FRAME, record(level, params));
  });
  console.log = console.info;
  logError = json
    ? (_, error) => console.error(error instanceof Error ? error : new Error(error))
    : (what, error) => console.error(what, `\t${describe(error)}`);
}

function describe(thrown) {
  const error = thrown instanceof Error ? thrown : new Error(thrown);
  try {
    return JSON.stringify(error, (_, v) => {
      if (!(v instanceof Error)) return v;
      const fields = { errorType: v.name, errorMessage: v.message, code: v.code, ...v };
      if (typeof v.stack === 'string') fields.stack = v.stack.split('\n');
      return fields;
    });
  } catch {
    return JSON.stringify(payloadOf(thrown));
  }
}

// -------------------------------------------------------------------------------------------------------------- errors

function looksLikeError(e) {
  return e && ['name', 'message', 'stack'].every((key) => typeof e[key] === 'string' && e[key]);
}

function payloadOf(error) {
  try {
    if (util.types.isNativeError(error) || looksLikeError(error)) {
      return { errorType: error.name, errorMessage: error.message, trace: error.stack.split('\n') };
    }
    return { errorType: typeof error, errorMessage: error.toString(), trace: [] };
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    };
  }
}

function runtimeError(name, message, cause) {
  const error = new Error(message);
  error.name = `Runtime.${name}`;
  error.stack = cause && cause.stack && name === 'UserCodeSyntaxError' ? `${error.name}: ${message}\n${cause.stack}` : error.stack;
  if (name !== 'UserCodeSyntaxError') error.stack = error.stack.replace(/^Error/, error.name);
  return error;
}

function headerText(value) {
  return String(value).replace(/[^\x20-\x7e]/g, '?');
}

function errorPost(where, thrown) {
  const payload = payloadOf(thrown);
  return post(where, JSON.stringify(payload), `Lambda-Runtime-Function-Error-Type: ${headerText(payload.errorType)}\r\n`);
}

function failInit(error) {
  logError('Uncaught Exception', error);
  send(errorPost('/init/error', error), () => exit(1));
}

// ------------------------------------------------------------------------------------------------------------- loading

function isModuleFolder(folder) {
  for (let at = folder; ; at = path.dirname(at)) {
    if (at.endsWith('/node_modules')) return false;
    try {
      return JSON.parse(fs.readFileSync(path.join(at, 'package.json'), 'utf8')).type === 'module';
    } catch (e) {
      if (e.code !== 'ENOENT' && e.code !== 'ENOTDIR') return false;
    }
    if (at === path.dirname(at)) return false;
  }
}

async function loadModule(root, folder, name) {
  const file = path.resolve(root, folder, name);
  const isFile = (f) => fs.statSync(f, { throwIfNoEntry: false })?.isFile();
  const imported = (f) => import(pathToFileURL(f).href);
  if (isFile(file)) return require(file);
  if (isFile(`${file}.js`)) return isModuleFolder(path.dirname(file)) ? imported(`${file}.js`) : require(`${file}.js`);
  if (isFile(`${file}.mjs`)) return imported(`${file}.mjs`);
  if (isFile(`${file}.cjs`)) return require(`${file}.cjs`);
  return require(require.resolve(name, { paths: [root, path.resolve(root, folder)] }));
}

async function loadHandler(root, handler) {
  if (handler.includes('..')) {
    throw runtimeError(
      'MalformedHandlerName',
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const base = path.basename(handler);
  const folder = handler.slice(0, handler.indexOf(base));
  const dot = base.indexOf('.');
  if (dot < 0) throw runtimeError('MalformedHandlerName', 'Bad handler');
  let loaded;
  try {
    loaded = await loadModule(root, folder, base.slice(0, dot));
  } catch (e) {
    if (e instanceof SyntaxError) throw runtimeError('UserCodeSyntaxError', String(e), e);
    if (e?.code === 'MODULE_NOT_FOUND') throw runtimeError('ImportModuleError', String(e), e);
    throw e;
  }
  const keys = base.slice(dot + 1).split('.');
  const walk = (from) => keys.reduce((at, key) => at && at[key], from);
  const found = walk(loaded) ?? walk(loaded?.default);
  if (!found) throw runtimeError('HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw runtimeError('HandlerNotFound', `${handler} is not a function`);
  const streaming = found[STREAMING];
  if (streaming !== undefined && streaming !== null && streaming !== false && streaming !== 'response') {
    throw runtimeError('MalformedStreamingHandler', 'Only response streaming is supported.');
  }
  return found;
}

// ---------------------------------------------------------------------------------------------- the reserved host

// CloudFormation's ResponseURL for custom resources: handlers call it by https on port 443 whatever its scheme and port
// are, so the runtime brings them to Brume's endpoint.
function patchRequests() {
  const home = () => new URL(process.env.AWS_ENDPOINT_URL || 'http://127.0.0.1:4566');
  const redirect = (original) =>
    function request(...args) {
      const first = args[0];
      const url = typeof first === 'string' || first instanceof URL ? new URL(first) : null;
      const options = (url ? args[1] : first) || {};
      const given = typeof options === 'object' ? options : {};
      const host = given.hostname || (given.host || '').split(':')[0] || (url && url.hostname);
      if (host !== RESERVED_HOST) return original.apply(this, args);
      const callback = args.find((a) => typeof a === 'function');
      const { agent, port, protocol, host: _h, ...rest } = given;
      const endpoint = home();
      const plain = {
        ...rest,
        hostname: endpoint.hostname,
        port: endpoint.port || 80,
        path: RESPONSE_PATH + (url ? url.pathname + url.search : rest.path || '/'),
      };
      return plainRequest(plain, callback);
    };
  const plainRequest = http.request;
  http.request = redirect(http.request);
  https.request = redirect(https.request);
  const getter = (module) => (...args) => {
    const request = module.request(...args);
    request.end();
    return request;
  };
  http.get = getter(http);
  https.get = getter(https);
  Module.syncBuiltinESMExports();
  const plainFetch = globalThis.fetch;
  globalThis.fetch = function fetch(input, init) {
    const address = input instanceof Request ? input.url : String(input);
    if (!address.includes(RESERVED_HOST)) return plainFetch(input, init);
    const url = new URL(address);
    const target = `${home().origin}${RESPONSE_PATH}${url.pathname}${url.search}`;
    return plainFetch(input instanceof Request ? new Request(target, input) : target, init);
  };
}

// -------------------------------------------------------------------------------------------------------------- invoke

let handler;
let handlerIsAsync = false;
let beforeExit = null;
let current = null; // the invocation in progress
let about = {}; // the variables that contexts tell of

process.on('beforeExit', () => {
  const listener = beforeExit;
  beforeExit = null;
  if (listener) listener();
});

function unexpected(kind, exitCode, toError) {
  return (thrown, origin) => {
    const error = toError(thrown, origin);
    logError(kind, error);
    hold(true);
    const where = current ? `/invocation/${current.id}/error` : '/init/error';
    if (current) end(current);
    if (current?.stream) current.stream.fail(error, () => exit(exitCode));
    else send(errorPost(where, error), () => exit(exitCode));
  };
}

process.on('uncaughtException', unexpected('Uncaught Exception', 129, (e) => e));
process.on('unhandledRejection', unexpected('Unhandled Promise Rejection', 128, (reason, promise) => {
  const error = runtimeError('UnhandledPromiseRejection', String(reason));
  error.reason = reason;
  error.promise = promise;
  return error;
}));

function end(invocation) {
  if (END_FRAMES) frame(END_FRAME, invocation.id);
}

function finish(invocation, message) {
  if (invocation.done) return;
  invocation.done = true;
  beforeExit = null;
  current = null;
  end(invocation);
  hold(true);
  onNext = invoke;
  send(message + NEXT);
}

function respond(invocation, result) {
  if (invocation.done) return;
  let body;
  try {
    body = JSON.stringify(result === undefined ? null : result);
    if (body === undefined) body = 'null';
  } catch {
    return fail(invocation, new Error('Unable to stringify response body'));
  }
  finish(invocation, post(`/invocation/${invocation.id}/response`, body));
}

function fail(invocation, thrown) {
  if (invocation.done) return;
  logError('Invoke Error', thrown);
  finish(invocation, errorPost(`/invocation/${invocation.id}/error`, thrown));
}

function contextOf(head, id) {
  const deadline = Number(field(head, 'Lambda-Runtime-Deadline-Ms'));
  const parsed = (name) => {
    const text = field(head, name);
    return text ? JSON.parse(text) : undefined;
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: about.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: about.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: about.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: about.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: about.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parsed('Lambda-Runtime-Client-Context'),
    identity: parsed('Lambda-Runtime-Cognito-Identity'),
    invokedFunctionArn: field(head, 'Lambda-Runtime-Invoked-Function-Arn'),
    awsRequestId: id,
    tenantId: field(head, 'Lambda-Runtime-Aws-Tenant-Id'),
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function addCallbacks(context, invocation) {
  const complete = (error, result) => {
    if (invocation.done || invocation.completed) return;
    invocation.completed = true;
    const reply = () => (error === undefined || error === null ? respond(invocation, result) : fail(invocation, error));
    if (error !== undefined && error !== null) return reply();
    if (context.callbackWaitsForEmptyEventLoop) beforeExit = reply;
    else setImmediate(reply);
  };
  context.succeed = (result) => { context.callbackWaitsForEmptyEventLoop = false; complete(null, result); };
  context.fail = (error) => { context.callbackWaitsForEmptyEventLoop = false; complete(error ?? 'handled'); };
  context.done = (error, result) => { context.callbackWaitsForEmptyEventLoop = false; complete(error, result); };
  return complete;
}

function invoke(head, body) {
  const id = field(head, 'Lambda-Runtime-Aws-Request-Id');
  const invocation = { id, done: false, completed: false };
  current = invocation;
  globalThis[REQUEST_ID] = id;
  const trace = field(head, 'Lambda-Runtime-Trace-Id');
  if (trace) process.env._X_AMZN_TRACE_ID = trace;
  else delete process.env._X_AMZN_TRACE_ID;
  hold(false);
  beforeExit = () => {
    if (!handlerIsAsync) return respond(invocation, null);
    const error = runtimeError('NodeJsExit', 'The Lambda runtime client detected an unexpected Node.js exit code. ' +
      'This is most commonly caused by a Promise that was never settled. ' +
      'For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes');
    if (invocation.fail) invocation.fail(error);
    else fail(invocation, error);
  };
  try {
    const context = contextOf(head, id);
    const callback = addCallbacks(context, invocation);
    const event = JSON.parse(body);
    if (handler[STREAMING] === 'response') return stream(invocation, event, context);
    const result = handler(event, context, callback);
    if (result && typeof result.then === 'function') {
      result.then((value) => respond(invocation, value), (error) => fail(invocation, error ?? new Error(String(error))));
    }
  } catch (error) {
    fail(invocation, error);
  }
}

// ----------------------------------------------------------------------------------------------------------- streaming

const { Writable } = require('node:stream');

// The answer goes out in chunks as it is written; what fails later is told in trailers.
class ResponseStream extends Writable {
  constructor(invocation, options) {
    super(options);
    this.invocation = invocation;
    this.contentType = 'application/octet-stream';
  }

  setContentType(type) {
    if (this.opened || this.written) throw runtimeError('InvalidStreamingOperation', 'Cannot set content-type, too late.');
    this.contentType = type;
  }

  write(chunk, encoding, callback) {
    let data = chunk;
    if (typeof data !== 'string' && !(data instanceof Uint8Array)) data = JSON.stringify(data);
    if (!this.written) {
      this.written = true;
      this._onBeforeFirstWrite?.((first) => super.write(first));
    }
    return super.write(data, encoding, callback);
  }

  _write(chunk, encoding, done) {
    if (this.closedBy || chunk.length === 0) return done();
    socket.cork();
    this.open();
    socket.write(`${chunk.length.toString(16)}\r\n`);
    socket.write(chunk);
    socket.write('\r\n', done);
    socket.uncork();
  }

  _final(done) {
    this.close('end', '');
    done();
  }

  open() {
    if (this.opened) return;
    this.opened = true;
    socket.write(`POST ${API}/invocation/${this.invocation.id}/response HTTP/1.1\r\n` +
      `Content-Type: ${this.contentType}\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n` +
      'Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n' +
      'Transfer-Encoding: chunked\r\n\r\n');
  }

  close(why, trailers, done) {
    if (this.closedBy) return;
    this.closedBy = why;
    this.open();
    socket.write(`0\r\n${trailers}\r\n`, done);
  }

  fail(thrown, done) {
    const payload = payloadOf(thrown);
    const body = Buffer.from(JSON.stringify(payload)).toString('base64');
    this.close('error', `Lambda-Runtime-Function-Error-Type: ${headerText(payload.errorType)}\r\n` +
      `Lambda-Runtime-Function-Error-Body: ${body}\r\n`, done);
  }
}

function stream(invocation, event, context) {
  const out = new ResponseStream(invocation, { highWaterMark: handler[HIGH_WATER_MARK] });
  invocation.stream = out;
  const end = () => finish(invocation, '');
  const fail = (error) => {
    if (invocation.done) return;
    if (!out.closedBy) logError('Invoke Error', error);
    out.fail(error);
    end();
  };
  invocation.fail = fail;
  out.on('error', () => {});
  const finished = new Promise((resolve) => { out.on('finish', resolve); out.on('close', resolve); });
  let result;
  try {
    result = handler(event, out, context);
  } catch (error) {
    return fail(error);
  }
  if (!result || typeof result.then !== 'function') {
    return fail(new Error('Streaming does not support non-async handlers.'));
  }
  result.then(async (value) => {
    if (value !== undefined) console.warn('Streaming handlers ignore return values.');
    await finished;
    if (!out.writableFinished) return fail(new Error('Response stream is not finished.'));
    end();
  }, fail);
}

function provideGlobals() {
  globalThis.awslambda = {
    streamifyResponse(target, options) {
      target[STREAMING] = 'response';
      if (typeof options?.highWaterMark === 'number') target[HIGH_WATER_MARK] = options.highWaterMark;
      return target;
    },
    HttpResponseStream: {
      from(target, prelude) {
        target.setContentType('application/vnd.awslambda.http-integration-response');
        const text = JSON.stringify(prelude);
        target._onBeforeFirstWrite = (write) => {
          write(text);
          write(new Uint8Array(8));
        };
        return target;
      },
    },
  };
}

// -------------------------------------------------------------------------------------------------------------- assign

async function assign(head, body) {
  const message = JSON.parse(body);
  // Only what differs: setting TZ to what it is would load the time zones anew.
  // Without variables in the message they have been there from the start.
  const given = message.env || process.env;
  for (const key of Object.keys(process.env)) if (!(key in given) || key.startsWith('BRUME_')) delete process.env[key];
  for (const [key, value] of Object.entries(given)) if (process.env[key] !== value) process.env[key] = value;
  Module._initPaths();
  if (message.heapMegabytes) v8.setFlagsFromString(`--max-old-space-size=${message.heapMegabytes}`);
  // All that a process which waited can still take from these options: see NodeFamily.
  if (process.env.NODE_OPTIONS?.trim() === '--enable-source-maps') process.setSourceMapsEnabled(true);
  // What is counted would be less precise with it.
  if (message.compileCache && !process.env.NODE_V8_COVERAGE) Module.enableCompileCache(message.compileCache);
  about = { ...process.env };
  patchConsole();
  if (message.notice) console.warn(message.notice);
  try {
    process.chdir(process.env.LAMBDA_TASK_ROOT);
    handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
  } catch (error) {
    return failInit(error);
  }
  handlerIsAsync = handler.constructor?.name === 'AsyncFunction';
  if (message.refuseCallbacks && handler.length >= 3 && !handler[STREAMING]) {
    return failInit(runtimeError(
      'CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
      'You need to modify this function to use a supported handler signature to use Node.js 24 or later.',
    ));
  }
  onNext = invoke;
  send(NEXT);
}

// ----------------------------------------------------------------------------------------------------------- rehearsal

// Loads modules in both ways, so that functions of either kind have them.
async function preload(names) {
  const modules = [];
  for (const name of names) {
    try {
      modules.push(require(name));
      await import(name);
    } catch {
      // The function itself will say what is missing when it asks for it.
    }
  }
  return modules;
}

// A client of the SDK, and a request that goes nowhere. Both are thrown away: what stays is that their code is compiled.
async function tryClient(sdk) {
  const named = (pattern) => Object.keys(sdk).find((name) => pattern.test(name));
  const client = named(/^[A-Z][A-Za-z0-9]*Client$/);
  const command = named(/^(List|Describe|Get)[A-Za-z0-9]*Command$/);
  if (!client) return;
  new sdk[client]({});
  const requestHandler = { handle: async () => { throw new Error('nobody is there'); } };
  await new sdk[client]({ requestHandler, maxAttempts: 1 }).send(new sdk[command]({}));
}

// Goes the whole way of a function and its first event once, so that none of it has to be compiled when that counts.
async function rehearse() {
  const modules = await preload(process.env.BRUME_PRELOAD.split(',').filter(Boolean));
  const before = { ...process.env };
  const folder = process.cwd();
  const env = {
    ...before, LAMBDA_TASK_ROOT: __dirname, _HANDLER: 'rehearsal.handler', AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none', AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  const receive = (headers, body) =>
    take(Buffer.from(`HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`));
  const step = () => new Promise(setImmediate);
  try {
    onNext = assign;
    receive('Brume-Assign: 1\r\n', JSON.stringify({ env }));
    while (onNext !== invoke) await step();
    receive('Lambda-Runtime-Aws-Request-Id: 0\r\nLambda-Runtime-Deadline-Ms: 0\r\nLambda-Runtime-Trace-Id: 0\r\n', '{}');
    while (onNext !== invoke) await step();
    await import('./rehearsal.mjs');
    for (const sdk of modules) await tryClient(sdk).catch(() => {});
  } finally {
    for (const key of Object.keys(process.env)) if (!(key in before)) delete process.env[key];
    process.chdir(folder);
    delete require.cache[require.resolve('./rehearsal.js')];
    delete globalThis[REQUEST_ID];
    handler = undefined;
  }
}

patchRequests();
provideGlobals();
const where = process.env.BRUME_SOCKET;
// Without it a function waits already.
const ready = process.env.BRUME_PRELOAD === undefined ? Promise.resolve() : rehearse();
ready.then(() => {
  rehearsing = false;
  onNext = assign;
  socket.connect(where);
});
