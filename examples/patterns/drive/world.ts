import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { note } from './show';

/** Brume's address; nothing when the stacks are on AWS. */
export const endpoint = process.env['AWS_ENDPOINT_URL']?.replace(/\/$/, '');

/** What `cdk deploy --outputs-file` wrote: stack → output → value. */
export class Outputs {
  private constructor(private readonly all: Record<string, Record<string, string>>) {}

  static read(file: string): Outputs {
    return new Outputs(JSON.parse(readFileSync(file, 'utf8')));
  }

  of(stack: string, output: string): string {
    const value = this.all[stack]?.[output];
    assert(value, `${stack} has no output ${output}: is it deployed?`);
    return value;
  }

  /** The address of an API, as reached from here: on Brume by path, which needs no DNS. */
  url(stack: string): string {
    const url = this.of(stack, 'Url');
    if (!endpoint) {
      return url;
    }
    const { hostname, pathname } = new URL(url);
    return `${endpoint}/restapis/${hostname.split('.')[0]}${pathname}_user_request_/`;
  }
}

export interface Answer {
  status: number;
  text: string;
  json: Record<string, unknown>;
  milliseconds: number;
}

export async function http(method: string, url: string, body?: unknown): Promise<Answer> {
  const start = performance.now();
  const response = await fetch(url, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  const text = await response.text();
  const milliseconds = performance.now() - start;
  let json: Record<string, unknown> = {};
  try {
    json = JSON.parse(text);
  } catch {
    // Not every answer is JSON; the text is there for those.
  }
  return { status: response.status, text, json, milliseconds };
}

/** Asks again and again until there is an answer; fails with what was waited for. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  seconds = 30,
): Promise<{ value: T; milliseconds: number }> {
  const start = performance.now();
  for (;;) {
    const value = await ask();
    const milliseconds = performance.now() - start;
    if (value !== undefined) {
      return { value, milliseconds };
    }
    assert(milliseconds < seconds * 1000, `Waited ${seconds} s in vain for ${what}`);
    await sleep(50);
  }
}

/** Brume's clock. AWS has none that can be moved. */
export const clock = {
  async now(): Promise<Date> {
    const answer = await http('GET', `${endpoint}/_brume/clock`);
    assert.equal(answer.status, 200, answer.text);
    return new Date(String(answer.json['now']));
  },
  async advance(seconds: number): Promise<void> {
    const answer = await http('POST', `${endpoint}/_brume/clock`, {
      action: 'advance',
      seconds: Math.ceil(seconds),
    });
    assert.equal(answer.status, 200, answer.text);
    note(`clock advance ${Math.ceil(seconds)}s: it is ${(await this.now()).toISOString()} now`);
  },
};
