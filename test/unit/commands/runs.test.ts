// A run is named by its id, by the beginning of it, or by `latest`; by nothing, none is.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { runsFolder } from '../../../src/commands/state-folder.ts';
import { main } from '../../../src/main.ts';
import { here } from '../../rig/here.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-runs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const world = () => here(folder, { env: { PATH: process.env.PATH, XDG_STATE_HOME: path.join(folder, 'state') } });
const run = '20261125-141659-7924';
let kept: string;
beforeEach(async () => {
  kept = path.join(await runsFolder({ repo: folder }, world().io), run);
  mkdirSync(kept, { recursive: true });
  writeFileSync(path.join(kept, 'events.jsonl'), '');
});

it.each([
  ['clean', ''],
  ['report', ''],
  ['resume', ''],
  ['approve', ''],
  ['clean', '../..'],
])('`bexpert %s "%s"` means no run, also where there is only one', async (command, name) => {
  const { io, said } = world();
  expect(await main([command, name], io)).toBe(2);
  expect(said()).toContain(`There is no run \`${name}\``);
  expect(existsSync(path.join(kept, 'events.jsonl'))).toBe(true);
});

it('`bexpert clean` removes the one whose name begins so', async () => {
  const { io } = world();
  expect(await main(['clean', '20261125'], io)).toBe(0);
  expect(existsSync(kept)).toBe(false);
});
