import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, BillingMode, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { functionDefaults, handler } from './defaults';

/**
 * Pattern 1, an API backend: a REST API whose functions keep their state in a table.
 *
 *     POST /users            create a user, the service chooses the id
 *     GET  /users/{userId}   read one
 *     PUT  /users/{userId}   create or replace one
 *
 * One function per route, so that each has only the rights that its route needs.
 */
export class ServerlessApiStack extends Stack {
  /** The table with one item per user; its key is `userId`. */
  readonly users: ITable;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const users = new Table(this, 'Users', {
      tableName: 'users',
      partitionKey: { name: 'userId', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.users = users;

    const route = (name: string) =>
      new NodejsFunction(this, `${name}Function`, {
        ...functionDefaults,
        entry: handler('users'),
        handler: `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
        environment: { USER_TABLE: users.tableName },
      });
    const createUser = route('CreateUser');
    const getUser = route('GetUser');
    const putUser = route('PutUser');
    users.grant(createUser, 'dynamodb:PutItem');
    users.grant(getUser, 'dynamodb:GetItem');
    users.grant(putUser, 'dynamodb:PutItem');

    const api = new RestApi(this, 'UserApi', { description: 'Users, one item each' });
    const collection = api.root.addResource('users');
    collection.addMethod('POST', new LambdaIntegration(createUser));
    const user = collection.addResource('{userId}');
    user.addMethod('GET', new LambdaIntegration(getUser));
    user.addMethod('PUT', new LambdaIntegration(putUser));

    new CfnOutput(this, 'Url', { value: api.url });
    new CfnOutput(this, 'UserTable', { value: users.tableName });
    new CfnOutput(this, 'GetUserFunctionName', { value: getUser.functionName });
  }
}
