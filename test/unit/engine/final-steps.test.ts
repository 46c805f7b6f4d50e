import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRunJournal } from '../../../src/engine/run-journal.ts';
import { markdownReport } from '../../../src/report/markdown.ts';
import type { Files } from '../../rig/repository.ts';
import { endsOf, finishOf, goOn, of, type PlayOptions, play, repositoryOf } from './play.ts';

const opening = 'bexpert: 1\nname: p\ninputs: { out: { type: string } }\n';
const gate = (command: string) =>
  `phases:\n  verify:\n    - { id: gate, run: ${JSON.stringify(command)}, evidence: exit-code }\n`;
const tells = `finally:
  - id: tell
    run: 'echo "$VERDICT $CODE $(grep -c "PROVEN" "$REPORT")" >> "$OUT"; cp "$REPORT" "$OUT.md"'
    env: { VERDICT: "\${{ run.verdict }}", CODE: "\${{ run.exit-code }}", REPORT: "\${{ run.report }}", OUT: "\${{ inputs.out }}" }
`;

async function played(files: Files, options: PlayOptions = {}) {
  const repository = await repositoryOf({ 'bexpert.yml': 'bexpert: 1\n', ...files });
  const out = path.join(repository.state, 'out.txt');
  const run = await play(repository, { mode: 'verify', inputs: { out }, ...options });
  const said = () => (existsSync(out) ? readFileSync(out, 'utf8') : '');
  return { repository, run, out, said, [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose]() };
}

describe('finally', () => {
  it('runs when the run is proven and when it is not, and knows the verdict, the exit code and the report', async () => {
    await using green = await played({ 'playbook.yml': `${opening}${gate('true')}${tells}` });
    expect(green.run.exitCode).toBe(0);
    expect(green.said()).toBe('proven 0 1\n');
    expect(readFileSync(`${green.out}.md`, 'utf8')).toMatch(/^# PROVEN: p\n/);
    await using red = await played({ 'playbook.yml': `${opening}${gate('exit 3')}${tells}` });
    expect(red.run.exitCode).toBe(1);
    expect(red.said()).toBe('not-proven 1 1\n');
    expect(readFileSync(`${red.out}.md`, 'utf8')).toContain('exit code 3');
  });

  it('changes nothing of the verdict when it fails, and goes on with its next step', async () => {
    const steps = `finally:
  - { id: broken, run: "exit 9" }
  - { id: none, run: "there-is-no-such-command" }
  - { id: skipped, run: "true", if: run.verdict != 'proven' }
  - { id: last, run: "true" }
`;
    await using it = await played(
      { 'playbook.yml': `${opening.replace(/inputs.*\n/, '')}${gate('true')}${steps}` },
      { inputs: {} },
    );
    expect(finishOf(it.run.events)).toMatchObject({ verdict: 'proven', exitCode: 0 });
    expect(endsOf(it.run.events)).toEqual([
      ...['1 gate pass', '1 broken failed', '1 none failed', '1 skipped skipped by if', '1 last context'],
    ]);
    expect(of(it.run.events, 'phase-started').at(-1)).toMatchObject({ phase: 'finally', kind: 'finally' });
    expect(it.run.events.at(-1)?.type).toBe('run-finished');
    const records = await readRunJournal(it.run.folder);
    const text = records.ok ? markdownReport(records.value, { cwd: it.repository.folder }) : '';
    expect(text).toMatch(/## Finally\n\n[\s\S]*`broken` \| BROKEN[\s\S]*`command\/failed`/);
    expect(text).toContain('attempts | 1');
  });

  it('reads the report behind walls too', async () => {
    const steps = 'finally:\n  - { id: read, run: \'grep -q PROVEN "$REPORT"\', env: { REPORT: "${{ run.report }}" } }\n';
    await using it = await played(
      { 'playbook.yml': `bexpert: 1\nname: p\n${gate('true')}${steps}` },
      { inputs: {}, sandbox: 'preferred' },
    );
    expect(endsOf(it.run.events)).toEqual(['1 gate pass', '1 read context']);
  });

  it('sees the outputs of steps, and base, not what was changed', async () => {
    await using repository = await repositoryOf({
      'bexpert.yml': 'bexpert: 1\n',
      'a.txt': 'base\n',
      'playbook.yml': `${opening}phases:
  context:
    - { id: look, run: echo seen }
  verify:
    - { id: gate, run: "true", evidence: exit-code, env: { SEEN: "\${{ steps.look.outputs.stdout }}" } }
finally:
  - { id: tell, run: 'cat a.txt > "$OUT"; echo "$SEEN" >> "$OUT"', env: { OUT: "\${{ inputs.out }}", SEEN: "\${{ steps.look.outputs.stdout }}" } }
`,
    });
    await repository.write({ 'a.txt': 'changed\n' });
    const out = path.join(repository.state, 'out.txt');
    await play(repository, { mode: 'verify', inputs: { out } });
    expect(readFileSync(out, 'utf8')).toBe('base\nseen\n\n');
  });

  it('runs after an interrupt too, and again when the run goes on', async () => {
    const stop = new AbortController();
    await using it = await played(
      {
        'playbook.yml': `${opening}phases:
  verify:
    parallel: 1
    steps:
      - { id: first, run: "true", evidence: exit-code }
      - { id: second, run: "true", evidence: exit-code }
${tells}`,
      },
      {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type === 'step-finished' && event.step === 'first') stop.abort();
        },
      },
    );
    expect(finishOf(it.run.events)?.status).toBe('interrupted');
    expect(it.said()).toBe('unverified 130 0\n');
    const resumed = await goOn(it.repository);
    expect(finishOf(resumed.events)?.verdict).toBe('proven');
    expect(it.said()).toBe('unverified 130 0\nproven 0 1\n');
  });

  it('that is interrupted itself leaves the verdict as it is', async () => {
    const stop = new AbortController();
    await using it = await played(
      {
        'playbook.yml': `bexpert: 1\nname: p\n${gate('true')}finally:\n  - { id: long, run: sleep 60 }\n  - { id: next, run: "true" }\n`,
      },
      {
        inputs: {},
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type === 'step-started' && event.step === 'long') stop.abort();
        },
      },
    );
    expect(finishOf(it.run.events)).toMatchObject({ status: 'completed', verdict: 'proven' });
    const long = of(it.run.events, 'step-finished').find(({ step }) => step === 'long')?.result;
    expect(long).toMatchObject({ kind: 'failed', failure: { code: 'finally/interrupted' } });
  });

  it('does not come while the run waits for a person', async () => {
    await using repository = await repositoryOf({
      'bexpert.yml': 'bexpert: 1\n',
      's.yml': 'bexpert-script: 1\nattempts: [{ calls: [{ create: b.txt, content: x }] }]\n',
      'playbook.yml': `bexpert: 1
name: p
phases:
  context:
    - { id: look, run: ls }
  action:
    steps:
      - { id: act, uses: script, with: { script: s.yml } }
  verify:
    - { id: gate, run: "true", evidence: exit-code }
  approve: {}
finally:
  - { id: tell, run: "true" }
`,
    });
    const run = await play(repository);
    expect(finishOf(run.events)?.status).toBe('waiting');
    expect(endsOf(run.events).join()).not.toContain('tell');
  });
});

it('run.event says what started the run', async () => {
  const files = {
    'playbook.yml': `bexpert: 1\nname: p\nphases:\n  verify:\n    - { id: gate, run: 'test "$EVENT" = pull_request', evidence: exit-code, env: { EVENT: "\${{ run.event }}" } }\n`,
  };
  await using local = await played(files, { inputs: {} });
  expect(finishOf(local.run.events)?.verdict).toBe('not-proven');
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, CI: 'true', GITHUB_EVENT_NAME: 'pull_request' };
  await using inCi = await played(files, { inputs: {}, env });
  expect(finishOf(inCi.run.events)?.verdict).toBe('proven');
});
