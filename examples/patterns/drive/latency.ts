import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { duration } from './show';
import { http, type Outputs } from './world';

/** How long one request takes, as seen from here: rows for the table at the end. */
export async function latencies(outputs: Outputs): Promise<[string, string][]> {
  const url = `${outputs.url('ServerlessApiStack')}users/ada`;
  const lambda = new LambdaClient({});
  const FunctionName = outputs.of('ServerlessApiStack', 'GetUserFunctionName');
  const event = {
    httpMethod: 'GET',
    path: '/users/ada',
    pathParameters: { userId: 'ada' },
    requestContext: { requestTimeEpoch: 0 },
  };
  const Payload = Buffer.from(JSON.stringify(event));
  const cold = await lambda.send(new InvokeCommand({ FunctionName, Payload, LogType: 'Tail' }));
  const line = Buffer.from(cold.LogResult ?? '', 'base64').toString();
  const report = /Duration: ([\d.]+) ms/.exec(line)?.[1];
  return [
    ['GET /users/{userId}, warm (API → function → table)', await spread(() => http('GET', url))],
    ['Invoke, warm', await spread(() => lambda.send(new InvokeCommand({ FunctionName, Payload })))],
    ...(report ? ([['… of which in the function', `${report} ms`]] as [string, string][]) : []),
  ];
}

/** The median and the 99th percentile of 200 calls, after 20 that do not count. */
async function spread(call: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let i = 0; i < 220; i++) {
    const start = performance.now();
    await call();
    if (i >= 20) {
      times.push(performance.now() - start);
    }
  }
  times.sort((a, b) => a - b);
  return `${duration(times[100]!)} median, ${duration(times[198]!)} p99`;
}
