import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { randomUUID } from 'node:crypto';
import { answer, api, objectIn, pathParameter, Refused } from './http';
import { setting } from './settings';

// Made once for each environment and used by all its invocations: the connection stays open.
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = setting('USER_TABLE');

interface User {
  userId: string;
  name: string;
  email: string;
  createdAt: string;
}

/** GET /users/{userId} */
export const getUser = api(async (event) => {
  const userId = pathParameter(event, 'userId');
  const { Item } = await table.send(new GetCommand({ TableName, Key: { userId } }));
  if (!Item) {
    throw new Refused(404, `There is no user ${userId}`);
  }
  return answer(200, Item);
});

/** PUT /users/{userId}: the same request twice leaves the same user. */
export const putUser = api(async (event) => {
  const user = userIn(event, pathParameter(event, 'userId'));
  await table.send(new PutCommand({ TableName, Item: user }));
  return answer(200, user);
});

/** POST /users */
export const createUser = api(async (event) => {
  const user = userIn(event, randomUUID());
  await table.send(
    new PutCommand({
      TableName,
      Item: user,
      ConditionExpression: 'attribute_not_exists(userId)',
    }),
  );
  return answer(201, user);
});

function userIn(event: APIGatewayProxyEvent, userId: string): User {
  const { name, email } = objectIn(event);
  if (typeof name !== 'string' || name.trim() === '') {
    throw new Refused(400, 'name must be a text that is not empty');
  }
  if (typeof email !== 'string' || !/^[^@\s]+@[^@\s]+$/.test(email)) {
    throw new Refused(400, 'email must be an e-mail address');
  }
  // The time of the request, and not of this computer: a repeated event gives the same user.
  const createdAt = new Date(event.requestContext.requestTimeEpoch).toISOString();
  return { userId, name, email, createdAt };
}
