import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

/** What the caller did wrong, with the status that says so. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

type Work = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

/** A handler that answers a refusal in JSON, and leaves every other error to be logged. */
export function api(work: Work): Work {
  return async (event) => {
    try {
      return await work(event);
    } catch (error) {
      if (error instanceof Refused) {
        return answer(error.status, { message: error.message });
      }
      throw error;
    }
  };
}

export function answer(statusCode: number, body: unknown): APIGatewayProxyResult {
  return {
    statusCode,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

/** The JSON object in the body of a request. */
export function objectIn(event: APIGatewayProxyEvent): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(event.body ?? '');
  } catch {
    throw new Refused(400, 'The body is not JSON');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Refused(400, 'The body is not a JSON object');
  }
  return body as Record<string, unknown>;
}

/** The value of a `{name}` in the path of the route. */
export function pathParameter(event: APIGatewayProxyEvent, name: string): string {
  const value = event.pathParameters?.[name];
  if (!value) {
    throw new Refused(400, `The path has no ${name}`);
  }
  return value;
}
