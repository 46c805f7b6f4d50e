import { describe, expect, it } from 'vitest';
import { actedMs } from '../../../src/engine/acted.ts';
import type { JournalEvent, JournalRecord } from '../../../src/model/event.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { cutJournal, delivered, deliveredFile, edit, endsOf, finishOf, goOn, of, play, repositoryOf, scriptOf } from './play.ts';
import { phase, step } from './samples.ts';

const files = (options: { readonly budget: string; readonly act: string; readonly script: string; readonly setup?: string }) => ({
  'bexpert.yml': `bexpert: 1\n${options.setup ?? ''}`,
  'value.txt': 'wrong\n',
  '.gitignore': 'made\n',
  'script.yml': options.script,
  'playbook.yml': `
bexpert: 1
name: p
budget: ${options.budget}
phases:
  context:
    if: run.ci
    steps:
      - { id: look, run: ls }
  action:
    - { id: act, uses: script, with: { script: script.yml }${options.act} }
  verify:
    steps:
      - { id: gate, run: grep -q right value.txt, evidence: exit-code }
    on-failure: { retry-from: action, attempts: 3 }
deliver: { to: branch }
`,
});

describe('the time of a budget', () => {
  it('counts the set-up of the tree: an action whose time went by while its tree was made does not begin', async () => {
    await using repository = await repositoryOf(
      files({
        budget: '{ time: 1s, reserve: 0% }',
        act: '',
        script: scriptOf([edit('value.txt', 'wrong', 'right')]),
        setup: 'setup: [{ run: "sleep 1.1; mkdir -p made", outputs: [made] }]\n',
      }),
    );
    const run = await play(repository);
    expect(of(run.events, 'tool-called')).toEqual([]);
    expect(finishOf(run.events)).toMatchObject({ status: 'budget', exitCode: 4 });
    expect(finishOf(run.events)?.reason).toMatch(
      /^The time for actions is over: the run has lasted \d.* s, its budget is 1\.0 s\.$/,
    );
  });

  it('of a step is one share for all its attempts', async () => {
    const turn = [{ run: 'sleep 2; date >> other.txt' }];
    await using repository = await repositoryOf(
      files({
        budget: '{ time: 10m }',
        act: ', budget: { time: 3500ms }',
        script: scriptOf(turn, turn, [edit('value.txt', 'wrong', 'right')]),
      }),
    );
    const run = await play(repository);
    expect(endsOf(run.events).slice(1)).toEqual(['1 act ok', '1 gate fail', '2 act budget']);
    expect(finishOf(run.events)).toMatchObject({ status: 'budget', exitCode: 4 });
  });

  it('goes on where it was in a resume, which judges what an interrupted action had left when it is over', async () => {
    await using repository = await repositoryOf(
      files({
        budget: '{ time: 10m }',
        act: ', budget: { time: 2s }',
        script: scriptOf([edit('value.txt', 'wrong', 'right'), { run: 'sleep 30' }]),
      }),
    );
    const run = await play(repository);
    expect(endsOf(run.events).slice(1)).toEqual(['1 act budget', '1 gate pass']);
    // As if it was killed after its edit.
    const edited = run.events.findIndex((event) => event.type === 'tool-called');
    await cutJournal(run.folder, edited + 1);
    const resumed = await goOn(repository);
    expect(finishOf(resumed.events)).toMatchObject({ status: 'budget', exitCode: 4 });
    expect(await deliveredFile(repository, 'value.txt')).toBe('right');
    expect(await delivered(repository)).toBe(of(resumed.events, 'attempt-finished')[0]?.tree);
  });
});

describe('how long a step has acted', () => {
  const at = (seconds: number, event: object): JournalRecord => ({
    seq: 0,
    time: new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString(),
    event: event as JournalEvent,
    previous: '',
    hash: '',
  });
  const plan = { phases: [phase([step('act')], { id: 'action', kind: 'action' }), phase([step('gate')])] } as unknown as Plan;
  const ref = { phase: 'action', step: 'act' };

  it('is the sum of its turns, without set-up, gates and the time until a resume', () => {
    const records = [
      at(0, { type: 'run-started' }),
      at(10, { type: 'step-started', ...ref, attempt: 1 }),
      at(15, { type: 'tree-ready', tree: 'work' }),
      at(18, { type: 'tool-called', ...ref, attempt: 1 }),
      at(20, { type: 'step-finished', ...ref, attempt: 1 }),
      at(21, { type: 'step-started', phase: 'verify', step: 'gate', attempt: 1 }),
      at(41, { type: 'step-finished', phase: 'verify', step: 'gate', attempt: 1 }),
      at(50, { type: 'step-started', ...ref, attempt: 2 }),
      at(57, { type: 'tool-called', ...ref, attempt: 2 }),
      at(500, { type: 'run-resumed' }),
      at(501, { type: 'step-started', ...ref, attempt: 2 }),
      at(502, { type: 'tool-called', ...ref, attempt: 2 }),
    ];
    expect([...actedMs(records, plan)]).toEqual([['act', (5 + 7 + 1) * 1000]]);
    expect([...actedMs(records.slice(0, 4), plan)]).toEqual([['act', 3000]]);
  });
});
