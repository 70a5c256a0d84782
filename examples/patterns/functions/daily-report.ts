import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ScheduledEvent } from 'aws-lambda';
import { setting } from './settings';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const s3 = new S3Client({});
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/**
 * Counts the users, and those who came the day before. The day comes from the event and not
 * from the clock of this computer: a run that is repeated, or late, writes the same report.
 */
export async function handler(event: ScheduledEvent): Promise<void> {
  const time = Date.parse(event.time);
  const date = new Date(time - DAY_MILLISECONDS).toISOString().slice(0, 10);
  let users = 0;
  let newUsers = 0;
  const pages = paginateScan(
    { client },
    { TableName: setting('USER_TABLE'), ProjectionExpression: 'createdAt' },
  );
  for await (const { Items = [] } of pages) {
    users += Items.length;
    newUsers += Items.filter(({ createdAt }) => String(createdAt).startsWith(date)).length;
  }
  const Key = `daily/${date}.json`;
  await s3.send(
    new PutObjectCommand({
      Bucket: setting('REPORT_BUCKET'),
      Key,
      Body: JSON.stringify({ date, users, newUsers, scheduledFor: event.time }),
      ContentType: 'application/json',
    }),
  );
  console.log(`${Key} written: ${users} users, ${newUsers} of them new`);
}
