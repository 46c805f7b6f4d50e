import { spawn } from 'node:child_process';
import { type Call, type Ended, programPath } from './program.ts';

/** Runs a line of bash in which `bexpert` is the built program: for pipes, redirections and closed streams. `pipefail` is on. */
export function shell(line: string, call: Call): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn('bash', ['-c', `set -o pipefail\nbexpert() { "$NODE" "$PROGRAM" "$@"; }\n${line}`], {
    cwd: call.cwd,
    env: { PATH, HOME, NODE: process.execPath, PROGRAM: programPath, ...call.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
