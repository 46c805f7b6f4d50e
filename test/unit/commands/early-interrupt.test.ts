import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Io } from '../../../src/commands/io.ts';
import { main } from '../../../src/main.ts';
import { TestRepository } from '../../rig/repository.ts';

it('a call that is interrupted before anything ran ends with 130, is no bug, and leaves no run', async () => {
  await using repository = await TestRepository.create({
    'bexpert.yml': 'bexpert: 1\n',
    'playbook.yml': 'bexpert: 1\nphases:\n  verify:\n    - { id: gate, run: "true", evidence: exit-code }\n',
  });
  const told: string[] = [];
  const said: string[] = [];
  const io: Io = {
    cwd: repository.folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdout: { isTTY: false, write: (text) => void said.push(text) },
    stderr: { isTTY: false, write: (text) => void told.push(text) },
    signal: AbortSignal.abort(new DOMException('ended by SIGINT', 'AbortError')),
    now: () => performance.now(),
    node: { version: process.versions.node, execPath: process.execPath, platform: process.platform, arch: process.arch },
  };
  const call = ['verify', 'playbook.yml', '--sandbox', 'off', '--state', repository.state];
  expect(await main(call, io)).toBe(130);
  expect(told.join('')).toBe('Interrupted before anything ran.\n');
  expect(said).toEqual([]);
  const left = readdirSync(repository.state, { recursive: true, encoding: 'utf8' });
  expect(left.filter((name) => /runs\/./.test(name))).toEqual([]);
});
