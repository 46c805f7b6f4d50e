// A repository that is red on the day its gates come: `bexpert adopt` makes it green and says what it is not; what is new stays red.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/report/run-report.ts';
import { type Ended, program } from '../rig/program.ts';
import { TestRepository } from '../rig/repository.ts';

/** Its linter: every line with `var` in a file below src, and which files it looked at. */
const linter = `
import { readdirSync, readFileSync } from 'node:fs';
const files = readdirSync('src').map((name) => 'src/' + name);
for (const file of files)
  readFileSync(file, 'utf8').split('\\n').forEach((line, index) => {
    if (/\\bvar\\b/.test(line)) console.log(file + ':' + (index + 1) + ': no-var: ' + line);
    if (/==[^=]/.test(line)) console.log(file + ':' + (index + 1) + ': eqeqeq: ' + line);
  });
console.log('looked at ' + files.length + ' files');
process.exit(0);
`;
const gates = `bexpert: 1
phases:
  verify:
    # What the team asks of its code.
    - id: lint  # since May
      run: node lint.mjs
      findings:
        regex: { pattern: '^(?<file>[^:]+):(?<line>\\d+): (?<rule>[\\w-]+): (?<message>.+)$', examined: '^looked at (?<count>\\d+) files' }
    - { id: licence, run: test -e LICENCE }

    - uses: coverage
      with: { command: "node --test", lines: 90%, branches: 10 } # the goal
`;
const files = {
  'lint.mjs': linter,
  'playbooks/quality.yml': gates,
  'src/[id].mjs': 'var id = 1;\nexport const same = (a, b) => a == b;\n',
  'src/b.mjs': 'export function b(n) {\n  var one = 1;\n  if (n > one) {\n    return 2;\n  }\n  return 3;\n}\n',
  'test/b.test.mjs':
    "import assert from 'node:assert';\nimport { test } from 'node:test';\nimport { b } from '../src/b.mjs';\ntest('b', () => assert.equal(b(0), 3));\n",
};
const bexpert = (repository: TestRepository, ...args: readonly string[]): Promise<Ended> =>
  program([...args, '--state', repository.state], { cwd: repository.folder });
async function verdicts(repository: TestRepository): Promise<{ readonly code: number | null; readonly gates: unknown }> {
  const { code } = await bexpert(repository, 'verify', 'playbooks/quality.yml', '--reporter', 'plain');
  const report = JSON.parse((await bexpert(repository, 'report', 'latest', '--format', 'json')).stdout) as RunReport;
  const steps = report.attempts[0]?.steps ?? [];
  return {
    code,
    gates: Object.fromEntries(steps.map(({ step, result }) => [step, result.kind === 'gate' ? result.verdict : result.kind])),
  };
}

describe('a repository that is red', () => {
  it('becomes green and honest, and what is new is red', async () => {
    await using repository = await TestRepository.create(files);
    expect(await verdicts(repository)).toEqual({ code: 1, gates: { lint: 'fail', licence: 'fail', coverage: 'fail' } });
    await repository.git('config', 'user.name', 'Ann: of the team');

    const adopted = await bexpert(repository, 'adopt', 'playbooks/quality.yml');
    expect(adopted.code, adopted.stdout + adopted.stderr).toBe(0);
    const text = readFileSync(path.join(repository.folder, 'playbooks/quality.yml'), 'utf8');
    const until = new Date(Date.now() + 90 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
    const today = new Date().toISOString().slice(0, 10);
    const terms = `until: ${until}, by: "Ann: of the team", reason: "adopted ${today}: it was so before this gate came"`;
    expect(text).toBe(`bexpert: 1
phases:
  verify:
    # What the team asks of its code.
    - id: lint  # since May
      run: node lint.mjs
      findings:
        regex: { pattern: '^(?<file>[^:]+):(?<line>\\d+): (?<rule>[\\w-]+): (?<message>.+)$', examined: '^looked at (?<count>\\d+) files' }
      waive:
        - findings: [lint/eqeqeq]
          in: ["src/\\\\[id\\\\].mjs"]
          until: ${until}
          by: "Ann: of the team"
          reason: "adopted ${today}: it was so before this gate came"
        - findings: [lint/no-var]
          in: ["src/\\\\[id\\\\].mjs", src/b.mjs]
          until: ${until}
          by: "Ann: of the team"
          reason: "adopted ${today}: it was so before this gate came"
    - { id: licence, run: test -e LICENCE, waive: [{ findings: [run/exit-code], ${terms} }] }

    - uses: coverage
      with: { command: "node --test", lines: 23.07, branches: 10 } # the goal
`);
    expect(adopted.stdout).toContain('coverage  limit lines: 23.07');
    expect(adopted.stdout).toContain('lint  waived lint/no-var in 2 files, 2 findings');

    await repository.commit('adopt');
    expect(await verdicts(repository)).toEqual({ code: 0, gates: { lint: 'waived', licence: 'waived', coverage: 'pass' } });
    const again = await bexpert(repository, 'adopt', 'playbooks/quality.yml');
    expect(again.stdout).toContain('there is nothing to adopt');
    expect(again.code).toBe(0);

    await repository.write({ 'src/c.mjs': 'var c = 1;\n' });
    expect(await verdicts(repository)).toMatchObject({ code: 1, gates: { lint: 'fail' } });
  });
});

describe('a repository in which every gate is red', () => {
  it('is told that waivers alone prove nothing', async () => {
    const one = files['playbooks/quality.yml']
      .replace(/ {4}- uses: coverage[\s\S]*$/, '')
      .replace(/ {4}- \{ id: licence.*\n/, '');
    await using repository = await TestRepository.create({ ...files, 'playbooks/quality.yml': one });
    const adopted = await bexpert(repository, 'adopt', 'playbooks/quality.yml');
    expect(adopted.stdout).toContain('No gate is green without a waiver, so a run ends UNVERIFIED with exit code 3');
    expect(adopted.code).toBe(3);
    await repository.commit('adopt');
    expect(await verdicts(repository)).toEqual({ code: 3, gates: { lint: 'waived' } });
  });
});

describe('a gate that cannot decide', () => {
  it('is told of and not waived', async () => {
    const blind = { ...files, 'lint.mjs': "console.log('looked at 0 files');\n" };
    await using repository = await TestRepository.create(blind);
    const adopted = await bexpert(repository, 'adopt', 'playbooks/quality.yml');
    expect(adopted.stdout).toContain('lint  INVALID, which no waiver can change');
    expect(adopted.code).toBe(3);
    const text = readFileSync(path.join(repository.folder, 'playbooks/quality.yml'), 'utf8');
    expect(text.match(/waive:/g)).toHaveLength(1);
    expect(text).toContain('lines: 42.85');
  });
});

describe('a playbook that is not the repository’s own', () => {
  it('is not changed, and it is said how to have one', async () => {
    await using repository = await TestRepository.create(files);
    const adopted = await bexpert(repository, 'adopt', 'migration');
    expect(adopted.stderr).toContain(
      '`migration` comes with bexpert; waivers belong into a playbook of this repository. [cli/adopt-own]',
    );
    expect(adopted.stderr).toContain('`extends: bexpert:migration`');
    expect(adopted.code).toBe(2);
    expect(existsSync(path.join(repository.folder, 'migration'))).toBe(false);
    const missing = await bexpert(repository, 'adopt', 'playbooks/qualty.yml');
    expect(missing.stderr).toContain('Did you mean `playbooks/quality.yml`?');
  });
  it('has its waivers in the file that extends it', async () => {
    await using repository = await TestRepository.create({
      ...files,
      'base.yml': gates.replace(/ {4}- uses: coverage[\s\S]*$/, '').replace(/ {4}- \{ id: licence.*\n/, ''),
      'playbooks/quality.yml': 'bexpert: 1\n# Ours.\nextends: ../base.yml\n',
    });
    const adopted = await bexpert(repository, 'adopt', 'playbooks/quality.yml', '--by', 'Ann', '--days', '7');
    expect(adopted.code, adopted.stdout + adopted.stderr).toBe(3);
    const text = readFileSync(path.join(repository.folder, 'playbooks/quality.yml'), 'utf8');
    expect(text).toMatch(/^bexpert: 1\n# Ours\.\nextends: \.\.\/base\.yml\nphases:\n {2}verify:\n {4}- id: lint\n {6}waive:\n/);
    await repository.commit('adopt');
    expect((await verdicts(repository)).gates).toEqual({ lint: 'waived' });
  });
});
