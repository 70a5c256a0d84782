import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription, SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { functionDefaults, handler } from './defaults';

/**
 * Pattern 4, fan-out: whoever takes an order only publishes it. Who listens, and to what,
 * is said here, in the filters of the subscriptions, and not in the code of the publisher.
 *
 *     POST /orders ── function ── topic ──┬── warehouse queue   created orders, bare
 *     DELETE /orders/{orderId} ──┘        ├── notify function   orders of 100 and more
 *                                         └── audit queue       everything, in its envelope
 */
export class FanOutStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const topic = new Topic(this, 'OrderEvents');

    const orders = new NodejsFunction(this, 'OrdersFunction', {
      ...functionDefaults,
      entry: handler('orders'),
      environment: { ORDER_TOPIC_ARN: topic.topicArn },
    });
    topic.grantPublish(orders);

    const api = new RestApi(this, 'OrdersApi', { description: 'Takes orders and cancels them' });
    const collection = api.root.addResource('orders');
    collection.addMethod('POST', new LambdaIntegration(orders));
    collection.addResource('{orderId}').addMethod('DELETE', new LambdaIntegration(orders));

    const warehouse = new Queue(this, 'WarehouseQueue', {
      visibilityTimeout: Duration.seconds(60),
      deadLetterQueue: { queue: new Queue(this, 'WarehouseDeadLetters'), maxReceiveCount: 5 },
    });
    topic.addSubscription(
      new SqsSubscription(warehouse, {
        // The queue gets the order itself; without this, the order comes in SNS's envelope.
        rawMessageDelivery: true,
        filterPolicy: {
          'event-type': SubscriptionFilter.stringFilter({ allowlist: ['order-created'] }),
        },
      }),
    );

    const notify = new NodejsFunction(this, 'NotifyFunction', {
      ...functionDefaults,
      entry: handler('notify'),
    });
    topic.addSubscription(
      new LambdaSubscription(notify, {
        filterPolicy: {
          'event-type': SubscriptionFilter.stringFilter({ denylist: ['order-test'] }),
          amount: SubscriptionFilter.numericFilter({ greaterThanOrEqualTo: 100 }),
        },
      }),
    );

    const audit = new Queue(this, 'AuditQueue', { retentionPeriod: Duration.days(14) });
    topic.addSubscription(new SqsSubscription(audit));

    new CfnOutput(this, 'Url', { value: api.url });
    new CfnOutput(this, 'WarehouseQueueUrl', { value: warehouse.queueUrl });
    new CfnOutput(this, 'AuditQueueUrl', { value: audit.queueUrl });
    new CfnOutput(this, 'NotifyFunctionName', { value: notify.functionName });
  }
}
