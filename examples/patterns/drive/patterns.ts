import { AthenaClient, GetQueryExecutionCommand, GetQueryResultsCommand, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { strict as assert } from 'node:assert';
import { decodePng, encodePng } from '../functions/png';
import { got, note, sent } from './show';
import { clock, endpoint, http, type Outputs, until } from './world';

const s3 = new S3Client({});
const sqs = new SQSClient({});
const athena = new AthenaClient({});
const logs = new CloudWatchLogsClient({});

export interface Pattern {
  title: string;
  flow: string;
  drive(outputs: Outputs): Promise<void>;
}

export const patterns: Pattern[] = [
  { title: '1  API backend', flow: 'API → function → table', drive: users },
  { title: '2  Event pipeline', flow: 'bucket → queue → function, batches of 10 → bucket', drive: images },
  { title: '3  Data lake', flow: 'bucket → function → partition → SQL', drive: lake },
  { title: '4  Fan-out', flow: 'API → function → topic → 2 queues, 1 function', drive: orders },
  { title: '5  Scheduled job', flow: 'cron(0 1 * * ? *) → function → report', drive: report },
];

async function users(outputs: Outputs): Promise<void> {
  const url = outputs.url('ServerlessApiStack');
  const call = async (method: string, path: string, expected: number, body?: object) => {
    sent(`${method} /${path}${body ? ` ${JSON.stringify(body)}` : ''}`);
    const answer = await http(method, `${url}${path}`, body);
    got(`${answer.status} ${answer.text}`, answer.milliseconds);
    assert.equal(answer.status, expected, answer.text);
    return answer.json;
  };
  const ada = { name: 'Ada Lovelace', email: 'ada@example.org' };
  await call('PUT', 'users/ada', 200, ada);
  const read = await call('GET', 'users/ada', 200);
  assert.equal(read['name'], ada.name);
  const created = await call('POST', 'users', 201, { name: 'Grace', email: 'grace@example.org' });
  await call('GET', `users/${created['userId']}`, 200);
  await call('GET', 'users/nobody', 404);
  await call('PUT', 'users/bob', 400, { name: '' });
}

async function images(outputs: Outputs): Promise<void> {
  const uploads = outputs.of('ImageProcessingPipelineStack', 'UploadBucket');
  const processed = outputs.of('ImageProcessingPipelineStack', 'ProcessedBucket');
  const stamp = Date.now();

  const keys = Array.from({ length: 12 }, (_, i) => `holiday ${stamp}/beach ${i + 1}.png`);
  sent(`12 pictures of 300x200 points as s3://${uploads}/${keys[0]} …`);
  await Promise.all(
    keys.map((Key, i) =>
      s3.send(new PutObjectCommand({ Bucket: uploads, Key, Body: picture(300, 200, i), ContentType: 'image/png' })),
    ),
  );
  const thumbnails = await until('12 thumbnails', async () => {
    const found = await Promise.all(keys.map((key) => object(processed, `thumbnails/${key}`)));
    return found.every((one) => one !== undefined) ? found : undefined;
  });
  const first = thumbnails.value[0]!;
  const { width, height } = decodePng(Buffer.from(first.bytes));
  got(`12 thumbnails; thumbnails/${keys[0]}: PNG of ${width}x${height} points, ${first.bytes.length} bytes`, thumbnails.milliseconds);
  assert.deepEqual([width, height], [60, 40]);
  assert.equal(first.metadata['source-size'], '300x200');

  sent('a file that is no picture');
  const broken = `broken ${stamp}.png`;
  await s3.send(new PutObjectCommand({ Bucket: uploads, Key: broken, Body: 'no picture' }));
  if (!endpoint) {
    note('It arrives in the dead-letter queue after three attempts, 300 s apart.');
    return;
  }
  const queueUrl = outputs.of('ImageProcessingPipelineStack', 'DeadLetterQueueUrl');
  const dead = await untilLater('the dead letter', () => receive(queueUrl, 1, broken), 301);
  got(`dead-letter queue: ${JSON.parse(dead[0]!.Body!).Records[0].s3.object.key} after three attempts`);
}

async function lake(outputs: Outputs): Promise<void> {
  const bucket = outputs.of('DataLakeStack', 'LakeBucket');
  const put = async (day: string, ...events: object[]) => {
    const key = `events/year=2025/month=03/day=${day}/events.json`;
    sent(`s3://${bucket}/${key}, ${events.length} lines of JSON`);
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: events.map((e) => JSON.stringify(e)).join('\n') }),
    );
  };
  await put(
    '14',
    { event_id: 'e1', user_id: 'ada', event_type: 'purchase', amount: 12.5 },
    { event_id: 'e2', user_id: 'bob', event_type: 'view', amount: 0 },
    { event_id: 'e3', user_id: 'ada', event_type: 'purchase', amount: 7.5 },
  );
  await put('15', { event_id: 'e4', user_id: 'bob', event_type: 'purchase', amount: 99 });

  const show = await until('both partitions', async () => {
    const rows = await query(outputs, 'SHOW PARTITIONS user_events');
    return rows.length >= 2 ? rows : undefined;
  });
  got(`SHOW PARTITIONS: ${show.value.flat().join(', ')}`, show.milliseconds);

  const sql =
    'SELECT user_id, count(*) AS purchases, sum(amount) AS total FROM user_events ' +
    "WHERE year = '2025' AND month = '03' AND day = '14' AND event_type = 'purchase' GROUP BY user_id";
  sent(sql);
  const start = performance.now();
  const rows = await query(outputs, sql);
  got(rows.map((row) => row.join(' | ')).join('; '), performance.now() - start);
  assert.deepEqual(rows, [
    ['user_id', 'purchases', 'total'],
    ['ada', '2', '20.0'],
  ]);
}

async function orders(outputs: Outputs): Promise<void> {
  const url = outputs.url('FanOutStack');
  const started = Date.now();
  const order = async (customer: string, total: number) => {
    sent(`POST /orders ${JSON.stringify({ customer, total })}`);
    const answer = await http('POST', `${url}orders`, { customer, total });
    got(`${answer.status} ${answer.text}`, answer.milliseconds);
    assert.equal(answer.status, 202, answer.text);
    return String(answer.json['orderId']);
  };
  const large = await order('ada', 250);
  const small = await order('bob', 20);
  sent(`DELETE /orders/${small}`);
  assert.equal((await http('DELETE', `${url}orders/${small}`)).status, 202);

  const warehouse = await until('both orders in the warehouse', () =>
    receive(outputs.of('FanOutStack', 'WarehouseQueueUrl'), 2, large, small),
  );
  got(`warehouse queue (created orders, bare): ${warehouse.value.map((m) => m.Body).join(' ')}`, warehouse.milliseconds);
  assert.equal(warehouse.value.length, 2);
  const attributes = warehouse.value[0]!.MessageAttributes;
  assert.equal(attributes?.['event-type']?.StringValue, 'order-created');

  const audit = await until('three events in the audit queue', () =>
    receive(outputs.of('FanOutStack', 'AuditQueueUrl'), 3, large, small),
  );
  const kinds = audit.value.map((m) => JSON.parse(m.Body!).MessageAttributes['event-type'].Value).sort();
  got(`audit queue (everything, in SNS's envelope): ${kinds.join(', ')}`, audit.milliseconds);
  assert.deepEqual(kinds, ['order-cancelled', 'order-created', 'order-created']);

  const logGroupName = `/aws/lambda/${outputs.of('FanOutStack', 'NotifyFunctionName')}`;
  const lines = async () => {
    const found = await logs
      .send(new FilterLogEventsCommand({ logGroupName, filterPattern: 'NOTIFY' }))
      .catch(absent('ResourceNotFoundException'));
    const messages = (found?.events ?? []).map((event) => event.message!.trim());
    const mine = messages.filter((text) => text.includes(large) || text.includes(small));
    return mine.length > 0 ? mine : undefined;
  };
  const notified = await until('the line of the notify function', lines, endpoint ? 30 : 120);
  got(`notify function (100 and more), from its log: ${notified.value[0]!.replace(/^.*NOTIFY/, 'NOTIFY')}`, notified.milliseconds);
  assert.equal(notified.value.length, 1, notified.value.join('\n'));
  assert(notified.value[0]!.includes(large));
  note(`everything was there ${Date.now() - started} ms after the first order was sent`);
}

async function report(outputs: Outputs): Promise<void> {
  if (!endpoint) {
    note('Comes at 01:00 UTC; only on Brume can the clock be moved.');
    return;
  }
  const now = await clock.now();
  const due = new Date(now);
  due.setUTCHours(1, 0, 0, 0);
  if (due <= now) {
    due.setUTCDate(due.getUTCDate() + 1);
  }
  const before = new Date(due.getTime() - 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  sent(`nothing: it is ${now.toISOString()}, the job is due at ${due.toISOString()}`);
  await clock.advance((due.getTime() - now.getTime()) / 1000);
  const bucket = outputs.of('ScheduledJobsStack', 'ReportBucket');
  const written = await until('the report', () => object(bucket, `daily/${before}.json`));
  const text = Buffer.from(written.value.bytes).toString();
  got(`s3://${bucket}/daily/${before}.json: ${text}`, written.milliseconds);
  const { date, users } = JSON.parse(text);
  assert.equal(date, before);
  assert(users >= 2, `The report counts ${users} users`);
}

/** A PNG with a slope of grey that differs by number. */
function picture(width: number, height: number, number: number): Buffer {
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => (i + 37 * number) % 256);
  return encodePng({ width, height, pixels });
}

async function object(bucket: string, key: string) {
  const found = await s3
    .send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    .catch(absent('NoSuchKey'));
  return found && { bytes: await found.Body!.transformToByteArray(), metadata: found.Metadata ?? {} };
}

/** The messages that contain one of the texts, once there are as many as asked for. */
const kept = new Map<string, Message[]>();
async function receive(QueueUrl: string, count: number, ...texts: string[]) {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, MessageAttributeNames: ['All'] }),
  );
  const all = kept.get(QueueUrl) ?? [];
  kept.set(QueueUrl, all);
  for (const message of Messages) {
    all.push(message);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle! }));
  }
  const mine = all.filter(({ Body = '' }) => {
    const plain = decodeURIComponent(Body.replaceAll('+', ' '));
    return texts.some((text) => plain.includes(text));
  });
  return mine.length >= count ? mine : undefined;
}

/** Like `until`, for what takes long: moves the clock between the attempts. */
async function untilLater<T>(what: string, ask: () => Promise<T | undefined>, stepSeconds: number): Promise<T> {
  for (let step = 0; step < 6; step++) {
    for (let attempt = 0; attempt < 2; attempt++) {
      const value = await ask();
      if (value !== undefined) {
        return value;
      }
    }
    await clock.advance(stepSeconds);
  }
  throw new assert.AssertionError({ message: `Waited in vain for ${what}` });
}

async function query(outputs: Outputs, sql: string): Promise<string[][]> {
  const { QueryExecutionId } = await athena.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      QueryExecutionContext: { Database: outputs.of('DataLakeStack', 'Database') },
      ResultConfiguration: { OutputLocation: `s3://${outputs.of('DataLakeStack', 'ResultsBucket')}/queries/` },
    }),
  );
  await until('the end of the query', async () => {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const { State, StateChangeReason } = QueryExecution?.Status ?? {};
    assert(State !== 'FAILED' && State !== 'CANCELLED', `${sql}: ${StateChangeReason}`);
    return State === 'SUCCEEDED' ? true : undefined;
  });
  const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
  return (ResultSet?.Rows ?? []).map((row) => (row.Data ?? []).map((cell) => cell.VarCharValue ?? ''));
}

/** Turns one error of AWS into nothing. */
function absent(name: string) {
  return (error: unknown): undefined => {
    if (!(error instanceof Error) || error.name !== name) {
      throw error;
    }
  };
}
