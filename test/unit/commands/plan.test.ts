import path from 'node:path';
import { expect, it } from 'vitest';
import { main } from '../../../src/main.ts';
import { here } from '../../rig/here.ts';
import { folderOf } from '../playbook/prepare-files.ts';

async function madeOf(cwd: string, ...args: readonly string[]): Promise<string | undefined> {
  const { io, said } = here(cwd, { env: { HOME: cwd } });
  expect(await main(['plan', ...args], io)).toBe(0);
  // What is wider than the terminal goes on in the next line.
  return /made of +([\s\S]*?)\n {2}\S/.exec(said())?.[1]?.replace(/\s+/g, ' ');
}

it('a plan names the files that it is made of in one way, however the playbook was named', async () => {
  const folder = folderOf({
    'bexpert.yml': 'bexpert: 1\n',
    'playbooks/p.yml': 'bexpert: 1\nname: p\nextends: ./low.yml\n',
    'playbooks/low.yml': 'bexpert: 1\nname: low\nphases: { verify: [tests] }\n',
  });
  const files = ['playbooks/p.yml', 'bexpert.yml', 'playbooks/low.yml'];
  const full = files.map((file) => path.join(folder, file));
  expect(await madeOf(folder, 'playbooks/p.yml')).toBe(files.join(', '));
  expect(await madeOf(folder, full[0] ?? '')).toBe(files.join(', '));
  expect(await madeOf(path.join(folder, 'playbooks'), '--repo', '..', 'p.yml')).toBe('p.yml, ../bexpert.yml, low.yml');
  expect(await madeOf('/usr/lib', '--repo', folder, full[0] ?? '')).toBe(full.join(', '));
});
