import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
const ready = await sleep(5, 'ready');
export const handler = async (event) => ({ ready, x: event.x, client: typeof S3Client });
