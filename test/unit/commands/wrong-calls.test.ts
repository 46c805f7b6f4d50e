// What a call says that is not complete or not understood: in our words, and with the help of the command that was meant.
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../../src/main.ts';
import { here } from '../../rig/here.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-call-'));
  mkdirSync(path.join(folder, 'playbooks'));
  writeFileSync(path.join(folder, 'playbooks/quality.yml'), 'bexpert: 1\nphases:\n  verify: [tests]\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function bexpert(call: string): Promise<{ readonly code: number; readonly said: string }> {
  const { io, said } = here(folder, { env: { PATH: process.env.PATH, XDG_STATE_HOME: path.join(folder, 'state') } });
  return { code: await main(call.split(' '), io), said: said() };
}

it.each([
  ['verify playbooks/quality.yml --state', 'bexpert verify --help'],
  ['clean --all --state', 'bexpert clean --help'],
  ['validate --repo', 'bexpert validate --help'],
  ['policy check a.yml . --state', 'bexpert policy check --help'],
])('an option whose value is empty, as a variable without a value makes it, is none: `bexpert %s ""`', async (call, help) => {
  const { code, said } = await bexpert(`${call} `);
  expect(said).toMatch(/`--(state|repo)` has no value\. \[cli\/usage\]/);
  expect(said).toContain(help);
  expect(code).toBe(2);
});

describe('a wrong call', () => {
  it.each([
    ['graph', 'These are here: `playbooks/quality.yml`. For example: `bexpert graph playbooks/quality.yml`.'],
    ['resolve', 'For example: `bexpert resolve playbooks/quality.yml`.'],
    ['adopt', 'For example: `bexpert adopt playbooks/quality.yml`.'],
    ['verify', 'For example: `bexpert verify playbooks/quality.yml`.'],
    ['policy check', '<policy> is missing. [cli/usage]\n  hint: `bexpert policy check --help`'],
    ['policy check --jsn', '`bexpert policy check` has no option `--jsn`. [cli/unknown-option]\n  hint: Did you mean `--json`?'],
    ['policy chek', 'There is no command `policy chek`. [cli/unknown-command]\n  hint: Did you mean `bexpert policy check`?'],
    ['new thing x', '<what> cannot be `thing`; it is one of plugin, playbook.'],
    ['reject', '`--reason <text>` is missing.'],
    ['verify -i', '`--input <name=value>` has no value.'],
    ['verify --sandbox never x', '`--sandbox` cannot be `never`; it is one of required, preferred, off.'],
    ['run a b', '2 words stand behind `run`, which takes 1.'],
    ['help verfy', 'There is no command `verfy`. [cli/unknown-command]\n  hint: Did you mean `bexpert verify`?'],
    ['verify playbooks/quality.yml --repo /', '/ lies in no git repository. [repository/none]'],
  ])('`bexpert %s` says what is wrong', async (call, words) => {
    const { code, said } = await bexpert(call);
    expect(said).toContain(words);
    expect(code).toBe(2);
  });
});

it('a folder that is no repository is all that is wrong with a call that names it', async () => {
  writeFileSync(path.join(folder, 'own.yml'), 'bexpert: 1\nphases: { verify: [./plugins/own, { uses: load }] }\n');
  const { code, said } = await bexpert('verify own.yml --repo playbooks');
  expect(said).toContain('[repository/none]');
  expect(said).not.toMatch(/\[(plugin|service|playbook)\//);
  expect(code).toBe(2);
});

it('`clean` says that a state folder cannot be used', async () => {
  const { code, said } = await bexpert('clean --state playbooks/quality.yml/state');
  expect(said).toContain('[state/unusable]');
  expect(code).toBe(3);
});

it('the help of a command is shown once, and is no mistake', async () => {
  const { code, said } = await bexpert('help verify');
  expect(said.match(/^Usage: bexpert verify/gm)).toHaveLength(1);
  expect(code).toBe(0);
});

it('the help begins with what comes first, and fits into 80 columns', async () => {
  const { said } = await bexpert('--help');
  const first = [...said.matchAll(/^(To [a-z ]+:)\n {2}([a-z]+) /gm)].map(([, group, command]) => [group, command]);
  expect(first).toEqual([
    ['To begin:', 'init'],
    ['To play:', 'run'],
    ['To write playbooks:', 'validate'],
    ['To tidy up:', 'clean'],
  ]);
  const { said: policy } = await bexpert('policy --help');
  expect(policy.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
