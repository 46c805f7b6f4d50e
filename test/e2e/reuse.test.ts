// Playbooks that build on files of the repository, of a package and of a git commit, with the built program.
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, newestRun } from '../rig/journal.ts';
import { program } from '../rig/program.ts';
import { TestRepository } from '../rig/repository.ts';

let company: TestRepository;
let repository: TestRepository;
let commit: string;
beforeAll(async () => {
  company = await TestRepository.create({
    'backend.yml':
      'bexpert: 1\nname: company\nphases:\n  verify:\n    - { id: lint, run: "test -f a.txt", evidence: exit-code }\nfinal: [phases.verify.steps.lint]\n',
  });
  commit = await company.git('rev-parse', 'HEAD');
  repository = await TestRepository.create({
    '.gitignore': 'node_modules\n',
    'a.txt': 'a\n',
    'node_modules/@acme/playbooks/steps.yml':
      'bexpert: 1\ninputs: { file: { type: string, required: true } }\nsteps: [{ id: has, run: \'test -f "$FILE"\', env: { FILE: "${{ inputs.file }}" } }]\n',
    'playbooks/change.yml': [
      'bexpert: 1',
      `extends: git+file://${company.folder}@${commit}#backend.yml`,
      'phases:',
      '  verify:',
      '    steps:',
      '      - include: { from: npm:@acme/playbooks/steps.yml, as: one, with: { file: a.txt } }',
      '      - { id: each, foreach: [a.txt, b.txt], run: \'test -f "$FILE"\', env: { FILE: "${{ item }}" }, level: warn }',
      '',
    ].join('\n'),
  });
});
afterAll(async () => {
  await company[Symbol.asyncDispose]();
  await repository[Symbol.asyncDispose]();
});
const bexpert = (...args: readonly string[]) => program([...args, '--state', repository.state], { cwd: repository.folder });

describe('a playbook that builds on other files', () => {
  it('is shown as one file, with the origin of each value', async () => {
    const { code, stdout } = await bexpert('resolve', 'playbooks/change.yml');
    expect(code).toBe(0);
    const address = `git+file://${company.folder}@${commit}#backend.yml`;
    expect(stdout.split('\n')).toEqual([
      'bexpert: 1 # playbooks/change.yml:1',
      'name: change # playbooks/change.yml:1',
      `final: [ phases.verify.steps.lint ] # ${address}:6`,
      'phases:',
      '  verify:',
      '    steps:',
      `      - { id: lint, run: test -f a.txt, evidence: exit-code } # ${address}:5`,
      '      - id: one-has # node_modules/@acme/playbooks/steps.yml:3',
      '        run: "test -f \\"$FILE\\"" # node_modules/@acme/playbooks/steps.yml:3',
      '        env: { FILE: a.txt } # playbooks/change.yml:6',
      '      - id: each # playbooks/change.yml:7',
      '        foreach: [ a.txt, b.txt ] # playbooks/change.yml:7',
      '        run: "test -f \\"$FILE\\"" # playbooks/change.yml:7',
      '        env: { FILE: "${{ item }}" } # playbooks/change.yml:7',
      '        level: warn # playbooks/change.yml:7',
      '',
    ]);
    const json = JSON.parse((await bexpert('resolve', 'playbooks/change.yml', '--json')).stdout);
    expect(json.values).toContainEqual({
      path: 'phases.verify.steps.each.level',
      value: 'warn',
      file: 'playbooks/change.yml',
      line: 7,
      column: expect.any(Number),
    });
  });
  it('is played without the repository that it was fetched from, and the journal has the digest of every file', async () => {
    await rm(company.folder, { recursive: true });
    const { code, stdout, stderr } = await bexpert('verify', 'playbooks/change.yml');
    expect(code, stdout + stderr).toBe(0);
    const run = newestRun(repository.state);
    const started = eventsOf(run ?? '').find((event) => event.type === 'run-started');
    expect(started?.type === 'run-started' ? started.plan.sources : []).toEqual([
      { file: 'playbooks/change.yml', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { file: `git+file://${company.folder}@${commit}#backend.yml`, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { file: 'node_modules/@acme/playbooks/steps.yml', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(stdout).toContain('unpinned: node_modules/@acme/playbooks/steps.yml is not in base yet');
    expect(existsSync(path.join(repository.state, 'playbooks'))).toBe(true);
    expect(readdirSync(path.join(repository.state, 'playbooks'))).toHaveLength(1);
  });
  it('is refused when it changes what is final, at its line', async () => {
    await repository.write({
      'playbooks/weak.yml': `bexpert: 1\nextends: git+file://${company.folder}@${commit}#backend.yml\nphases:\n  verify: [{ id: lint, level: warn }]\n`,
    });
    const { code, stdout } = await bexpert('validate', 'playbooks/weak.yml');
    expect(code).toBe(2);
    expect(stdout).toContain(
      'playbooks/weak.yml:4:31 error `phases.verify.steps.lint` is final, and it is changed here. [policy/final]',
    );
  });
});
