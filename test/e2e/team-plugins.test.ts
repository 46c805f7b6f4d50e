// Plugins of a team in a whole run: context, action and gate in another language, and a gate from npm.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/report/run-report.ts';
import { type Ended, program } from '../rig/program.ts';
import { type Files, TestRepository } from '../rig/repository.ts';

const request =
  "import { existsSync, readFileSync, writeFileSync } from 'node:fs';\nconst request = JSON.parse(readFileSync(0, 'utf8'));\nconst answer = (value) => process.stdout.write(JSON.stringify(value));\n";
const json = (kind: string, name: string, more: object = {}): string =>
  JSON.stringify({ kind, name, api: 1, summary: `The ${kind}.`, command: ['node', 'main.mjs'], ...more });
const plugins: Files = {
  'plugins/reader/plugin.json': json('context', 'reader'),
  'plugins/reader/main.mjs': `${request}answer({ brief: [{ title: 'Greeting', text: 'Say hello.' }] });`,
  // The first attempt greets nobody; the second does what the gate asked for.
  'plugins/greeter/plugin.json': json('action', 'greeter', {
    inputs: { type: 'object', properties: { file: { type: 'string', default: 'hello.txt', description: 'The file.' } } },
  }),
  'plugins/greeter/main.mjs': `${request}const { turn, trees, inputs } = request;
writeFileSync(trees.work.path + '/' + inputs.file, turn.feedback.length === 0 ? turn.brief[0].text : turn.feedback[0].hint + ' after ' + turn.state);
answer({ outcome: 'ok', summary: 'greeted', state: 'attempt ' + turn.attempt });`,
  'plugins/greeting/plugin.json': json('gate', 'greeting', {
    runsOnBase: true,
    findings: { 'greeting/nobody': { means: 'Nobody is greeted.', baseline: 'absolute' } },
    prove: { command: ['node', 'main.mjs'], controls: [{ name: 'no name', expects: 'greeting/nobody' }] },
  }),
  'plugins/greeting/main.mjs': `${request}const file = request.trees.candidate.path + '/hello.txt';
const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
const finding = { code: 'greeting/nobody', severity: 'error', message: 'Nobody is greeted.', subject: 'hello', hint: 'Hello, Ada', location: { file: 'hello.txt', line: 1 } };
answer({ examined: { unit: 'files', count: 1, min: 1 }, findings: text.includes('Ada') ? [] : [finding] });`,
};
const loop = (action: string): string => `bexpert: 1
phases:
  context: [./plugins/reader]
  action: [${action}]
  verify:
    steps: [./plugins/greeting]
    on-failure: { retry-from: action, attempts: 3 }
deliver: { to: branch }
`;

let repository: TestRepository;
beforeEach(async () => {
  repository = await TestRepository.create({ ...plugins, '.gitignore': 'node_modules/\n' });
});
afterEach(async () => repository[Symbol.asyncDispose]());
const bexpert = (...args: readonly string[]): Promise<Ended> =>
  program([...args, '--state', repository.state], { cwd: repository.folder });
async function played(command: 'run' | 'verify'): Promise<{ readonly ended: Ended; readonly report: RunReport }> {
  const ended = await bexpert(command, 'playbook.yml', '--reporter', 'plain');
  const report = await bexpert('report', 'latest', '--format', 'json');
  return { ended, report: JSON.parse(report.stdout) as RunReport };
}

describe('plugins in another language', () => {
  it('play the whole loop: the action hears of the finding and mends it', async () => {
    await repository.write({ 'playbook.yml': loop('./plugins/greeter') });
    await repository.commit('a playbook');
    const { ended, report } = await played('run');
    expect(ended.code, ended.stdout + ended.stderr).toBe(0);
    expect(report.attempts).toHaveLength(2);
    const branch = await repository.git('for-each-ref', '--format=%(refname)', 'refs/heads/bexpert');
    expect(await repository.git('show', `${branch}:hello.txt`)).toBe('Hello, Ada after attempt 1');
    expect(existsSync(path.join(repository.folder, 'hello.txt'))).toBe(false);
  });

  it('are under the rules of access: an action that writes the playbook ends the run with 5', async () => {
    await repository.write({ 'playbook.yml': loop('{ uses: ./plugins/greeter, with: { file: bexpert.yml } }') });
    await repository.commit('a playbook');
    const { ended } = await played('run');
    expect(ended.code, ended.stdout + ended.stderr).toBe(5);
  });

  it('that a change brings along judge it, and the run says that they are not in base', async () => {
    await repository.commit('begin');
    await repository.git('rm', '-rq', 'plugins/greeting');
    await repository.write({ 'hello.txt': 'Hello, Ada' });
    await repository.commit('a greeting, and no gate for it');
    await repository.write({
      ...Object.fromEntries(Object.entries(plugins).filter(([file]) => file.includes('greeting'))),
      'playbook.yml': 'bexpert: 1\nphases: { verify: [./plugins/greeting] }\n',
    });
    const { ended } = await played('verify');
    expect(ended.code, ended.stdout + ended.stderr).toBe(0);
    expect(ended.stdout).toContain('unpinned: plugins/greeting is not in base yet');
  });
});

describe('a gate from npm', () => {
  const at = 'node_modules/@acme/bexpert-gate-greeting';
  const installed: Files = {
    ...Object.fromEntries(
      Object.entries(plugins).flatMap(([file, text]) =>
        file.includes('greeting') ? [[file.replace('plugins/greeting', at), text] as const] : [],
      ),
    ),
    [`${at}/package.json`]: '{ "name": "@acme/bexpert-gate-greeting", "version": "1.0.0" }',
  };
  const lock = (version: string): string => JSON.stringify({ lockfileVersion: 3, packages: { [at]: { version } } });
  const playbook = 'bexpert: 1\nphases: { verify: ["npm:@acme/bexpert-gate-greeting"] }\n';

  it('judges with the version that the lock file of base names, and with no other', async () => {
    await repository.write({ 'playbook.yml': playbook, 'package-lock.json': lock('1.0.0'), 'hello.txt': 'Hello, Ada' });
    await repository.commit('a playbook');
    await repository.write(installed);
    const green = await played('verify');
    expect(green.ended.code, green.ended.stdout + green.ended.stderr).toBe(0);
    expect(green.report.attempts[0]?.steps[0]?.result).toMatchObject({ kind: 'gate', verdict: 'pass' });

    await repository.write({
      [`${at}/package.json`]: '{ "name": "@acme/bexpert-gate-greeting", "version": "1.1.0" }',
      'package-lock.json': lock('1.1.0'),
    });
    const raised = await bexpert('verify', 'playbook.yml');
    expect(raised.code).toBe(2);
    expect(raised.stderr).toContain('its version 1.1.0 is installed, and package-lock.json says 1.0.0');

    await rm(path.join(repository.folder, 'node_modules'), { recursive: true });
    const missing = await bexpert('validate', 'playbook.yml');
    expect(missing.code).toBe(2);
    expect(missing.stdout + missing.stderr).toContain('the package @acme/bexpert-gate-greeting is not installed');
  });
});
