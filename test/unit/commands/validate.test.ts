import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../../src/commands/io.ts';
import { main } from '../../../src/main.ts';
import { root } from '../../contract/sources.ts';
import { badFolder, fixtures } from '../playbook/fixture.ts';
import { folderOf } from '../playbook/prepare-files.ts';

async function validate(folder: string, ...args: readonly string[]) {
  const said: string[] = [];
  const errors: string[] = [];
  const { execPath, platform, arch, versions } = process;
  const io: Io = {
    cwd: folder,
    env: { HOME: folder },
    stdout: { isTTY: false, write: (text) => void said.push(text) },
    stderr: { isTTY: false, write: (text) => void errors.push(text) },
    signal: new AbortController().signal,
    now: () => 0,
    node: { version: versions.node, execPath, platform, arch },
  };
  const code = await main(['validate', ...args], io);
  return { code, said: said.join(''), errors: errors.join('') };
}
const good = 'bexpert: 1\nphases:\n  verify: [tests]\n';
const results = (said: string): string[] => said.split('\n').filter((line) => /^(not )?valid {2}/.test(line));

describe('validate without arguments', () => {
  it('finds all playbooks, a bexpert.yml that is one, and the tests', async () => {
    const folder = folderOf({
      'playbooks/b.yml': good,
      'playbooks/a.yaml': good,
      'playbooks/a.test.yml': 'bexpert-test: 1\nplaybook: ./a.yaml\ncases:\n  - { name: green, expect: { verdict: proven } }\n',
      'playbooks/team/c.yml': good,
      'playbooks/team/steps.yml': 'bexpert: 1\nsteps: [tests]\n',
      'playbooks/node_modules/x/d.yml': good,
      'bexpert.yml': good,
      'other/e.yml': good,
    });
    const { code, said } = await validate(folder);
    expect(results(said)).toEqual([
      'valid  playbooks/a.yaml  (1 phase, 1 step)',
      'valid  playbooks/b.yml  (1 phase, 1 step)',
      'valid  playbooks/team/c.yml  (1 phase, 1 step)',
      'valid  bexpert.yml  (1 phase, 1 step)',
      'valid  playbooks/a.test.yml',
    ]);
    expect(code).toBe(0);
  });
  it('takes a bexpert.yml without phases for what it is', async () => {
    const folder = folderOf({ 'playbooks/a.yml': good, 'bexpert.yml': 'bexpert: 1\nprotect: [docs/**]\n' });
    expect(results((await validate(folder)).said)).toEqual(['valid  playbooks/a.yml  (1 phase, 1 step)']);
  });
  it('plays no case of a test, and says what is wrong with it', async () => {
    const test = (steps: string): string =>
      `bexpert-test: 1\nplaybook: ./a.yml\ncases:\n  - { name: red, steps: ${steps}, expect: { verdict: proven } }\n`;
    const red = folderOf({ 'playbooks/a.yml': good, 'playbooks/a.test.yml': test('{ tests: FAIL }') });
    expect((await validate(red)).code).toBe(0);
    const wrong = folderOf({ 'playbooks/a.yml': good, 'playbooks/a.test.yml': test('{ test: FAIL }') });
    const { code, said } = await validate(wrong);
    expect(code).toBe(2);
    expect(said).toContain('playbooks/a.test.yml:4:27 error ./a.yml has no step `test`. [playtest/unknown-step]');
  });
});

describe('validate of several files', () => {
  const asking =
    'bexpert: 1\ninputs: { goal: { type: string, required: true } }\nenv: { GOAL: "${{ inputs.goal }}" }\nphases: { verify: [tests] }\n';
  it('asks for no inputs, which are those of a call; where some are given, all must be', async () => {
    const folder = folderOf({ 'a.yml': asking });
    expect((await validate(folder, 'a.yml')).code).toBe(0);
    const { code, said } = await validate(folder, 'a.yml', '--input', 'gaol=x');
    expect(code).toBe(2);
    expect(said).toContain('[input/missing]');
    expect(said).toContain('Did you mean `goal`?');
  });
  it('says once what is wrong with the bexpert.yml of all, and calls each of them not valid', async () => {
    const folder = folderOf({ 'a.yml': good, 'b.yml': good, 'bexpert.yml': 'bexpert: 1\nprotcet: [docs/**]\n' });
    const { code, said } = await validate(folder, 'a.yml', 'b.yml', 'a.yml');
    expect(code).toBe(2);
    expect(said.match(/bexpert\.yml:2:1 error/g)).toHaveLength(1);
    expect(results(said)).toEqual(['not valid  a.yml  (1 error)', 'not valid  b.yml  (1 error)']);
  });
  it('sorts by file and line, with a frame for each and for what is related', async () => {
    const folder = folderOf({
      'a.yml': `bexpert: 1\nbudgt: {}\nphases:\n  verify:\n    - tests\n    - { id: tests, run: "true" }\n`,
      'bexpert.yml': 'bexpert: 1\nprotcet: []\n',
    });
    const { said } = await validate(folder, 'a.yml');
    const at = [...said.matchAll(/^\s*(\S+:\d+:\d+) (error|The other one)/gm)].map(([, place]) => place);
    expect(at).toEqual(['bexpert.yml:2:1', 'a.yml:2:1', 'a.yml:6:13', 'a.yml:5:7']);
    expect(said.match(/^ +\| +\^+$/gm)).toHaveLength(4);
  });
});

describe('validate --json', () => {
  const fits = new Ajv2020({ allErrors: true }).compile(
    JSON.parse(readFileSync(path.join(root, 'schema/validate.schema.json'), 'utf8')),
  );
  it('has the published form, whatever is wrong', async () => {
    const playbooks = fixtures.filter((name) => /^(yaml|playbook|step|phase|expression|reuse|playtest)-/.test(name));
    const files = playbooks.flatMap((name) => ['playbook.yml', 'playbook.test.yml'].map((file) => `${name}/${file}`));
    const { said } = await validate(badFolder, ...files, '--json');
    const document = JSON.parse(said);
    expect(document.playbooks).toHaveLength(files.length);
    expect(fits(document), JSON.stringify(fits.errors?.slice(0, 3))).toBe(true);
    expect(
      document.playbooks.some(({ diagnostics }: { diagnostics: { related?: unknown }[] }) =>
        diagnostics.some(({ related }) => related !== undefined),
      ),
    ).toBe(true);
  });
});
