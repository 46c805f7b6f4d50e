// Programs that are timed from outside, from their start to their end.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';

export interface Call {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Milliseconds until the program has ended. A program that fails is no measurement. */
export function wallTime(call: Call): Promise<number> {
  const { PATH = '', HOME = '' } = process.env;
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(call.file, call.args, {
      cwd: call.cwd,
      env: { PATH, HOME, ...call.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    const keep = (chunk: Buffer): void => {
      said = (said + chunk.toString('utf8')).slice(-2000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(performance.now() - start);
      else reject(new Error(`${call.file} ${call.args.join(' ')} ended with ${code}:\n${said}`));
    });
  });
}

export interface Usage {
  /** Milliseconds of user and system time, of all threads. */
  readonly cpu: number;
  /** Largest resident set, in MiB. */
  readonly memory: number;
}

/** What a Node program used, as the kernel counts it. Machines that do other work beside change it less than the time on the clock. */
export async function usage(call: Call): Promise<Usage> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-bench-'));
  const out = path.join(folder, 'usage.json');
  const hook = path.join(folder, 'hook.cjs');
  writeFileSync(
    hook,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(out)}, JSON.stringify(process.resourceUsage())));`,
  );
  try {
    await wallTime({ ...call, args: ['--require', hook, ...call.args] });
    const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(out, 'utf8')) as NodeJS.ResourceUsage;
    return { cpu: (userCPUTime + systemCPUTime) / 1000, memory: maxRSS / 1024 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
