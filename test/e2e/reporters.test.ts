import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { start } from '../rig/program.ts';
import { TestRepository } from '../rig/repository.ts';

const playbook = `
bexpert: 1
name: p
phases:
  verify:
    - { id: lint, run: cat out.txt, findings: { regex: '^(?<file>[^:]+):(?<line>\\d+): (?<message>.+)$' } }
`;
async function repository(): Promise<TestRepository> {
  const made = await TestRepository.create({
    'bexpert.yml': 'bexpert: 1\n',
    'a.txt': 'one\n',
    'out.txt': '\n',
    'playbook.yml': playbook,
    'wrong.yml': 'bexpert: 1\nphases:\n  verify: [tets]\n',
  });
  await made.write({ 'out.txt': 'a.txt:1: Not so.\n' });
  return made;
}
interface Log {
  readonly runs: readonly { readonly results: readonly { readonly ruleId: string }[] }[];
}
const rulesOf = (text: string): readonly string[] =>
  (JSON.parse(text) as Log).runs.flatMap(({ results }) => results.map(({ ruleId }) => ruleId));

describe('a run for a program that reads it', () => {
  it('is SARIF on standard output and nothing else, or a file beside the progress; afterwards SARIF, JUnit and annotations', async () => {
    await using made = await repository();
    const call = (...args: readonly string[]) => start(args, { cwd: made.folder, env: { GITHUB_WORKSPACE: made.folder } }).ended;
    const verify = ['verify', 'playbook.yml', '--base', 'HEAD', '--sandbox', 'off', '--state', made.state];
    const out = await call(...verify, '--reporter', 'sarif');
    expect(out.code).toBe(1);
    expect(rulesOf(out.stdout)).toEqual(['lint/match']);

    const beside = await call(...verify, '--reporter', 'sarif', '--report-file', 'log.sarif');
    expect(beside.code).toBe(1);
    expect(beside.stdout).toContain('NOT PROVEN');
    expect(rulesOf(readFileSync(path.join(made.folder, 'log.sarif'), 'utf8'))).toEqual(['lint/match']);

    const github = await call(...verify, '--reporter', 'github');
    expect(github.stdout).toContain('\n::error file=a.txt,line=1,title=lint%3A lint/match::Not so.\n');

    const report = (format: string) => call('report', 'latest', '--state', made.state, '--format', format);
    expect(rulesOf((await report('sarif')).stdout)).toEqual(['lint/match']);
    expect((await report('junit')).stdout).toContain('<testcase classname="verify" name="lint"');
  });

  it('that cannot start says so in the same form', async () => {
    await using made = await repository();
    const call = (...args: readonly string[]) => start([...args, '--state', made.state], { cwd: made.folder }).ended;
    const sarif = await call('verify', 'wrong.yml', '--reporter', 'sarif');
    expect(sarif.code).toBe(2);
    expect(rulesOf(sarif.stdout)).toEqual(['plugin/unknown']);
    expect(sarif.stderr).toContain('wrong.yml:3:12 error');
    const nowhere = await call('verify', 'playbook.yml', '--repo', 'no/such/folder', '--reporter', 'sarif');
    expect([nowhere.code, rulesOf(nowhere.stdout).length]).toEqual([2, 1]);
    const github = await call('verify', 'wrong.yml', '--reporter', 'github');
    expect(github.stdout).toMatch(/^::error file=wrong\.yml,line=3,endLine=3,col=12,endColumn=16,title=plugin\/unknown::/m);
    const file = await call('verify', 'playbook.yml', '--reporter', 'sarif', '--report-file', 'no/such/log.sarif');
    expect([file.code, file.stderr.includes('cli/report-file')]).toEqual([2, true]);
    const plain = await call('verify', 'playbook.yml', '--reporter', 'plain', '--report-file', 'log.sarif');
    expect([plain.code, existsSync(path.join(made.folder, 'log.sarif'))]).toEqual([2, false]);
  });
});

describe('validate', () => {
  it('tells problems to GitHub and as SARIF, beside what people read', async () => {
    await using made = await repository();
    const call = (...args: readonly string[]) =>
      start(['validate', 'wrong.yml', 'playbook.yml', ...args], { cwd: made.folder }).ended;
    const github = await call('--reporter', 'github');
    expect(github.code).toBe(2);
    expect(github.stdout).toContain('[plugin/unknown]');
    expect(github.stdout).toMatch(/^::error file=wrong\.yml,line=3,/m);
    const sarif = await call('--reporter', 'sarif');
    expect(rulesOf(sarif.stdout)).toEqual(['plugin/unknown']);
    const file = await call('--reporter', 'sarif', '--report-file', 'v.sarif');
    expect(file.stdout).toContain('valid  playbook.yml');
    expect(rulesOf(readFileSync(path.join(made.folder, 'v.sarif'), 'utf8'))).toEqual(['plugin/unknown']);
  });
});
