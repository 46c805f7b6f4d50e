import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJournal } from '../../../src/engine/journal.ts';
import { markdownReport } from '../../../src/report/markdown.ts';
import type { TestRepository } from '../../rig/repository.ts';
import { cutJournal, delivered, deliveredFile, edit, endsOf, finishOf, goOn, of, play, repositoryOf, scriptOf } from './play.ts';

const gate = (id: string, command: string) => `      - { id: ${id}, run: ${JSON.stringify(command)}, evidence: exit-code }`;

/** Two actions, each with gates behind it; `second` is what the second one does in each of its turns. */
const repositoryWhere = (options: {
  readonly first: readonly (readonly Record<string, string>[])[];
  readonly second: readonly (readonly Record<string, string>[])[];
  readonly early: readonly string[];
  readonly late?: string;
  readonly retry?: string;
}): Promise<TestRepository> =>
  repositoryOf({
    'bexpert.yml': 'bexpert: 1\n',
    'a.txt': 'wrong\n',
    'b.txt': 'wrong\n',
    'first.yml': scriptOf(...options.first),
    'second.yml': scriptOf(...options.second),
    'playbook.yml': `
bexpert: 1
name: two actions
phases:
  context:
    - { id: look, run: ls }
  first:
    kind: action
    steps:
      - { id: one, uses: script, with: { script: first.yml } }
  early:
    kind: verify
    steps:
${options.early.join('\n')}
${options.retry ?? ''}
  second:
    kind: action
    steps:
      - { id: two, uses: script, with: { script: second.yml } }
  late:
    kind: verify
    steps:
${options.late ?? gate('b', 'grep -q right b.txt')}
deliver: { to: branch }
`,
  });
const right = (file: string) => edit(file, 'wrong', 'right');

describe('gates of a phase before the last action', () => {
  it('look again at what is delivered, so that a change after their PASS is not proven', async () => {
    await using repository = await repositoryWhere({
      first: [[right('a.txt')]],
      second: [[right('b.txt'), edit('a.txt', 'right', 'broken')]],
      early: [gate('a', 'grep -q right a.txt')],
    });
    const run = await play(repository);
    expect(endsOf(run.events)).toEqual(['1 look context', '1 one ok', '1 a pass', '1 two ok', '1 b pass', '1 a fail']);
    expect(finishOf(run.events)).toMatchObject({ verdict: 'not-proven', exitCode: 1, reason: 'red: a' });
    expect(of(run.events, 'attempt-finished').map(({ gates }) => gates.a?.verdict)).toEqual(['fail']);
    const again = of(run.events, 'step-started').filter((event) => event.again === true);
    expect(again.map(({ step, tree }) => [step, tree])).toEqual([['a', of(run.events, 'attempt-finished')[0]?.tree]]);
  });

  it('are proven together with the later ones when all are green on the last tree', async () => {
    await using repository = await repositoryWhere({
      first: [[right('a.txt')]],
      second: [[right('b.txt')]],
      early: [gate('a', 'grep -q right a.txt')],
    });
    const run = await play(repository);
    expect(endsOf(run.events).slice(2)).toEqual(['1 a pass', '1 two ok', '1 b pass', '1 a pass']);
    expect(finishOf(run.events)).toMatchObject({ verdict: 'proven', exitCode: 0 });
    expect(await delivered(repository)).toBe(of(run.events, 'attempt-finished')[0]?.tree);
  });

  it('do not look again where the later action changed nothing', async () => {
    await using repository = await repositoryWhere({
      first: [[right('a.txt'), right('b.txt')]],
      second: [[{ run: 'true' }]],
      early: [gate('a', 'grep -q right a.txt')],
    });
    const run = await play(repository);
    expect(endsOf(run.events).slice(2)).toEqual(['1 a pass', '1 two ok', '1 b pass']);
    expect(finishOf(run.events)).toMatchObject({ verdict: 'proven', exitCode: 0 });
  });

  it('send what they find then back to where their own phase says', async () => {
    await using repository = await repositoryWhere({
      first: [[right('a.txt')], [edit('a.txt', 'broken', 'right')]],
      second: [[right('b.txt'), edit('a.txt', 'right', 'broken')], [{ run: 'true' }]],
      early: [gate('a', 'grep -q right a.txt')],
      retry: '    on-failure: { retry-from: first, attempts: 2 }',
    });
    const run = await play(repository);
    expect(endsOf(run.events).slice(1)).toEqual([
      ...['1 one ok', '1 a pass', '1 two ok', '1 b pass', '1 a fail'],
      ...['2 one ok', '2 a pass', '2 two ok', '2 b pass'],
    ]);
    expect(of(run.events, 'retrying').map(({ from, because }) => [from, because])).toEqual([['first', '1 finding to mend']]);
    expect(finishOf(run.events)).toMatchObject({ verdict: 'proven', exitCode: 0 });
    expect(await deliveredFile(repository, 'a.txt')).toBe('right');
  });

  it('look again also where every later gate was skipped', async () => {
    await using repository = await repositoryWhere({
      first: [[right('a.txt')]],
      second: [[edit('a.txt', 'right', 'broken')]],
      early: [gate('a', 'grep -q right a.txt')],
      late: '      - { id: b, run: "true", if: "run.mode == \'verify\'" }',
    });
    const run = await play(repository);
    expect(endsOf(run.events).slice(2)).toEqual(['1 a pass', '1 two ok', '1 b skipped by if', '1 a fail']);
    expect(finishOf(run.events)).toMatchObject({ verdict: 'not-proven', exitCode: 1 });
  });

  it('are told apart in the report, and not asked a third time by a resume', async () => {
    await using repository = await repositoryWhere({
      first: [[right('a.txt')]],
      second: [[right('b.txt')]],
      early: [gate('a', 'grep -q right a.txt'), gate('c', 'test -e a.txt')],
    });
    const run = await play(repository);
    const finished = run.events.findIndex((event) => event.type === 'step-finished' && event.again === true);
    // As if it was killed between the two second looks.
    await cutJournal(run.folder, finished + 1);
    const resumed = await goOn(repository);
    expect(finishOf(resumed.events)).toMatchObject({ verdict: 'proven', exitCode: 0 });
    const looks = of(resumed.events, 'step-finished').filter(({ phase }) => phase === 'early');
    expect(looks.map(({ step, again }) => `${step}${again === true ? ' again' : ''}`).sort()).toEqual([
      ...['a', 'a again', 'c', 'c again'],
    ]);
    const records = await readJournal(path.join(resumed.folder, 'events.jsonl'));
    const report = records.ok ? markdownReport(records.value, { cwd: repository.folder }) : undefined;
    expect(report).toMatch(/\| `a` \| \*\*PASS\*\*[^\n]*\n(.*\n)*\| `a` again \| \*\*PASS\*\*/);
    expect(report).toContain('only that counts');
  });
});
