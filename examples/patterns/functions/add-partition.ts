import {
  AthenaClient,
  GetQueryExecutionCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { S3Event } from 'aws-lambda';
import { setTimeout as wait } from 'node:timers/promises';
import { setting } from './settings';

const athena = new AthenaClient({});
const table = setting('TABLE');

/** The days that this environment has added. Only saves queries: adding one again is harmless. */
const known = new Set<string>();

interface Day {
  year: string;
  month: string;
  day: string;
}

/** Makes the days of new files partitions of the table, each as soon as its first file is there. */
export async function handler(event: S3Event): Promise<void> {
  for (const { s3 } of event.Records) {
    const bucket = s3.bucket.name;
    const key = decodeURIComponent(s3.object.key.replaceAll('+', ' '));
    const date = dayOf(key);
    if (!date) {
      console.warn(`${key} is not below year=/month=/day=, left alone`);
      continue;
    }
    const folder = `s3://${bucket}/events/year=${date.year}/month=${date.month}/day=${date.day}/`;
    if (known.has(folder)) {
      continue;
    }
    await run(
      `ALTER TABLE ${table} ADD IF NOT EXISTS ` +
        `PARTITION (year='${date.year}', month='${date.month}', day='${date.day}') ` +
        `LOCATION '${folder}'`,
    );
    known.add(folder);
    console.log(`Partition ${date.year}-${date.month}-${date.day} is at ${folder}`);
  }
}

/** Only digits pass: what goes into the SQL is not for the name of a file to decide. */
function dayOf(key: string): Day | undefined {
  const groups = /^events\/year=(?<year>\d{4})\/month=(?<month>\d{2})\/day=(?<day>\d{2})\//.exec(key)
    ?.groups;
  return groups && { year: groups['year']!, month: groups['month']!, day: groups['day']! };
}

/** Runs a statement to its end, so that its failure is a failure of this function: S3 tries again. */
async function run(statement: string): Promise<void> {
  const { QueryExecutionId } = await athena.send(
    new StartQueryExecutionCommand({
      QueryString: statement,
      QueryExecutionContext: { Database: setting('DATABASE') },
      ResultConfiguration: { OutputLocation: setting('RESULTS') },
    }),
  );
  for (;;) {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    switch (QueryExecution?.Status?.State) {
      case 'SUCCEEDED':
        return;
      case 'FAILED':
      case 'CANCELLED':
        throw new Error(`${statement}: ${QueryExecution.Status.StateChangeReason}`);
      default:
        await wait(100);
    }
  }
}
