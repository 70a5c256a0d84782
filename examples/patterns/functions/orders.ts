import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { randomUUID } from 'node:crypto';
import { answer, api, objectIn, pathParameter, Refused } from './http';
import { setting } from './settings';

const sns = new SNSClient({});
const TopicArn = setting('ORDER_TOPIC_ARN');

/** POST /orders and DELETE /orders/{orderId}: tells the topic, and answers 202 Accepted. */
export const handler = api(async (event) => {
  if (event.httpMethod === 'DELETE') {
    const orderId = pathParameter(event, 'orderId');
    await publish('order-cancelled', { orderId }, 0);
    return answer(202, { orderId });
  }
  const { customer, total } = objectIn(event);
  if (typeof customer !== 'string' || customer === '') {
    throw new Refused(400, 'customer must be a text that is not empty');
  }
  if (typeof total !== 'number' || !(total >= 0)) {
    throw new Refused(400, 'total must be a number that is not negative');
  }
  const order = { orderId: randomUUID(), customer, total };
  await publish('order-created', order, total);
  return answer(202, order);
});

/** The filters of the subscriptions see the attributes, and not the message. */
async function publish(eventType: string, message: object, amount: number): Promise<void> {
  await sns.send(
    new PublishCommand({
      TopicArn,
      Message: JSON.stringify(message),
      MessageAttributes: {
        'event-type': { DataType: 'String', StringValue: eventType },
        amount: { DataType: 'Number', StringValue: String(amount) },
      },
    }),
  );
}
