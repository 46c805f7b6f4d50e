// Programs that are timed from outside, from their start to their end.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

/** The largest resident set of a Node program, in MiB, as the kernel counts it. */
export async function peakMemory(call: Call): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-bench-'));
  const out = path.join(folder, 'rss');
  const tell = `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(out)}, String(process.resourceUsage().maxRSS)));`;
  try {
    const hook = `data:text/javascript,${encodeURIComponent(tell)}`;
    await wallTime({ ...call, args: ['--import', hook, ...call.args] });
    return Number(readFileSync(out, 'utf8')) / 1024;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
