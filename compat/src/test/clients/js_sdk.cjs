// What users of the AWS SDK for JavaScript v3 do; the first wrong answer ends the program.
'use strict';
const assert = require('node:assert/strict');
const { createRequire } = require('node:module');
const load = createRequire(process.cwd() + '/');
const { S3Client, CreateBucketCommand, PutObjectCommand, GetObjectCommand } = load('@aws-sdk/client-s3');
const { SQSClient, CreateQueueCommand, SendMessageCommand, ReceiveMessageCommand, GetQueueUrlCommand, QueueDoesNotExist } = load('@aws-sdk/client-sqs');
const { DynamoDBClient, CreateTableCommand } = load('@aws-sdk/client-dynamodb');
const { DynamoDBDocumentClient, PutCommand, GetCommand } = load('@aws-sdk/lib-dynamodb');
const { Readable } = require('node:stream');

(async () => {
  const s3 = new S3Client({ forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'js-bucket' }));
  for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']) {
    const put = await s3.send(new PutObjectCommand({ Bucket: 'js-bucket', Key: 'k', Body: 'héllo ' + ChecksumAlgorithm, ChecksumAlgorithm }));
    assert.ok(put['Checksum' + ChecksumAlgorithm], ChecksumAlgorithm);
    const got = await s3.send(new GetObjectCommand({ Bucket: 'js-bucket', Key: 'k', ChecksumMode: 'ENABLED' }));
    assert.equal(await got.Body.transformToString(), 'héllo ' + ChecksumAlgorithm);
  }
  // A stream of unknown length travels in aws-chunked coding with a trailing checksum.
  const chunks = Array.from({ length: 40 }, (_, i) => Buffer.alloc(10_000, i));
  await s3.send(new PutObjectCommand({ Bucket: 'js-bucket', Key: 'stream', Body: Readable.from(chunks), ContentLength: 400_000 }));
  const streamed = await s3.send(new GetObjectCommand({ Bucket: 'js-bucket', Key: 'stream' }));
  assert.ok(Buffer.concat(chunks).equals(Buffer.from(await streamed.Body.transformToByteArray())));
  await assert.rejects(s3.send(new GetObjectCommand({ Bucket: 'js-bucket', Key: 'none' })), { name: 'NoSuchKey' });
  await assert.rejects(
    s3.send(new PutObjectCommand({ Bucket: 'js-bucket', Key: 'bad', Body: 'x', ChecksumSHA256: Buffer.alloc(32).toString('base64') })), { name: 'BadDigest' });

  const sqs = new SQSClient({});
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'js' }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'héllo', MessageAttributes: { b: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) } } }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], WaitTimeSeconds: 2 }));
  assert.equal(Messages[0].Body, 'héllo');
  assert.deepEqual([...Messages[0].MessageAttributes.b.BinaryValue], [0, 255]);
  await assert.rejects(sqs.send(new GetQueueUrlCommand({ QueueName: 'none' })), (e) => e instanceof QueueDoesNotExist);

  const dynamo = new DynamoDBClient({});
  await dynamo.send(new CreateTableCommand({ TableName: 'js', BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }] }));
  const documents = DynamoDBDocumentClient.from(dynamo);
  const Item = { id: 'x', n: 1.5, list: [1, 'a', null, { deep: true }], set: new Set(['p', 'q']) };
  await documents.send(new PutCommand({ TableName: 'js', Item }));
  assert.deepEqual((await documents.send(new GetCommand({ TableName: 'js', Key: { id: 'x' } }))).Item, Item);
  console.log('ok');
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
