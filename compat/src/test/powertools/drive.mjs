// Uses the deployed functions; fails unless all went as Powertools' documentation says.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const from = createRequire(path.join(process.env.CDK_FROM, 'package.json'));
const { InvokeCommand, LambdaClient } = from('@aws-sdk/client-lambda');
const { CloudWatchLogsClient, FilterLogEventsCommand } = from('@aws-sdk/client-cloudwatch-logs');
const { DynamoDBClient, ScanCommand } = from('@aws-sdk/client-dynamodb');
const { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } = from('@aws-sdk/client-sqs');
const [lambda, logs, dynamo, sqs] = [new LambdaClient(), new CloudWatchLogsClient(), new DynamoDBClient(), new SQSClient()];
const outputs = JSON.parse(readFileSync('cdk.out/outputs.json')).Powertools;

async function invoke(FunctionName, event) {
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  return { error: answer.FunctionError, ...JSON.parse(Buffer.from(answer.Payload).toString()) };
}

/** Looks again until it is there. */
async function until(what, look) {
  for (const end = Date.now() + 120_000; Date.now() < end; await new Promise((go) => setTimeout(go, 200))) {
    const found = await look();
    if (found) return found;
  }
  assert.fail(`there is no ${what}`);
}

// A log group comes with its first line, a moment after the first answer.
async function events(logGroupName) {
  try {
    return (await logs.send(new FilterLogEventsCommand({ logGroupName }))).events;
  } catch (e) {
    if (e.name === 'ResourceNotFoundException') return [];
    throw e;
  }
}

const records = async (logGroupName) =>
  (await events(logGroupName)).map((e) => e.message.trim()).filter((m) => m.startsWith('{')).map((m) => JSON.parse(m));

async function order() {
  const first = await invoke(outputs.OrderName, { orderId: 'o1' });
  assert.equal(first.error, undefined, JSON.stringify(first));
  assert.equal(first.greeting, 'hello');
  assert.equal(first.secret, 'swordfish');
  assert.match(first.trace ?? '', /^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  await invoke(outputs.OrderName, { orderId: 'o2' });
  const lines = await until('log of the second order', async () => {
    const all = await records(outputs.OrderLog);
    return all.some((r) => r.orderId === 'o2') && all;
  });
  const [cold, warm] = lines.filter((r) => r.message === 'order taken');
  assert.equal(cold.level, 'INFO');
  assert.equal(cold.service, 'shop');
  assert.equal(cold.cold_start, true);
  assert.equal(warm.cold_start, false);
  assert.equal(cold.function_name, outputs.OrderName);
  assert.equal(cold.function_memory_size, '512');
  assert.match(cold.function_arn, new RegExp(`:function:${outputs.OrderName}$`));
  assert.match(cold.function_request_id, /^[0-9a-f-]{36}$/);
  assert.equal(cold.xray_trace_id, first.trace);
  assert.ok(!lines.some((r) => r.message === 'not to be seen'));
  const metrics = lines.filter((r) => r._aws);
  assert.ok(metrics.some((m) => m.ColdStart === 1 && m._aws.CloudWatchMetrics[0].Namespace === 'Shop'), JSON.stringify(metrics));
  assert.equal(metrics.filter((m) => String(m.orders) === '1').length, 2);
}

async function pay() {
  const first = await invoke(outputs.PayName, { orderId: 'o1', amount: 5 });
  assert.equal(first.error, undefined, JSON.stringify(first));
  assert.deepEqual(await invoke(outputs.PayName, { orderId: 'o1', amount: 5 }), first);
  assert.notEqual((await invoke(outputs.PayName, { orderId: 'o2', amount: 5 })).paymentId, first.paymentId);
  const forged = await invoke(outputs.PayName, { orderId: 'o1', amount: 6 });
  assert.equal(forged.error, 'Unhandled');
  assert.equal(forged.errorType, 'IdempotencyValidationError');
  const { Items } = await dynamo.send(new ScanCommand({ TableName: outputs.PaymentsTable }));
  assert.deepEqual(Items.map((i) => i.status.S), ['COMPLETED', 'COMPLETED']);
  const ten = await Promise.all(Array.from({ length: 10 }, () => invoke(outputs.PayName, { orderId: 'o3', amount: 1 })));
  const paid = new Set(ten.filter((a) => !a.error).map((a) => a.paymentId));
  assert.equal(paid.size, 1, JSON.stringify(ten));
  assert.ok(ten.filter((a) => a.error).every((a) => a.errorType === 'IdempotencyAlreadyInProgressError'), JSON.stringify(ten));
}

async function advance(seconds) {
  await fetch(`${process.env.AWS_ENDPOINT_URL}/_brume/clock`, { method: 'POST', body: JSON.stringify({ action: 'advance', seconds }) });
}

async function batch() {
  const Entries = ['good-1', 'bad-1', 'good-2', 'good-3', 'bad-2'].map((item, i) => ({ Id: String(i), MessageBody: JSON.stringify({ item }) }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: outputs.QueueUrl, Entries }));
  // The good ones go, the bad ones stay until they are visible again.
  await until('answer to the first batch', async () => {
    const { Attributes: a } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: outputs.QueueUrl, AttributeNames: ['All'] }));
    return a.ApproximateNumberOfMessages === '0' && a.ApproximateNumberOfMessagesNotVisible === '2';
  });
  const dead = new Set();
  await until('message in the dead letter queue for each bad one', async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: outputs.DeadUrl, MaxNumberOfMessages: 10 }));
    Messages.forEach((m) => dead.add(JSON.parse(m.Body).item));
    if (dead.size < 2) await advance(61);
    return dead.size === 2;
  });
  assert.deepEqual([...dead].sort(), ['bad-1', 'bad-2']);
  const taken = await until('log of what was taken', async () => {
    const all = (await records(outputs.BatchLog)).filter((r) => r.message === 'took').map((r) => r.item).sort();
    return all.length >= 3 && all;
  });
  assert.deepEqual(taken, ['good-1', 'good-2', 'good-3']);
}

await order();
await pay();
await batch();
console.log('all as documented');
