// Logger, metrics, tracer and parameters, as https://docs.aws.amazon.com/powertools/typescript/latest/ shows them.
import { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import { getParameter, getParametersByName } from '@aws-lambda-powertools/parameters/ssm';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

const logger = new Logger();
const metrics = new Metrics();
const tracer = new Tracer();
const dynamo = tracer.captureAWSv3Client(new DynamoDBClient({}));

export const handler = async (event: { orderId: string }, context: any) => {
  logger.addContext(context);
  logger.appendKeys({ orderId: event.orderId });
  const segment = tracer.getSegment();
  const subsegment = segment?.addNewSubsegment('## order');
  if (subsegment) tracer.setSegment(subsegment);
  tracer.annotateColdStart();
  tracer.putAnnotation('orderId', event.orderId);
  try {
    const greeting = await getParameter(process.env.GREETING!);
    const secret = await getParametersByName({ [process.env.SECRET!]: { decrypt: true } });
    await dynamo.send(new PutItemCommand({ TableName: process.env.ORDERS!, Item: { id: { S: event.orderId } } }));
    metrics.captureColdStartMetric();
    metrics.addMetric('orders', MetricUnit.Count, 1);
    logger.info('order taken', { greeting });
    logger.debug('not to be seen');
    return { greeting, secret: secret[process.env.SECRET!], trace: tracer.getRootXrayTraceId(), sampled: tracer.isTraceSampled() };
  } finally {
    subsegment?.close();
    if (segment) tracer.setSegment(segment);
    metrics.publishStoredMetrics();
  }
};
