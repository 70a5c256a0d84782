import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Bucket, EventType } from 'aws-cdk-lib/aws-s3';
import { SqsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { bucketDefaults, functionDefaults, handler } from './defaults';

/**
 * Pattern 2, an event pipeline: an uploaded picture becomes a message, and a function takes
 * the messages in batches of ten and writes a small grey copy of each picture.
 *
 * The queue between the bucket and the function absorbs bursts and keeps what failed:
 * a message that failed three times waits in the dead-letter queue for somebody to look at it.
 */
export class ImageProcessingPipelineStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const uploads = new Bucket(this, 'Uploads', bucketDefaults);
    const processed = new Bucket(this, 'Processed', bucketDefaults);

    const deadLetters = new Queue(this, 'DeadLetters', { retentionPeriod: Duration.days(14) });
    const queue = new Queue(this, 'ProcessingQueue', {
      // AWS asks for at least six times the timeout of the function that reads the queue.
      visibilityTimeout: Duration.seconds(300),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 3 },
    });
    uploads.addEventNotification(EventType.OBJECT_CREATED, new SqsDestination(queue));

    const processImage = new NodejsFunction(this, 'ProcessImageFunction', {
      ...functionDefaults,
      entry: handler('process-image'),
      memorySize: 512,
      timeout: Duration.seconds(50),
      environment: { PROCESSED_BUCKET: processed.bucketName },
    });
    processImage.addEventSource(
      new SqsEventSource(queue, {
        batchSize: 10,
        // One bad picture must not make the nine good ones of its batch run again.
        reportBatchItemFailures: true,
      }),
    );
    uploads.grantRead(processImage);
    processed.grantReadWrite(processImage);

    new CfnOutput(this, 'UploadBucket', { value: uploads.bucketName });
    new CfnOutput(this, 'ProcessedBucket', { value: processed.bucketName });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: deadLetters.queueUrl });
  }
}
