import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Event, SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { decodePng, encodePng, shrink } from './png';
import { setting } from './settings';

const s3 = new S3Client({});
const processedBucket = setting('PROCESSED_BUCKET');

/** The longest side of a thumbnail, in points. */
const LONGEST = 64;

/**
 * Makes a grey thumbnail of each picture that the messages of a batch speak of. Only the
 * messages that failed are named in the answer; they come again when their visibility ends.
 */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchItemFailure[] = [];
  for (const { messageId, body } of event.Records) {
    try {
      // S3 sends one `s3:TestEvent`, without records, when the notification is set up.
      for (const { s3: found } of (JSON.parse(body) as Partial<S3Event>).Records ?? []) {
        // Keys come as in a query: a space is a plus sign.
        const key = decodeURIComponent(found.object.key.replaceAll('+', ' '));
        await makeThumbnail(found.bucket.name, key);
      }
    } catch (error) {
      console.error(`Message ${messageId} failed:`, error);
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}

/**
 * A queue may deliver a message twice. The thumbnail therefore carries the ETag of the picture
 * that it was made from: when that is there already, nothing is left to do.
 */
async function makeThumbnail(bucket: string, key: string): Promise<void> {
  const original = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const etag = original.ETag?.replaceAll('"', '') ?? '';
  const thumbnailKey = `thumbnails/${key}`;
  if ((await sourceOf(thumbnailKey)) === etag) {
    console.log(`${thumbnailKey} is up to date`);
    return;
  }
  const image = decodePng(Buffer.from(await original.Body!.transformToByteArray()));
  const thumbnail = shrink(image, LONGEST);
  await s3.send(
    new PutObjectCommand({
      Bucket: processedBucket,
      Key: thumbnailKey,
      Body: encodePng(thumbnail),
      ContentType: 'image/png',
      Metadata: {
        'source-etag': etag,
        'source-size': `${image.width}x${image.height}`,
        size: `${thumbnail.width}x${thumbnail.height}`,
      },
    }),
  );
  console.log(`${thumbnailKey} written, ${thumbnail.width}x${thumbnail.height}`);
}

/** The ETag of the picture that a thumbnail was made from; nothing if there is no thumbnail. */
async function sourceOf(key: string): Promise<string | undefined> {
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket: processedBucket, Key: key }));
    return head.Metadata?.['source-etag'];
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFound') {
      return undefined;
    }
    throw error;
  }
}
