// Keys under new names, with a table of renames that is the test's own: the language has none yet.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../../src/commands/io.ts';
import { migrate } from '../../../src/commands/migrate.ts';
import { main } from '../../../src/main.ts';
import type { Rename } from '../../../src/playbook/renames.ts';
import { folderOf, planOf, preparedOf, whereOf } from '../playbook/prepare-files.ts';

const terms = { since: '0.9.0', until: '2027-11-30' } as const;
const table: readonly Rename[] = [
  { part: 'step', key: 'only-when', to: 'if', ...terms },
  { part: 'waiver', key: 'codes', to: 'findings', ...terms },
  { part: 'playbook', key: 'stages', to: 'phases', ...terms },
  { part: 'service', key: 'after', to: 'dependencies', ...terms },
];
const old = `bexpert: 1 # the language
services:
  after: { run: node a.js }   # named like an old key
  api:
    run: node b.js
    after: [after]
stages:
  verify:
    # only-when it pays
    - { id: lint, run: "npm run lint",   'only-when': "run.ci", findings: { tsc: stdout }, evidence: exit-code }
    - id: types
      run: npx tsc
      services: [api]
      only-when: run.ci   # in CI
      findings: { tsc: stdout }
      waive:
        - codes: [types/TS2322]
          until: 2030-01-01
          by: Ann
          reason: codes are codes
`;
const now = old
  .replace('    after: [after]', '    dependencies: [after]')
  .replace('stages:', 'phases:')
  .replace("'only-when':", 'if:')
  .replace('      only-when:', '      if:')
  .replace('- codes:', '- findings:');

const ioOf = (cwd: string): { readonly io: Io; readonly said: () => string } => {
  const said: string[] = [];
  const stream: Io['stdout'] = { isTTY: false, write: (text) => void said.push(text) };
  const node = { version: process.versions.node, execPath: process.execPath, platform: process.platform, arch: process.arch };
  const io = { cwd, env: {}, stdout: stream, stderr: stream, signal: new AbortController().signal, now: () => 0, node } as Io;
  return { io, said: () => said.join('') };
};

describe('bexpert migrate', () => {
  it('writes the new names and leaves all else as it is', async () => {
    const folder = folderOf({ 'playbooks/a.yml': old, 'bexpert.yml': 'bexpert: 1\n' });
    const { io, said } = ioOf(folder);
    expect(await migrate({ files: [] }, io, table)).toBe(0);
    expect(readFileSync(path.join(folder, 'playbooks/a.yml'), 'utf8')).toBe(now);
    expect(said()).toBe(`already version 1  bexpert.yml
written  playbooks/a.yml
  playbooks/a.yml:6  \`after\` is \`dependencies\` now
  playbooks/a.yml:7  \`stages\` is \`phases\` now
  playbooks/a.yml:10  \`only-when\` is \`if\` now
  playbooks/a.yml:14  \`only-when\` is \`if\` now
  playbooks/a.yml:17  \`codes\` is \`findings\` now
`);
  });
  it('writes nothing with --dry-run', async () => {
    const folder = folderOf({ 'a.yml': old });
    const { io, said } = ioOf(folder);
    expect(await migrate({ files: ['a.yml'], dryRun: true }, io, table)).toBe(0);
    expect(said()).toMatch(/^would write {2}a\.yml\n/);
    expect(readFileSync(path.join(folder, 'a.yml'), 'utf8')).toBe(old);
  });
  it('says of today’s playbooks that they are of the newest version', async () => {
    const folder = folderOf({ 'a.yml': now });
    const { io, said } = ioOf(folder);
    expect(await main(['migrate', 'a.yml'], io)).toBe(0);
    expect(said()).toBe('already version 1  a.yml\n');
  });
  it('shows what is wrong with a file and goes on with the others', async () => {
    const folder = folderOf({ 'a.yml': 'bexpert: 1\nbexpert: 1\n', 'b.yml': old });
    const { io, said } = ioOf(folder);
    expect(await migrate({ files: ['a.yml', 'c.yml', 'b.yml'] }, io, table)).toBe(2);
    expect(said()).toContain('[yaml/duplicate-key]');
    expect(said()).toContain('[playbook/not-found]');
    expect(readFileSync(path.join(folder, 'b.yml'), 'utf8')).toBe(now);
  });
});

describe('a playbook with old names', () => {
  it('means what it meant, and each is told of', async () => {
    const before = await preparedOf({ 'playbook.yml': old }, { renames: table });
    expect(before.diagnostics.map((each) => `${each.severity} ${whereOf(each)}`)).toEqual([
      'warning playbook/deprecated playbook.yml:6:5',
      'warning playbook/deprecated playbook.yml:7:1',
      'warning playbook/deprecated playbook.yml:10:42',
      'warning playbook/deprecated playbook.yml:14:7',
      'warning playbook/deprecated playbook.yml:17:11',
    ]);
    const after = await planOf({ 'playbook.yml': now });
    const phases = (plan: typeof after | undefined): unknown =>
      plan?.phases.flatMap(({ steps }) =>
        steps.map(({ id, if: condition, waive }) => ({ id, condition: condition?.text, waive })),
      );
    expect(phases(before.plan)).toEqual(phases(after));
    expect(before.plan?.services.api?.dependencies).toEqual(['after']);
  });
  it('is wrong where the new name stands beside the old one', async () => {
    const both = now.replace('      if: run.ci   # in CI', '      if: run.ci\n      only-when: run.ci');
    const { diagnostics } = await preparedOf({ 'playbook.yml': both }, { renames: table });
    expect(diagnostics.map(whereOf)).toEqual(['playbook/unknown-key playbook.yml:15:7']);
  });
});
