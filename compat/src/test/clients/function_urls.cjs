// What users of the AWS SDK for JavaScript v3 and of fetch do with streamed answers and function URLs, of the functions `streaming` and `guarded` that
// are there; the first wrong answer ends the program.
'use strict';
const assert = require('node:assert/strict');
const { createHash, createHmac } = require('node:crypto');
const { createRequire } = require('node:module');
const load = createRequire(process.cwd() + '/');
const { LambdaClient, AddPermissionCommand, CreateFunctionUrlConfigCommand, DeleteFunctionConcurrencyCommand, InvokeWithResponseStreamCommand,
  PutFunctionConcurrencyCommand, TooManyRequestsException } = load('@aws-sdk/client-lambda');
const { SQSClient, CreateQueueCommand, SendMessageCommand } = load('@aws-sdk/client-sqs');
const { SignatureV4 } = load('@smithy/signature-v4');

class Sha256 {
  constructor(secret) {
    this.hash = secret ? createHmac('sha256', secret) : createHash('sha256');
  }
  update(data) {
    this.hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.hash.digest());
  }
}

// A queue that a function waits at until the client has seen what came before.
async function gate() {
  const sqs = new SQSClient({});
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:ReceiveMessage', Resource: '*' }] });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'gate', Attributes: { Policy } }));
  return { url: QueueUrl, open: () => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'go on' })) };
}

async function chunks(client, payload, seen = async () => {}) {
  const answer = await client.send(new InvokeWithResponseStreamCommand({ FunctionName: 'streaming', Payload: JSON.stringify(payload), LogType: 'Tail' }));
  assert.equal(answer.StatusCode, 200);
  const found = [];
  let end;
  for await (const event of answer.EventStream) {
    assert.equal(end, undefined, 'nothing comes after the end');
    if (event.PayloadChunk) found.push(Buffer.from(event.PayloadChunk.Payload).toString());
    if (event.PayloadChunk && found.length === 1) await seen();
    end = event.InvokeComplete;
  }
  return { text: found.join(''), end };
}

(async () => {
  const client = new LambdaClient({});
  const after = await gate();
  const whole = await chunks(client, { until: after.url }, after.open);
  assert.equal(whole.text, 'one two');
  assert.match(Buffer.from(whole.end.LogResult, 'base64').toString(), /streaming[^]*REPORT/);
  const failed = await chunks(client, { late: 1 });
  assert.equal(failed.text, 'one ');
  assert.equal(failed.end.ErrorCode, 'Unhandled');
  assert.equal(JSON.parse(failed.end.ErrorDetails).errorMessage, 'late');
  await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'streaming', ReservedConcurrentExecutions: 0 }));
  await assert.rejects(chunks(client, {}), (e) => e instanceof TooManyRequestsException && e.Reason === 'ReservedFunctionConcurrentInvocationLimitExceeded');
  await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName: 'streaming' }));

  const { FunctionUrl } = await client.send(new CreateFunctionUrlConfigCommand({ FunctionName: 'streaming', AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' }));
  const everybody = { FunctionName: 'streaming', Principal: '*' };
  await client.send(new AddPermissionCommand({ ...everybody, StatementId: 'url', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' }));
  assert.equal((await fetch(FunctionUrl)).status, 403);
  await client.send(new AddPermissionCommand({ ...everybody, StatementId: 'invoke', Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true }));
  const streamed = await fetch(FunctionUrl + '?status=201&until=' + encodeURIComponent(after.url));
  assert.equal(streamed.status, 201);
  assert.equal(streamed.headers.get('x-a'), 'b');
  const pieces = [];
  for await (const piece of streamed.body) {
    pieces.push(Buffer.from(piece).toString());
    if (pieces.length === 1) await after.open();
  }
  assert.deepEqual(pieces, ['one ', 'two'], 'each piece comes when it is written');
  await assert.rejects(fetch(FunctionUrl + '?late=1').then((answer) => answer.text()));
  assert.equal((await fetch(FunctionUrl + '?early=1')).status, 502);

  const guarded = await client.send(new CreateFunctionUrlConfigCommand({ FunctionName: 'guarded', AuthType: 'AWS_IAM' }));
  const url = new URL('a?b=c', guarded.FunctionUrl);
  assert.equal((await fetch(url)).status, 403);
  const signer = new SignatureV4({ service: 'lambda', region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, sha256: Sha256 });
  const signed = await signer.sign({ method: 'POST', protocol: url.protocol, hostname: url.hostname, port: Number(url.port), path: url.pathname,
    query: { b: 'c' }, headers: { host: url.host, 'content-type': 'application/json' }, body: '{"a":1}' });
  delete signed.headers.host;
  const answer = await fetch(url, { method: 'POST', headers: signed.headers, body: '{"a":1}' });
  assert.deepEqual([answer.status, await answer.text()], [200, 'arn:aws:iam::000000000000:root']);
  console.log('ok');
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
