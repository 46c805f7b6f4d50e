// An answer of a person holds for the tree that they were shown, and a condition that the candidate decides proves nothing.
import { describe, expect, it } from 'vitest';
import { delivered, edit, endsOf, finishOf, of, play, repositoryOf, scriptOf } from './play.ts';

const step = (id: string, text: string): string => `      - { id: ${id}, ${text} }`;
const phases = (...list: readonly string[]): string =>
  `bexpert: 1\nname: p\nphases:\n${list.join('\n')}\ndeliver: { to: branch }\n`;
const phase = (name: string, kind: string, steps: readonly string[], more = ''): string =>
  `  ${name}:\n    kind: ${kind}${more}${steps.length === 0 ? '' : `\n    steps:\n${steps.join('\n')}`}`;
const context = phase('context', 'context', [step('look', 'run: ls')]);
const act = (name: string): string =>
  phase(name, 'action', [step(`${name}-step`, `uses: script, with: { script: ${name}.yml }`)]);
const gate = (id: string, run: string, more = ''): string => step(id, `run: ${JSON.stringify(run)}, evidence: exit-code${more}`);

describe('what is delivered', () => {
  it('is not what came after the last answer of a person, whatever gates say of it', async () => {
    const once = '\n    if: run.attempt == 1';
    await using repository = await repositoryOf({
      'bexpert.yml': 'bexpert: 1\n',
      'a.txt': 'wrong\n',
      'b.txt': 'wrong\n',
      'first.yml': scriptOf([edit('a.txt', 'wrong', 'right')]),
      'second.yml': scriptOf([edit('b.txt', 'wrong', 'half')], [edit('b.txt', 'half', 'right')]),
      'playbook.yml': phases(
        context,
        act('first'),
        phase('early', 'verify', [gate('a', 'grep -q right a.txt')]),
        phase('plan', 'approve', [], once),
        act('second'),
        phase('late', 'verify', [gate('b', 'grep -q right b.txt')], '\n    on-failure: { retry-from: second, attempts: 2 }'),
        phase('review', 'approve', [], once),
      ),
    });
    const shown: string[] = [];
    const run = await play(repository, {
      ask: async ({ digest, tree }) => {
        shown.push(tree);
        return { digest, approved: true, by: 'ann' };
      },
    });
    expect(shown).toHaveLength(1);
    expect(endsOf(run.events).at(-1)).toBe('2 review skipped by phase');
    const last = of(run.events, 'attempt-finished').at(-1);
    expect(finishOf(run.events)).toMatchObject({
      status: 'blocked',
      verdict: 'unverified',
      exitCode: 6,
      reason: `what plan was asked about is not what is there at the end: nobody has approved the tree ${last?.tree.slice(0, 12)}`,
    });
    expect(await delivered(repository)).toBeUndefined();
  });
});

describe('a gate whose condition the candidate decides', () => {
  const judged = async (more: readonly string[]) => {
    await using repository = await repositoryOf({
      'bexpert.yml': 'bexpert: 1\n',
      'says.sh': 'echo judge=true >> "$BEXPERT_OUTPUT"\n',
      'playbook.yml': phases(...more),
    });
    await repository.write({ 'says.sh': 'echo judge=false >> "$BEXPERT_OUTPUT"\n' });
    const run = await play(repository, { mode: 'verify' });
    const { verdict, exitCode, reason } = finishOf(run.events) ?? {};
    const skipped = of(run.events, 'step-finished').flatMap(({ step: id, result }) =>
      result.kind === 'skipped' ? [`${id}: ${result.reason}`] : [],
    );
    return { verdict, exitCode, reason, skipped };
  };
  const says = gate('says', 'sh says.sh', ', outputs: { judge: boolean }');
  const hard = gate('hard', 'false', ', if: steps.says.outputs.judge');
  const open = { verdict: 'inconclusive', exitCode: 3, reason: 'could not decide: hard' };

  it('does not let the run be proven by leaving it out', async () => {
    const words = "(the candidate's own code decided it, which proves nothing)";
    expect(await judged([phase('verify', 'verify', [says, hard])])).toEqual({
      ...open,
      skipped: [`hard: its condition is false: steps.says.outputs.judge ${words}`],
    });
    const late = phase('late', 'verify', [gate('hard', 'false')], "\n    if: steps['says'].outputs.judge");
    expect(await judged([phase('verify', 'verify', [says]), late])).toMatchObject(open);
  });
  it('does not count where it only warns', async () => {
    expect(await judged([phase('verify', 'verify', [says, hard.replace('if:', 'level: warn, if:')])])).toMatchObject({
      verdict: 'proven',
      exitCode: 0,
    });
  });
  it('is left out as any other where base decides', async () => {
    const look = phase('context', 'context', [
      step('base', 'run: "echo judge=false >> $BEXPERT_OUTPUT", outputs: { judge: boolean }'),
    ]);
    const by = gate('hard', 'false', ', if: steps.base.outputs.judge');
    expect(await judged([look, phase('verify', 'verify', [says, by])])).toMatchObject({
      verdict: 'proven',
      skipped: ['hard: its condition is false: steps.base.outputs.judge'],
    });
  });
});
