import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../../src/commands/io.ts';
import { main } from '../../../src/main.ts';
import type { AskPerson } from '../../../src/model/approval.ts';
import { here } from '../../rig/here.ts';
import { eventsOf, newestRun } from '../../rig/journal.ts';
import type { TestRepository } from '../../rig/repository.ts';
import {
  cutJournal,
  delivered,
  deliveredFile,
  edit,
  endsOf,
  finishOf,
  goOn,
  of,
  play,
  repositoryOf,
  scriptOf,
  Twin,
} from './play.ts';

const playbook = (more = '', phases = '') => `
bexpert: 1
name: p
phases:
  context:
    - { id: look, run: ls }
  action:
    steps:
      - { id: act, uses: agent, with: { goal: Mend it. } }
  verify:
    steps:
      - { id: gate, run: test -s value.txt, evidence: exit-code }
${phases}
  review:
    kind: approve
${more}
deliver: { to: branch }
`;
const files = (more = '', phases = '') => ({
  'bexpert.yml': 'bexpert: 1\nmodel: { script: s.yml }\n',
  'value.txt': 'wrong\n',
  's.yml': scriptOf([edit('value.txt', 'wrong', 'nearly')], [edit('value.txt', 'nearly', 'right')]),
  'playbook.yml': playbook(more, phases),
});
const yes: AskPerson = async ({ digest }) => ({ digest, approved: true, by: 'ann' });
const no =
  (reason: string): AskPerson =>
  async ({ digest }) => ({ digest, approved: false, by: 'ann', reason });

/** The program in this process, for one repository. */
function program(repository: TestRepository, more: Partial<Io> = {}) {
  return async (...args: readonly string[]) => {
    const { io, said } = here(repository.folder, {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, USER: 'bea' },
      ...more,
    });
    const exitCode = await main([...args, '--state', repository.state], io);
    const folder = newestRun(repository.state);
    return { exitCode, text: said(), events: folder === undefined ? [] : eventsOf(folder) };
  };
}

describe('a phase of kind approve', () => {
  it('waits with exit code 6 where nobody answers, and delivers nothing', async () => {
    await using repository = await repositoryOf(files());
    const run = await play(repository);
    expect(run.exitCode).toBe(6);
    expect(finishOf(run.events)).toMatchObject({ status: 'waiting', verdict: 'unverified', exitCode: 6 });
    const [asked] = of(run.events, 'approval-asked');
    expect(asked).toMatchObject({ phase: 'review', attempt: 1, gates: { gate: 'pass' }, changed: 1 });
    expect(readFileSync(asked?.patch ?? '', 'utf8')).toMatch(/-wrong\n\+nearly/);
    expect(finishOf(run.events)?.reason).toContain(`bexpert approve ${of(run.events, 'run-started')[0]?.run} --tree`);
    expect(await delivered(repository)).toBeUndefined();
    expect(endsOf(run.events)).toEqual(['1 look context', '1 act ok', '1 gate pass']);
  });

  it('that is approved delivers, and says who approved', async () => {
    await using repository = await repositoryOf(files());
    const run = await play(repository, { ask: yes });
    expect(finishOf(run.events)).toMatchObject({ status: 'completed', verdict: 'proven', exitCode: 0 });
    expect(endsOf(run.events).at(-1)).toBe('1 review pass');
    const [, result] = of(run.events, 'step-finished').flatMap(({ step, result }) => (step === 'review' ? [step, result] : []));
    expect(result).toMatchObject({ reason: 'approved by ann', outputs: { by: 'ann' } });
    expect(await deliveredFile(repository, 'value.txt')).toBe('nearly');
  });

  it('that is rejected goes back to the action with the reason, and verify runs again', async () => {
    await using repository = await repositoryOf(files());
    const questions: number[] = [];
    const run = await play(repository, {
      ask: async (question) => {
        questions.push(question.attempt);
        return question.attempt === 1 ? no('It must be right, not nearly.')(question) : yes(question);
      },
    });
    expect(questions).toEqual([1, 2]);
    expect(finishOf(run.events)).toMatchObject({ status: 'completed', verdict: 'proven' });
    expect(endsOf(run.events)).toEqual([
      ...['1 look context', '1 act ok', '1 gate pass', '1 review fail'],
      ...['2 act ok', '2 gate pass', '2 review pass'],
    ]);
    const rejected = of(run.events, 'step-finished').find(({ step, attempt }) => step === 'review' && attempt === 1)?.result;
    expect(rejected).toMatchObject({ findings: [{ code: 'approve/rejected', message: 'It must be right, not nearly.' }] });
    expect(await deliveredFile(repository, 'value.txt')).toBe('right');
  });

  it('that is rejected for good leaves the run red, whatever the gates say', async () => {
    await using repository = await repositoryOf(files('    on-failure: { retry-from: action, attempts: 1 }'));
    const run = await play(repository, { ask: no('Never.') });
    expect(finishOf(run.events)).toMatchObject({ verdict: 'not-proven', exitCode: 1 });
    expect(finishOf(run.events)?.reason).toBe('red: review; all 1 attempts are spent');
    expect(await delivered(repository)).toBeUndefined();
  });

  it('asks nobody when a gate is red, and nothing of a verification', async () => {
    await using repository = await repositoryOf({
      ...files(),
      'playbook.yml': playbook().replace('test -s value.txt', 'test -d value.txt'),
    });
    const asks: AskPerson = () => Promise.reject(new Error('nobody is to be asked'));
    const red = await play(repository, { ask: asks });
    expect(finishOf(red.events)).toMatchObject({ verdict: 'not-proven', exitCode: 1 });
    // What no person has approved is delivered by no other way either.
    expect(await delivered(repository)).toBeUndefined();
    const verified = await play(repository, { mode: 'verify', ask: asks });
    expect(endsOf(verified.events)).toEqual(['1 gate fail']);
  });

  it('shows what gates of earlier phases say of the last tree', async () => {
    const later = `  second:
    kind: action
    steps:
      - { id: again, uses: script, with: { script: second.yml } }
  verify-second:
    kind: verify
    steps:
      - { id: other, run: "true", evidence: exit-code }`;
    await using repository = await repositoryOf({
      ...files('', later),
      'second.yml': scriptOf([{ run: ': > value.txt' }]),
    });
    const run = await play(repository, { ask: yes });
    expect(finishOf(run.events)).toMatchObject({ verdict: 'not-proven', reason: 'red: gate' });
    expect(of(run.events, 'approval-asked')).toEqual([]);
  });

  it('is not proof by itself', async () => {
    await using repository = await repositoryOf({
      ...files(),
      'playbook.yml': playbook().replace(', evidence: exit-code', ''),
    });
    const run = await play(repository, { ask: yes });
    expect(finishOf(run.events)).toMatchObject({ verdict: 'unverified', exitCode: 3 });
  });

  it('goes on from wherever the run was killed, and asks once', async () => {
    await using repository = await repositoryOf(files());
    const run = await play(repository, { ask: yes });
    const kept = await Twin.of(repository);
    await using _kept = kept;
    const from = run.events.findIndex(({ type }) => type === 'approval-asked');
    for (let records = from; records < run.events.length; records += 1) {
      await kept.restore(repository);
      const before = run.events.slice(0, records);
      if (of(before, 'delivered').length === 0)
        await repository.git('update-ref', '-d', `refs/heads/bexpert/${path.basename(run.folder)}`);
      await cutJournal(run.folder, records);
      const answered = before.some((event) => event.type === 'step-finished' && event.step === 'review');
      const asked: string[] = [];
      const resumed = await goOn(repository, {
        ask: (question) => {
          asked.push(question.tree);
          return yes(question);
        },
      });
      expect([records, asked.length]).toEqual([records, answered ? 0 : 1]);
      expect(finishOf(resumed.events)).toMatchObject({ verdict: 'proven' });
      expect(await deliveredFile(repository, 'value.txt')).toBe('nearly');
    }
  });

  it('whose condition is false asks nobody', async () => {
    await using repository = await repositoryOf(files('    if: run.ci'));
    const run = await play(repository, { ask: () => Promise.reject(new Error('nobody is to be asked')) });
    expect(finishOf(run.events)).toMatchObject({ verdict: 'proven' });
    expect(endsOf(run.events).at(-1)).toBe('1 review skipped by phase');
  });

  it('takes no answer to another question', async () => {
    await using repository = await repositoryOf(files());
    const run = await play(repository, { ask: async () => ({ digest: 'of something else', approved: true, by: 'eve' }) });
    expect(finishOf(run.events)?.status).toBe('waiting');
    const resumed = await goOn(repository);
    expect(finishOf(resumed.events)?.status).toBe('waiting');
    expect(of(resumed.events, 'approval-asked')).toHaveLength(1);
    expect(endsOf(resumed.events)).toEqual(['1 look context', '1 act ok', '1 gate pass']);
  });
});

describe('bexpert approve and bexpert reject', () => {
  it('answer the run that waits, which then goes on to its end', async () => {
    await using repository = await repositoryOf(files());
    const run = program(repository);
    const first = await run('run', 'playbook.yml', '--sandbox', 'off', '--reporter', 'plain');
    expect(first.exitCode).toBe(6);
    expect(first.text).toMatch(/WAITS FOR A PERSON/);
    const tree = of(first.events, 'approval-asked')[0]?.tree ?? '';
    expect(first.text).toContain(`--tree ${tree.slice(0, 12)}`);
    const rejected = await run('reject', '--reason', 'It must be right.', '--by', 'Ann');
    expect(rejected.exitCode).toBe(6);
    expect(endsOf(rejected.events).slice(-3)).toEqual(['1 review fail', '2 act ok', '2 gate pass']);
    expect(JSON.stringify(rejected.events)).toContain('rejected by Ann');
    const approved = await run('approve', 'latest');
    expect(approved.exitCode).toBe(0);
    expect(approved.text).toContain('approved by bea');
    expect(await deliveredFile(repository, 'value.txt')).toBe('right');
    const report = await run('report', 'latest');
    expect(report.text).toContain('approved by bea');
  });

  it('refuse another tree, and a run that does not wait', async () => {
    await using repository = await repositoryOf(files());
    const run = program(repository);
    const first = await run('run', 'playbook.yml', '--sandbox', 'off');
    const tree = of(first.events, 'approval-asked')[0]?.tree ?? '';
    const other = await run('approve', '--tree', `${tree.startsWith('0') ? '1' : '0'}bad`);
    expect(other.exitCode).toBe(2);
    expect(other.text).toContain('approve/other-tree');
    expect(other.text).toContain(`--tree ${tree.slice(0, 12)}`);
    expect((await run('approve', '--tree', tree)).exitCode).toBe(0);
    const late = await run('reject', '--reason', 'Too late.');
    expect(late.exitCode).toBe(2);
    expect(late.text).toMatch(/has ended .*waits for nobody.*approve\/not-waiting/s);
  });

  it('mean the run that waits, also where another one came after it', async () => {
    await using repository = await repositoryOf(files());
    const run = program(repository);
    expect((await run('run', 'playbook.yml', '--sandbox', 'off')).exitCode).toBe(6);
    await run('verify', 'playbook.yml', '--sandbox', 'off');
    expect((await run('approve')).text).toContain('approved by bea');
    const nothing = await run('approve');
    expect(nothing).toMatchObject({ exitCode: 2 });
    expect(nothing.text).toMatch(/There is nothing to approve: the newest run has ended .* and waits for nobody/);
  });

  it('name the runs that wait, where it could be one of several', async () => {
    await using repository = await repositoryOf(files());
    const run = program(repository);
    for (const _ of [1, 2]) expect((await run('run', 'playbook.yml', '--sandbox', 'off')).exitCode).toBe(6);
    await run('verify', 'playbook.yml', '--sandbox', 'off');
    const several = await run('approve');
    expect(several).toMatchObject({ exitCode: 2 });
    expect(several.text).toMatch(/Name the one that is meant; these wait: `\d{8}-\d{6}-\w+`, `\d{8}-\d{6}-\w+`\./);
  });

  it('are not needed at a terminal', async () => {
    await using repository = await repositoryOf(files());
    const answers = ['n', 'It must be right.', 'y'];
    const asked: string[] = [];
    const prompt = async (question: string) => {
      asked.push(question);
      return answers.shift();
    };
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, USER: 'bea' };
    const run = await program(repository, { prompt, env })('run', 'playbook.yml', '--sandbox', 'off');
    expect(run.exitCode).toBe(0);
    expect(asked).toHaveLength(3);
    expect(await deliveredFile(repository, 'value.txt')).toBe('right');
  });

  it('are needed in CI, where nobody is asked', async () => {
    await using repository = await repositoryOf(files());
    const prompt = () => Promise.reject(new Error('nobody is to be asked'));
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, CI: '1' };
    const run = await program(repository, { prompt, env })('run', 'playbook.yml', '--sandbox', 'off');
    expect(run.exitCode).toBe(6);
  });
});
