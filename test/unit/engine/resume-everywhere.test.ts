import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestRepository } from '../../rig/repository.ts';
import { cutJournal, delivered, edit, endsOf, finishOf, goOn, type Played, play, repositoryOf, scriptOf, Twin } from './play.ts';

const check = (name: string) => `      - { id: ${name}, run: "grep -q right ${name}.txt", evidence: exit-code }`;

/** Three faults, mended one by one, and something that every attempt makes with a command. */
const files = {
  'one.txt': 'wrong\n',
  'two.txt': 'wrong\n',
  'three.txt': 'wrong\n',
  'bexpert.yml': 'bexpert: 1\nmodel: { script: bexpert.script.yml }\n',
  'bexpert.script.yml': scriptOf(
    [edit('one.txt', 'wrong', 'right'), { run: 'date > made.txt; echo same > made.txt' }],
    [edit('two.txt', 'wrong', 'right')],
    [{ run: 'echo again >> made.txt' }, edit('three.txt', 'wrong', 'right')],
  ),
  'count.script.yml': scriptOf(...[1, 2, 3].map(() => [{ run: 'cat one.txt two.txt three.txt | grep -c right > count.txt' }])),
  'playbook.yml': `
bexpert: 1
name: three faults
phases:
  context:
    - { id: look, run: ls }
  action:
    - { id: act, uses: agent, with: { goal: Make all of them right. } }
    - { id: count, uses: script, with: { script: count.script.yml } }
  verify:
    steps:
${['one', 'two', 'three'].map(check).join('\n')}
    on-failure: { retry-from: action, attempts: 4 }
deliver: { to: branch }
`,
};

let repository: TestRepository;
let whole: Played;
let tree: string | undefined;
let twin: Twin;

beforeAll(async () => {
  repository = await repositoryOf(files);
  whole = await play(repository);
  tree = await delivered(repository);
  twin = await Twin.of(repository);
});
afterAll(async () => {
  await twin[Symbol.asyncDispose]();
  await repository[Symbol.asyncDispose]();
});

it('the run goes through three attempts when nothing happens to it', () => {
  expect(finishOf(whole.events)).toMatchObject({ status: 'completed', verdict: 'proven', exitCode: 0 });
  expect(endsOf(whole.events).sort()).toEqual(
    [
      '1 look context',
      ...[1, 2, 3].flatMap((attempt) => [`${attempt} act ok`, `${attempt} count ok`]),
      ...[1, 2, 3].flatMap((attempt) =>
        ['one', 'two', 'three'].map((gate, index) => `${attempt} ${gate} ${index < attempt ? 'pass' : 'fail'}`),
      ),
    ].sort(),
  );
  expect(tree).toBeDefined();
});

/** Sampled: each kind of record once, the last of its kind, and every thirteenth of all. */
function places(): readonly number[] {
  const all = whole.events.map((_, index) => index + 1).slice(0, -1);
  if (process.env.BEXPERT_TEST === 'full') return all;
  const lasts = new Set(whole.events.map(({ type }) => whole.events.findLastIndex((event) => event.type === type) + 1));
  return all.filter((records) => records % 13 === 1 || lasts.has(records));
}

describe('killed after any record, the run', () => {
  it('ends with the same tree, the same verdict and the same exit code, and does no finished step again', async () => {
    for (const records of places()) {
      await twin.restore(repository);
      // In half of the cases the branch had not been made yet, in the other half the record of it was lost.
      if (records % 2 === 0) {
        const branch = await repository.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/bexpert');
        await repository.git('branch', '--quiet', '-D', branch);
      }
      const before = whole.events.slice(0, records);
      const delivering = before.some(({ type }) => type === 'delivered');
      if (delivering && records % 2 === 0) continue;
      await cutJournal(whole.folder, records, '{"seq":');
      const again = await goOn(repository);
      const what = `after record ${records}, ${before.at(-1)?.type}`;
      expect(again.exitCode, `${what}: ${JSON.stringify(again.diagnostics)} ${finishOf(again.events)?.reason}`).toBe(0);
      expect(finishOf(again.events), what).toMatchObject({ status: 'completed', verdict: 'proven', exitCode: 0 });
      expect(await delivered(repository), what).toBe(tree);
      expect(endsOf(again.events).sort(), what).toEqual(endsOf(whole.events).sort());
      const attempts = again.events.flatMap((event) => (event.type === 'attempt-finished' ? [event.attempt] : []));
      expect(attempts, what).toEqual([1, 2, 3]);
      const retries = again.events.flatMap((event) =>
        event.type === 'retrying' ? [`${event.attempt} from ${event.continues}`] : [],
      );
      expect(retries, what).toEqual(['2 from 1', '3 from 2']);
      const numbers = again.events.flatMap((event) =>
        event.type === 'tool-called' ? [`${event.attempt} ${event.step} ${event.index}`] : [],
      );
      expect(numbers, what).toEqual([...new Set(numbers)]);
    }
  }, 600_000);
});
