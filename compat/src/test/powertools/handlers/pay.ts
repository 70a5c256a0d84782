// A payment that is made once, however often it is asked for.
import { randomUUID } from 'node:crypto';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';

const persistenceStore = new DynamoDBPersistenceLayer({ tableName: process.env.PAYMENTS! });
const config = new IdempotencyConfig({ eventKeyJmesPath: 'orderId', payloadValidationJmesPath: 'amount', throwOnNoIdempotencyKey: true });

export const handler = makeIdempotent(async (event: { orderId: string; amount: number }) => ({ paymentId: randomUUID(), orderId: event.orderId, amount: event.amount }), {
  persistenceStore,
  config,
});
