import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readJournal } from '../../src/engine/journal.ts';
import { eventsOf, newestRun, processesWith, until } from '../rig/journal.ts';
import { program, start } from '../rig/program.ts';
import { TestRepository } from '../rig/repository.ts';
import { smallService } from '../rig/small-service.ts';

/** A command that takes a while and whose processes can be found again. */
const slowly = () => `sleep 2.${randomInt(10 ** 8, 10 ** 9)}`;

type Phase = 'context' | 'action' | 'verify';

/** A repository whose playbook is slow in one phase. */
function slowIn(phase: Phase, slow: string) {
  const also = (where: Phase) => (phase === where ? `${slow} && ` : '');
  return smallService({
    'bexpert.script.yml': `
bexpert-script: 1
attempts:
  - calls:
      - create: src/first.txt
        content: first
      - run: "${phase === 'action' ? slow : 'true'}"
      - edit: src/value.txt
        find: wrong
        replace: right
`,
    'playbooks/loop.yml': `
bexpert: 1
name: small
phases:
  context:
    - { id: look, run: "${also('context')}ls src" }
  action:
    - { id: act, uses: agent, with: { goal: Make the value right. } }
  verify:
    steps:
      - { id: check, run: "${also('verify')}node check.mjs", evidence: exit-code }
deliver: { to: branch }
`,
  });
}

/** Starts a run and waits until the slow command is running. */
async function startSlow(phase: Phase) {
  const slow = slowly();
  const repository = await TestRepository.create(slowIn(phase, slow));
  const started = start(['run', 'playbooks/loop.yml', '--reporter', 'plain', '--state', repository.state], {
    cwd: repository.folder,
  });
  await until(() => (processesWith(slow).length > 0 ? true : undefined), `the command ${slow} runs`);
  return { repository, started, slow, run: newestRun(repository.state) ?? '' };
}

async function resumed(repository: TestRepository) {
  return program(['resume', 'latest', '--reporter', 'plain', '--state', repository.state], { cwd: repository.folder });
}

/** The run ended as if nothing had happened to it: proven, every step once, the delivered tree the same. */
async function expectWhole(repository: TestRepository, run: string) {
  const journal = await readJournal(`${run}/events.jsonl`);
  expect(journal.ok).toBe(true);
  const events = eventsOf(run);
  const finished = events.flatMap((event) => (event.type === 'step-finished' ? [`${event.attempt} ${event.step}`] : []));
  expect(finished.sort()).toEqual(['1 act', '1 check', '1 look']);
  expect(events.at(-1)).toMatchObject({ type: 'run-finished', status: 'completed', verdict: 'proven' });
  const branch = await repository.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/bexpert');
  expect(await repository.git('show', `${branch}:src/value.txt`)).toBe('right');
  expect(await repository.git('show', `${branch}:src/first.txt`)).toBe('first');
  expect(await repository.git('diff', '--name-only', 'main', branch)).toBe('src/first.txt\nsrc/value.txt');
}

describe.each(['context', 'action', 'verify'] as const)('in the phase %s', (phase) => {
  it('Ctrl-C ends every process, exits with 130, and resume goes on', async () => {
    const { repository, started, slow, run } = await startSlow(phase);
    await using _ = repository;
    started.child.kill('SIGINT');
    const ended = await started.ended;
    expect(ended.code).toBe(130);
    expect(processesWith(slow)).toEqual([]);
    expect(eventsOf(run).at(-1)).toMatchObject({ type: 'run-finished', status: 'interrupted', exitCode: 130 });
    expect(ended.stdout + ended.stderr).toContain('resume');
    expect((await resumed(repository)).code).toBe(0);
    await expectWhole(repository, run);
  });

  it('kill -9 leaves no process, and resume ends as if nothing had happened', async () => {
    const { repository, started, slow, run } = await startSlow(phase);
    await using _ = repository;
    started.child.kill('SIGKILL');
    await started.ended;
    await until(() => (processesWith(slow).length === 0 ? true : undefined), 'the command is gone');
    expect(eventsOf(run).some(({ type }) => type === 'run-finished')).toBe(false);
    const again = await resumed(repository);
    expect(again.stdout + again.stderr).not.toContain('internal error');
    expect(again.code).toBe(0);
    await expectWhole(repository, run);
    if (phase !== 'action') return;
    // The call in flight is repeated; the one before it is not.
    const calls = eventsOf(run).flatMap((event) => (event.type === 'tool-called' ? [event.index] : []));
    expect(calls).toEqual([...new Set(calls)]);
  });
});

it('a run that has ended is not resumed', async () => {
  await using repository = await TestRepository.create(slowIn('context', 'true'));
  const ended = await program(['run', 'playbooks/loop.yml', '--state', repository.state], { cwd: repository.folder });
  expect(ended.code).toBe(0);
  const again = await resumed(repository);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain('resume/nothing');
});
