import path from 'node:path';
import { expect, it } from 'vitest';
import type { Io } from '../../../src/commands/io.ts';
import { plugins } from '../../../src/commands/plugins.ts';
import { root } from '../../contract/sources.ts';

async function called(call: Parameters<typeof plugins>[0]): Promise<{ readonly code: number; readonly said: string }> {
  const said: string[] = [];
  const stream: Io['stdout'] = { isTTY: false, write: (text) => void said.push(text) };
  const node = { version: '20.19.0', execPath: process.execPath, platform: process.platform, arch: process.arch };
  const cwd = path.join(root, 'examples');
  const io: Io = { cwd, env: {}, stdout: stream, stderr: stream, signal: new AbortController().signal, now: () => 0, node };
  return { code: await plugins(call, io), said: said.join('') };
}

it('a plugin of the repository is shown like a built-in one', async () => {
  const { code, said } = await called({ name: './plugins/money-columns', repo: 'custom-plugin' });
  expect(code).toBe(0);
  expect(said).toContain('money-columns  gate\n  Columns that hold money have an exact type.');
  expect(said).toMatch(/folder +path +"migrations"/);
  const json = await called({ name: './plugins/no-console', repo: 'custom-plugin', json: true });
  expect(JSON.parse(json.said)).toMatchObject({ name: 'no-console', kind: 'gate' });
});

it('one that is not there is a wrong call', async () => {
  const { code, said } = await called({ name: './plugins/none', repo: 'custom-plugin' });
  expect(code).toBe(2);
  expect(said).toContain('The plugin `./plugins/none` cannot be used: there is no such folder. [plugin/team]');
});
