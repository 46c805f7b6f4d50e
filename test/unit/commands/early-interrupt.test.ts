import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { main } from '../../../src/main.ts';
import { here } from '../../rig/here.ts';
import { TestRepository } from '../../rig/repository.ts';

it('a call that is interrupted before anything ran ends with 130, is no bug, and leaves no run', async () => {
  await using repository = await TestRepository.create({
    'bexpert.yml': 'bexpert: 1\n',
    'playbook.yml': 'bexpert: 1\nphases:\n  verify:\n    - { id: gate, run: "true", evidence: exit-code }\n',
  });
  const { io, printed, told } = here(repository.folder, {
    signal: AbortSignal.abort(new DOMException('ended by SIGINT', 'AbortError')),
  });
  const call = ['verify', 'playbook.yml', '--sandbox', 'off', '--state', repository.state];
  expect(await main(call, io)).toBe(130);
  expect(told()).toBe('Interrupted before anything ran.\n');
  expect(printed()).toBe('');
  const left = readdirSync(repository.state, { recursive: true, encoding: 'utf8' });
  expect(left.filter((name) => /runs\/./.test(name))).toEqual([]);
});
