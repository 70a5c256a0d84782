/**
 * Drives the five patterns with the AWS SDK and `fetch`, and shows what went in and what came out.
 *
 *     tsx drive/main.ts              the stacks are deployed already
 *     tsx drive/main.ts --deploy     `cdk bootstrap` and `cdk deploy --all` first
 */
import { latencies } from './latency';
import { cdk, outputsFile } from './deploy';
import { patterns } from './patterns';
import { bold, duration, green, heading, red, table } from './show';
import { Outputs } from './world';

async function main(): Promise<void> {
  const timings: [string, string][] = [];
  if (process.argv.includes('--deploy')) {
    heading('Deploying', 'the five stacks of examples/patterns, by the CDK as it comes from npm');
    const timed = async (name: string, ...args: string[]) => {
      timings.push([name, duration(await cdk(...args))]);
    };
    // Built once; with `--app cdk.out` the two other commands take what is there.
    await timed('cdk synth (TypeScript, esbuild)', 'synth', '--quiet');
    await timed('cdk bootstrap', 'bootstrap', '--app', 'cdk.out');
    await timed(
      'cdk deploy --all',
      ...['deploy', '--all', '--app', 'cdk.out', '--require-approval', 'never'],
      ...['--outputs-file', outputsFile],
    );
  }
  const outputs = Outputs.read(outputsFile);
  let worked = 0;
  const results: [string, string][] = [];
  for (const { title, flow, drive } of patterns) {
    heading(title, flow);
    const start = performance.now();
    try {
      await drive(outputs);
      worked++;
      results.push([title, `${green('✓')} ${duration(performance.now() - start)}`]);
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      console.log(`  ${red('✗')} ${reason}`);
      results.push([title, red('✗')]);
    }
  }
  heading('Result');
  table(results);
  if (worked === patterns.length) {
    heading('Timings');
    table([...timings, ...(await latencies(outputs))]);
  }
  console.log(`\n${bold(`${worked} of ${patterns.length} patterns worked.`)}`);
  process.exitCode = worked === patterns.length ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(`${red('✗')} ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
