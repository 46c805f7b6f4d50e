// A change that was proven and goes nowhere: the end of the run says so, and where it is until then.
import { expect, it } from 'vitest';
import { main } from '../../../src/main.ts';
import { here } from '../../rig/here.ts';
import { eventsOf, newestRun } from '../../rig/journal.ts';
import { edit, of, repositoryOf, scriptOf } from './play.ts';

const files = (deliver: string) => ({
  'bexpert.yml': 'bexpert: 1\nmodel: { script: s.yml }\n',
  'value.txt': 'wrong\n',
  's.yml': scriptOf([edit('value.txt', 'wrong', 'right')]),
  'playbook.yml': `
bexpert: 1
phases:
  context: [{ id: look, run: ls }]
  action: [{ id: act, uses: agent, with: { goal: Mend it. } }]
  verify: [{ id: gate, run: grep -q right value.txt, evidence: exit-code }]
${deliver}`,
});

it.each([
  ['', true],
  ['deliver: { to: branch }\n', false],
])('with %j a run says whether its change was delivered', async (deliver, kept) => {
  await using repository = await repositoryOf(files(deliver));
  const { io, said } = here(repository.folder, { env: { PATH: process.env.PATH, HOME: process.env.HOME } });
  const args = ['run', 'playbook.yml', '--sandbox', 'off', '--reporter', 'plain', '--state', repository.state];
  expect(await main(args, io), said()).toBe(0);
  const commit = of(eventsOf(newestRun(repository.state) ?? ''), 'attempt-finished').at(-1)?.commit ?? '';
  const words = `not delivered    the playbook has no \`deliver: { to: branch }\`; the change is the commit ${commit.slice(0, 12)} `;
  if (kept) expect(said()).toContain(words);
  else expect(said()).not.toContain('not delivered');
});
