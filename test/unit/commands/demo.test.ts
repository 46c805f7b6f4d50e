import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { copyExample } from '../../../src/commands/demo.ts';
import { main } from '../../../src/main.ts';
import { here } from '../../rig/here.ts';
import { TestRepository } from '../../rig/repository.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const line = /^# yaml-language-server: \$schema=(.*)$/m;
const target = (file: string): string =>
  path.resolve(path.dirname(file), line.exec(readFileSync(file, 'utf8'))?.[1] ?? 'no line names a schema');

it('an editor finds the schema of the example, where it is and in the copy of the demo', async () => {
  const parent = await mkdtemp(path.join(os.tmpdir(), 'bexpert-demo-'));
  try {
    const copy = path.join(parent, 'shop');
    await copyExample(copy);
    const schema = path.join(root, 'schema/playbook.schema.json');
    expect(target(path.join(root, 'examples/orders-api/bexpert.yml'))).toBe(schema);
    expect(target(path.join(copy, 'bexpert.yml'))).toBe(schema);
    expect(existsSync(schema)).toBe(true);
    expect(readFileSync(path.join(copy, 'bexpert.yml'), 'utf8').replace(line, '')).toBe(
      readFileSync(path.join(root, 'examples/orders-api/bexpert.yml'), 'utf8').replace(line, ''),
    );
    expect(readdirSync(copy)).not.toContain('node_modules');
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
});

it('no repository is made inside another one', async () => {
  await using repository = await TestRepository.create({ 'src/a.js': 'export const a = 1;\n' });
  await mkdir(path.join(repository.folder, 'below'));
  const { io, said } = here(path.join(repository.folder, 'below'));
  expect(await main(['demo', 'deep/shop'], io)).toBe(2);
  expect(said()).toContain(`deep/shop lies in the git repository ${await realpath(repository.folder)}`);
  expect(said()).toContain('`bexpert demo ../../shop`');
  expect(readdirSync(path.join(repository.folder, 'below'))).toEqual([]);
});
