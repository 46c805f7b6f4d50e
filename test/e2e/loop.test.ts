import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { program } from '../rig/program.ts';
import { TestRepository } from '../rig/repository.ts';
import { loopPlaybook, smallService } from '../rig/small-service.ts';

const run = (repository: TestRepository, args: readonly string[], env: Record<string, string> = {}) =>
  program([...args, '--state', repository.state], { cwd: repository.folder, env });

describe('a playbook that is run', () => {
  it('goes back to the action with a red gate, ends proven, and delivers one branch', async () => {
    await using repository = await TestRepository.create(smallService());
    const ended = await run(repository, ['run', 'playbooks/loop.yml', '--reporter', 'plain']);
    expect(ended.stdout + ended.stderr).toContain('the script bexpert.script.yml, no model');
    expect(ended).toMatchObject({ code: 0 });

    const branches = (await repository.git('for-each-ref', '--format=%(refname:short)', 'refs/heads')).split('\n');
    const delivered = branches.filter((name) => name.startsWith('bexpert/'));
    expect(delivered).toHaveLength(1);
    expect(await repository.git('show', `${delivered[0]}:src/value.txt`)).toBe('right');
    // The checkout is as it was.
    expect(await readFile(path.join(repository.folder, 'src/value.txt'), 'utf8')).toBe('wrong\n');
    expect(await repository.git('status', '--porcelain')).toBe('');
    expect(await repository.git('branch', '--show-current')).toBe('main');

    const report = JSON.parse((await run(repository, ['report', 'latest', '--format', 'json'])).stdout);
    expect(report.outcome).toMatchObject({ status: 'completed', verdict: 'proven', exitCode: 0 });
    const verdicts = report.attempts.map(
      (attempt: { steps: { step: string; result: { verdict?: string } }[] }) =>
        attempt.steps.find(({ step }) => step === 'check')?.result.verdict,
    );
    expect(verdicts).toEqual(['fail', 'pass']);
    const markdown = await run(repository, ['report', 'latest']);
    expect(markdown.stdout).toContain('the value is nearly');
  });

  it('is red when the attempts are spent, and delivers the best of them', async () => {
    await using repository = await TestRepository.create(
      smallService({
        'check.mjs': "console.error('never right'); process.exit(1);",
        'playbooks/loop.yml': loopPlaybook.replace('attempts: 3', 'attempts: 2'),
      }),
    );
    const ended = await run(repository, ['run', 'playbooks/loop.yml', '--reporter', 'plain']);
    expect(ended.code).toBe(1);
    // Both attempts are equally red: the first counts.
    const branch = await repository.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/bexpert');
    expect(await repository.git('show', `${branch}:src/value.txt`)).toBe('nearly');
  });

  it('ends with 5 when protected content changed behind the tools', async () => {
    await using repository = await TestRepository.create(
      smallService({
        'bexpert.script.yml': `
bexpert-script: 1
attempts:
  - calls:
      - run: "printf 'phases: {}' > bexpert.yml || true; cp /dev/null check.test.mjs"
`,
        'check.test.mjs': 'a test that stands\n',
      }),
    );
    const ended = await run(repository, ['run', 'playbooks/loop.yml', '--reporter', 'plain', '--sandbox', 'off']);
    expect(ended.stdout + ended.stderr).toMatch(/bexpert\.yml|check\.test\.mjs/);
    expect(ended.code).toBe(5);
  });
});

it('says which changed files a person should look at', async () => {
  await using repository = await TestRepository.create(
    smallService({
      'package-lock.json': '{}',
      'bexpert.script.yml': `
bexpert-script: 1
attempts:
  - calls:
      - { edit: src/value.txt, find: wrong, replace: right }
      - { edit: package-lock.json, find: "{}", replace: "{ }" }
`,
    }),
  );
  const ended = await run(repository, ['run', 'playbooks/loop.yml', '--reporter', 'plain']);
  expect(ended.code).toBe(0);
  expect(ended.stdout).toMatch(/to review +package-lock\.json/);
  const markdown = await run(repository, ['report', 'latest']);
  expect(markdown.stdout).toMatch(/- `package-lock\.json`: \*\*to review\*\*/);
  expect(markdown.stdout).toContain('- `src/value.txt`\n');
});

describe('a playbook that verifies', () => {
  it('judges the working copy with its uncommitted files, and needs no model', async () => {
    await using repository = await TestRepository.create(smallService());
    const red = await run(repository, ['verify', 'playbooks/loop.yml', '--reporter', 'plain']);
    expect(red.code).toBe(1);
    await repository.write({ 'src/value.txt': 'right\n' });
    const green = await run(repository, ['verify', 'playbooks/loop.yml', '--reporter', 'plain']);
    expect(green.code).toBe(0);
    const committed = await run(repository, ['verify', 'playbooks/loop.yml', '--committed', '--reporter', 'plain']);
    expect(committed.code).toBe(1);
  });

  it('is not proven by an exit code alone unless the playbook says so', async () => {
    await using repository = await TestRepository.create({
      'check.mjs': '',
      'p.yml': 'bexpert: 1\nphases:\n  verify:\n    - { id: check, run: node check.mjs }\n',
    });
    const ended = await run(repository, ['verify', 'p.yml', '--reporter', 'plain']);
    expect(ended.code).toBe(3);
    expect(ended.stdout).toContain('exit code only');
  });
});
