// Gates that looked at one tree, and actions that came afterwards.
import path from 'node:path';
import { expect, it } from 'vitest';
import { readJournal } from '../../src/engine/journal.ts';
import { markdownReport } from '../../src/report/markdown.ts';
import { edit, endsOf, finishOf, play, repositoryOf, scriptOf } from '../unit/engine/play.ts';

it('gates that looked twice before a person was asked look again at what an action did after that', async () => {
  await using repository = await repositoryOf({
    'bexpert.yml': 'bexpert: 1\n',
    'a.txt': 'wrong\n',
    'b.txt': 'wrong\n',
    'one.yml': scriptOf([edit('a.txt', 'wrong', 'right')]),
    'two.yml': scriptOf([edit('b.txt', 'wrong', 'right')]),
    'three.yml': scriptOf([edit('a.txt', 'right', 'broken')]),
    'playbook.yml': `
bexpert: 1
name: p
phases:
  context: [{ id: look, run: ls }]
  first: { kind: action, steps: [{ id: one, uses: script, with: { script: one.yml } }] }
  early: { kind: verify, steps: [{ id: a, run: grep -q right a.txt, evidence: exit-code }] }
  second: { kind: action, steps: [{ id: two, uses: script, with: { script: two.yml } }] }
  middle: { kind: verify, steps: [{ id: m, run: grep -q right b.txt, evidence: exit-code }] }
  approve: {}
  third: { kind: action, steps: [{ id: three, uses: script, with: { script: three.yml } }] }
  late: { kind: verify, steps: [{ id: b, run: grep -q right b.txt, evidence: exit-code }] }
  last: { kind: approve }
deliver: { to: branch }
`,
  });
  const run = await play(repository, { ask: async ({ digest }) => ({ digest, approved: true, by: 'ann' }) });
  expect(endsOf(run.events).slice(3)).toEqual([
    ...['1 two ok', '1 m pass', '1 a pass', '1 approve pass'],
    ...['1 three ok', '1 b pass', '1 a fail'],
  ]);
  expect(finishOf(run.events)).toMatchObject({ verdict: 'not-proven', reason: expect.stringMatching(/red: a$/) });
  const records = await readJournal(path.join(run.folder, 'events.jsonl'));
  const report = records.ok ? markdownReport(records.value, { cwd: repository.folder }) : '';
  expect(report).toMatch(/\| `a` again \| \*\*FAIL\*\*/);
});
