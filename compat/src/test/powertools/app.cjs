// The CDK application: run with the CDK of examples/patterns, whose folder is in CDK_FROM.
const path = require('node:path');
const { createRequire } = require('node:module');
const from = createRequire(path.join(process.env.CDK_FROM, 'package.json'));
const { App, CfnOutput, Duration, RemovalPolicy, Stack } = from('aws-cdk-lib');
const { AttributeType, BillingMode, Table } = from('aws-cdk-lib/aws-dynamodb');
const { Runtime, Tracing } = from('aws-cdk-lib/aws-lambda');
const { SqsEventSource } = from('aws-cdk-lib/aws-lambda-event-sources');
const { NodejsFunction } = from('aws-cdk-lib/aws-lambda-nodejs');
const { Queue } = from('aws-cdk-lib/aws-sqs');
const { StringParameter } = from('aws-cdk-lib/aws-ssm');
const { PolicyStatement } = from('aws-cdk-lib/aws-iam');

const stack = new Stack(new App(), 'Powertools');
const table = (id, key, more) =>
  new Table(stack, id, { partitionKey: { name: key, type: AttributeType.STRING }, billingMode: BillingMode.PAY_PER_REQUEST, removalPolicy: RemovalPolicy.DESTROY, ...more });
const nodejs = (id, environment) =>
  new NodejsFunction(stack, id, {
    entry: path.join(__dirname, 'handlers', `${id.toLowerCase()}.ts`),
    projectRoot: __dirname,
    depsLockFilePath: path.join(__dirname, 'package-lock.json'),
    runtime: Runtime.NODEJS_20_X,
    timeout: Duration.seconds(30),
    memorySize: 512,
    tracing: Tracing.ACTIVE,
    environment: { POWERTOOLS_SERVICE_NAME: 'shop', POWERTOOLS_METRICS_NAMESPACE: 'Shop', POWERTOOLS_LOG_LEVEL: 'INFO', ...environment },
  });

const orders = table('Orders', 'id');
const payments = table('Payments', 'id', { timeToLiveAttribute: 'expiration' });
const greeting = new StringParameter(stack, 'Greeting', { stringValue: 'hello' });
const order = nodejs('Order', { ORDERS: orders.tableName, GREETING: greeting.parameterName, SECRET: '/shop/secret' });
orders.grantWriteData(order);
greeting.grantRead(order);
order.addToRolePolicy(new PolicyStatement({ actions: ['ssm:GetParameter', 'ssm:GetParameters'], resources: [stack.formatArn({ service: 'ssm', resource: 'parameter/shop/*' })] }));
const pay = nodejs('Pay', { PAYMENTS: payments.tableName });
payments.grantReadWriteData(pay);
const dead = new Queue(stack, 'Dead');
const queue = new Queue(stack, 'Items', { visibilityTimeout: Duration.seconds(60), deadLetterQueue: { queue: dead, maxReceiveCount: 2 } });
const batch = nodejs('Batch', {});
batch.addEventSource(new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true }));

for (const [id, value] of Object.entries({ OrderName: order.functionName, OrderLog: `/aws/lambda/${order.functionName}`, PayName: pay.functionName, PaymentsTable: payments.tableName,
  BatchLog: `/aws/lambda/${batch.functionName}`, QueueUrl: queue.queueUrl, DeadUrl: dead.queueUrl })) {
  new CfnOutput(stack, id, { value });
}
