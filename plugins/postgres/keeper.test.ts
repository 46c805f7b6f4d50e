// The keeper process by itself, as root on machines that refuse user namespaces.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { Client } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { packageName } from './embedded.ts';
import { adminUser, type KeeperAnswer, lineReader, type Started } from './protocol.ts';

const asset = path.resolve(import.meta.dirname, '../../dist/assets/postgres/server.mjs');
const packageFolder = path.resolve(createRequire(import.meta.url).resolve(packageName()), '../..');
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Programs of these names fail, as they do where the kernel refuses. */
function without(programs: readonly string[]): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-refused-'));
  folders.push(folder);
  for (const program of programs) {
    writeFileSync(path.join(folder, program), `#!/bin/sh\necho '${program}: Operation not permitted' >&2\nexit 1\n`);
    chmodSync(path.join(folder, program), 0o755);
  }
  return `${folder}:${process.env.PATH ?? ''}`;
}

async function start(pathVariable: string, folderMode: number) {
  const outer = mkdtempSync(path.join(os.tmpdir(), 'bexpert-keeper-'));
  chmodSync(outer, folderMode);
  folders.push(outer);
  const folder = path.join(outer, 'scratch');
  mkdirSync(folder, { mode: 0o755 });
  const child = spawn(process.execPath, [asset], { env: { PATH: pathVariable }, stdio: ['pipe', 'pipe', 'ignore'] });
  const answered = new Promise<KeeperAnswer>((resolve) =>
    child.stdout.on('data', (chunk: Buffer) => lineReader((line) => resolve(JSON.parse(line) as KeeperAnswer))(chunk.toString())),
  );
  child.stdin.write(`${JSON.stringify({ id: 1, do: 'start', packageFolder, folder, adminPassword: 'a' })}\n`);
  return { child, folder, answer: await answered };
}

describe.runIf(process.getuid?.() === 0)('as root', () => {
  it('runs the server without user namespaces, below a folder that only root may enter', async () => {
    const { child, folder, answer } = await start(without(['unshare']), 0o700);
    expect(answer).toMatchObject({ ok: true, value: { version: '18.4' } });
    expect(statSync(path.join(folder, 'data')).uid).not.toBe(0);
    child.stdin.end();
    await once(child, 'exit');
  });
  it('runs the server without namespaces and capabilities, where its folders are open', async () => {
    const { child, answer } = await start(without(['unshare', 'setpriv']), 0o755);
    expect(answer).toMatchObject({ ok: true, value: { version: '18.4' } });
    child.stdin.end();
    await once(child, 'exit');
  });
  it('says for each way why it failed, where none works', async () => {
    const { child, answer } = await start(without(['unshare', 'setpriv']), 0o700);
    expect(answer).toMatchObject({
      ok: false,
      error: expect.stringMatching(/user namespace: .*not permitted.*as nobody: .*(?:cannot|could not)/s),
    });
    child.stdin.end();
    await once(child, 'exit');
  });
});

it('ends the server when its own input ends, as when the runner is killed', async () => {
  const { child, answer } = await start(process.env.PATH ?? '', 0o755);
  if (!answer.ok) throw new Error(answer.error);
  const { socketPath } = answer.value as Started;
  const session = new Client({ host: path.dirname(socketPath), user: adminUser, password: 'a', database: 'postgres' });
  const cut = new Promise((resolve) => session.on('error', resolve));
  await session.connect();
  child.stdin.end();
  await once(child, 'exit');
  expect(await cut).toBeInstanceOf(Error);
});
