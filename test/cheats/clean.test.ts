// A clean-up removes what bexpert made, whatever lies in the folder that is named as its state.
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { clean } from '../../src/engine/clean.ts';
import { removeLeftovers } from '../../src/engine/leftovers.ts';
import { cutJournal, play, repositoryOf } from '../unit/engine/play.ts';
import { temporary, write } from '../unit/workspace/rig.ts';

const day = 24 * 3_600_000;
const request = (home: string) => ({
  ...{ home, olderThanMs: 30 * day, keep: 0, dryRun: false, now: Date.now() + 400 * day },
  env: { PATH: process.env.PATH },
  signal: new AbortController().signal,
});

it('`--state` at a project leaves its own folders plugins and store alone', async () => {
  const home = temporary();
  const key = 'a1'.repeat(16);
  const digest = 'b2'.repeat(32);
  write(home, {
    'plugins/my-gate/index.ts': '',
    'plugins/package.json': '{}',
    'store/cart.ts': '',
    [`store/${key}/complete`]: '{}',
    [`store/${key}.lock/x`]: '',
    [`plugins/${digest}/index.mjs`]: '',
    [`plugins/${digest}.json`]: '{}',
  });
  await clean(request(home));
  expect(readdirSync(path.join(home, 'plugins')).sort()).toEqual(['my-gate', 'package.json']);
  expect(readdirSync(path.join(home, 'store'))).toEqual(['cart.ts']);
});

it('nothing is removed through a link in the state', async () => {
  await using repository = await repositoryOf({
    'bexpert.yml': 'bexpert: 1\n',
    'playbook.yml': 'bexpert: 1\nname: p\nphases:\n  verify: [{ id: a, run: "true", evidence: exit-code }]\n',
  });
  const run = await play(repository, { mode: 'verify' });
  await cutJournal(run.folder, 2);
  const elsewhere = path.join(temporary(), 'elsewhere');
  await cp(run.folder, elsewhere, { recursive: true });
  for (const name of ['trees/mine', 'scratch/mine']) mkdirSync(path.join(elsewhere, name), { recursive: true });
  const runs = path.dirname(run.folder);
  symlinkSync(elsewhere, path.join(runs, 'linked'));
  await removeLeftovers(runs, { PATH: process.env.PATH });
  await clean(request(repository.state));
  for (const name of ['trees/mine', 'scratch/mine', 'events.jsonl'])
    expect(existsSync(path.join(elsewhere, name)), name).toBe(true);
});
