// Messages of a queue of which some fail: only those come again.
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';

const processor = new BatchProcessor(EventType.SQS);
const logger = new Logger();

const recordHandler = async (record: { body: string; messageId: string }) => {
  const { item } = JSON.parse(record.body);
  if (item.startsWith('bad')) throw new Error(`cannot take ${item}`);
  logger.info('took', { item });
};

export const handler = async (event: any, context: any) => processPartialResponse(event, recordHandler, processor, { context });
