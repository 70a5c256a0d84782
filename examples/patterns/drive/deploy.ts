import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { dim, green } from './show';

export const patternsFolder = join(__dirname, '..');
export const outputsFile = join(patternsFolder, 'cdk.out', 'outputs.json');

/** Runs the CDK's command line, shows what it finished, and answers the milliseconds it took. */
export async function cdk(...args: string[]): Promise<number> {
  const start = performance.now();
  mkdirSync(join(patternsFolder, 'cdk.out'), { recursive: true });
  console.log(`  $ cdk ${args.join(' ')}`);
  const bin = join(patternsFolder, 'node_modules', '.bin', 'cdk');
  const child = spawn(bin, [...args, '--no-notices'], {
    cwd: patternsFolder,
    env: {
      ...process.env,
      CI: '1',
      NODE_NO_WARNINGS: '1',
      CDK_DISABLE_VERSION_CHECK: '1',
      CDK_DISABLE_CLI_TELEMETRY: '1',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  const log = createWriteStream(join(patternsFolder, 'cdk.out', 'cdk.log'), { flags: 'a' });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      said.push(line);
      log.write(`${line}\n`);
      const done = /✅\s+(.*)/.exec(line)?.[1];
      if (done) {
        const time = dim(`${((performance.now() - start) / 1000).toFixed(1)} s`);
        console.log(`  ${green('✓')} ${done.trim()}  ${time}`);
      }
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  log.end();
  assert(code === 0, `cdk ${args[0]} failed:\n${said.slice(-40).join('\n')}`);
  return performance.now() - start;
}
