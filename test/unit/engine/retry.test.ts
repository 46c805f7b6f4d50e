import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Files } from '../../rig/repository.ts';
import { deliveredFile, endsOf, finishOf, of, type PlayOptions, play, repositoryOf } from './play.ts';

const opening = 'bexpert: 1\nname: p\ninputs: { out: { type: string } }\n';
/** Ends with `code` until it was started so many times. */
const until = (times: number, code: number): string =>
  `n=$(cat "$OUT" 2>/dev/null || echo 0); echo $((n + 1)) > "$OUT"; if [ "$n" -lt ${times} ]; then echo "not yet" >&2; exit ${code}; fi`;
const step = (id: string, command: string, more: string): string =>
  `    - { id: ${id}, run: ${JSON.stringify(command)}, env: { OUT: "\${{ inputs.out }}" }${more} }\n`;

async function played(files: Files, options: PlayOptions = {}) {
  const repository = await repositoryOf({ 'bexpert.yml': 'bexpert: 1\n', ...files });
  const run = await play(repository, { mode: 'verify', inputs: { out: path.join(repository.state, 'out.txt') }, ...options });
  const retried = of(run.events, 'step-retried').map(
    ({ step: id, retry, of: most, failure }) => `${id} ${retry}/${most} ${failure.code}`,
  );
  return { repository, run, retried, ends: endsOf(run.events), [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose]() };
}

describe('retry', () => {
  it('tries a gate again whose means are missing, as often as it says', async () => {
    const verify = (retry: string) => ({
      'playbook.yml': `${opening}phases:\n  verify:\n${step('gate', until(2, 127), `, evidence: exit-code, retry: ${retry}`)}`,
    });
    await using enough = await played(verify('2'));
    expect(enough.ends).toEqual(['1 gate pass']);
    expect(enough.retried).toEqual(['gate 1/2 command/not-found', 'gate 2/2 command/not-found']);
    await using same = await played(verify('{ attempts: 3 }'));
    expect(same.ends).toEqual(['1 gate pass']);
    await using few = await played(verify('1'));
    expect(few.ends).toEqual(['1 gate invalid']);
    expect(few.retried).toEqual(['gate 1/1 command/not-found']);
  });

  it('never tries a red gate again', async () => {
    await using it = await played({
      'playbook.yml': `${opening}phases:\n  verify:\n${step('gate', until(1, 1), ', evidence: exit-code, retry: 3')}`,
    });
    expect(it.ends).toEqual(['1 gate fail']);
    expect(it.retried).toEqual([]);
  });

  it('tries a context step and a step of finally again', async () => {
    await using it = await played({
      'playbook.yml': `${opening}phases:
  context:
${step('look', until(1, 7), ', retry: 1')}
  verify:
    - { id: gate, run: "true", evidence: exit-code, env: { SEEN: "\${{ steps.look.outputs.stdout }}" } }
finally:
${step('tell', until(3, 7), ', retry: 2').replace(/^ {2}/, '')}`,
    });
    expect(it.ends).toEqual(['1 look context', '1 gate pass', '1 tell context']);
    expect(it.retried).toEqual(['look 1/1 command/failed', 'tell 1/2 command/failed']);
    expect(finishOf(it.run.events)?.verdict).toBe('proven');
  });

  it('goes on with an action where the environment failed it, with what was done', async () => {
    await using it = await played(
      {
        'plugins/frail/manifest.ts': `import { defineManifest } from 'bexpert/plugin-api';
export const manifest = defineManifest({
  kind: 'action', name: 'frail', api: 1, summary: 'Fails in the middle, once.', powers: ['write'],
  inputs: { type: 'object', properties: {}, additionalProperties: false },
  outputs: { type: 'object', properties: {}, additionalProperties: false },
});
`,
        'plugins/frail/index.ts': `import { defineAction } from 'bexpert/plugin-api';
import { manifest } from './manifest.ts';
export default defineAction(manifest, async (_, host, turn) => {
  if (turn.state === undefined) {
    await turn.tools.call('replace_file_content', { TargetFile: 'first.txt', TargetContent: '', ReplacementContent: 'x' });
    await turn.checkpoint({ half: true });
    return { outputs: {}, outcome: 'infrastructure', summary: 'The line went dead.' };
  }
  return { outputs: {}, outcome: 'ok', summary: 'Done.' };
});
`,
        'playbook.yml': `bexpert: 1
name: p
phases:
  context:
    - { id: look, run: ls }
  action:
    steps:
      - { id: act, uses: ./plugins/frail, retry: 1 }
  verify:
    - { id: gate, run: test -e first.txt, evidence: exit-code }
deliver: { to: branch }
`,
      },
      { mode: 'run', inputs: {} },
    );
    expect(it.retried).toEqual(['act 1/1 step/infrastructure']);
    expect(it.ends).toEqual(['1 look context', '1 act ok', '1 gate pass']);
    expect(await deliveredFile(it.repository, 'first.txt')).toBe('x');
  });
});
