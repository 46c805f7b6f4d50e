import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJournal } from '../../../src/engine/journal.ts';
import { makeRunReport } from '../../../src/report/run-report.ts';
import type { Files } from '../../rig/repository.ts';
import {
  delivered,
  deliveredFile,
  edit,
  endsOf,
  finishOf,
  goOn,
  of,
  type PlayOptions,
  play,
  repositoryOf,
  scriptOf,
} from './play.ts';

const check = (id: string, command: string, more = '') =>
  `    - { id: ${id}, run: ${JSON.stringify(command)}, evidence: exit-code${more} }`;
const configuration = 'bexpert: 1\nmodel: { script: bexpert.script.yml }\n';
const opening = `
bexpert: 1
name: p
phases:
  context:
    - { id: look, run: ls }
`;
const act = (id = 'act', more = '') => `    - { id: ${id}, uses: agent, with: { goal: Mend it. }${more} }`;

async function played(files: Files, options: PlayOptions = {}) {
  const repository = await repositoryOf({ 'bexpert.yml': configuration, 'value.txt': 'wrong\n', ...files });
  const run = await play(repository, options);
  return {
    repository,
    run,
    ends: endsOf(run.events),
    finish: finishOf(run.events),
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  };
}
const mends = scriptOf([edit('value.txt', 'wrong', 'right')]);
const right = 'grep -q right value.txt';

describe('several phases', () => {
  it('a later verify phase whose condition is false leaves the attempt proven and delivered', async () => {
    await using it = await played({
      'bexpert.script.yml': mends,
      'playbook.yml': `${opening}
  action:
${act()}
  verify:
${check('gate', right)}
  more:
    kind: verify
    if: run.mode == 'verify'
    steps:
  ${check('extra', 'false')}
deliver: { to: branch }
`,
    });
    expect(it.finish).toMatchObject({ status: 'completed', verdict: 'proven', exitCode: 0 });
    expect(it.ends).toEqual(['1 look context', '1 act ok', '1 gate pass', '1 extra skipped by phase']);
    expect(await deliveredFile(it.repository, 'value.txt')).toBe('right');
  });

  it('a red gate before the action ends the run before anything is done', async () => {
    await using it = await played({
      'bexpert.script.yml': mends,
      'playbook.yml': `${opening}
  before:
    kind: verify
    steps:
  ${check('sane', 'test -e sane.txt')}
  action:
${act()}
  verify:
${check('gate', right)}
deliver: { to: branch }
`,
    });
    expect(it.finish).toMatchObject({ status: 'completed', verdict: 'not-proven', exitCode: 1 });
    expect(it.finish?.reason).toBe('red: sane; no action was begun');
    expect(it.ends).toEqual(['1 look context', '1 sane fail']);
    expect(await delivered(it.repository)).toBeUndefined();
  });

  it('a green gate before the action proves nothing of the change', async () => {
    await using it = await played({
      'bexpert.script.yml': mends,
      'playbook.yml': `${opening}
  before:
    kind: verify
    steps:
  ${check('sane', 'true')}
  action:
${act()}
  verify:
    - { id: gate, run: "${right}" }
`,
    });
    expect(it.ends).toContain('1 sane pass');
    expect(it.finish).toMatchObject({ verdict: 'unverified', exitCode: 3, reason: 'no blocking gate passed on evidence' });
    expect(of(it.run.events, 'attempt-finished').map(({ gates }) => Object.keys(gates))).toEqual([['gate']]);
  });

  it('gates of phases before retry-from still stand in the next attempt, and look again before it is delivered', async () => {
    await using it = await played({
      'bexpert.script.yml': scriptOf([{ create: 'first.txt', content: 'x' }]),
      'second.yml': scriptOf([edit('value.txt', 'wrong', 'nearly')], [edit('value.txt', 'nearly', 'right')]),
      'playbook.yml': `${opening}
  first:
    kind: action
    steps:
  ${act()}
  check-first:
    kind: verify
    steps:
  ${check('a', 'test -e first.txt')}
  ${check('b', 'test -e first.txt')}
  second:
    kind: action
    steps:
      - { id: again, uses: script, with: { script: second.yml } }
  check-second:
    kind: verify
    steps:
  ${check('gate', right)}
    on-failure: { retry-from: second, attempts: 3 }
deliver: { to: branch }
`,
    });
    expect(it.ends).toEqual([
      ...['1 look context', '1 act ok'],
      ...it.ends.slice(2, 4),
      ...['1 again ok', '1 gate fail', '2 again ok', '2 gate pass'],
      ...it.ends.slice(8),
    ]);
    expect([...it.ends.slice(2, 4)].sort()).toEqual(['1 a pass', '1 b pass']);
    expect([...it.ends.slice(8)].sort()).toEqual(['2 a pass', '2 b pass']);
    expect(of(it.run.events, 'attempt-finished').map(({ gates }) => Object.keys(gates).sort())).toEqual([
      ['a', 'b', 'gate'],
      ['a', 'b', 'gate'],
    ]);
    expect(it.finish).toMatchObject({ verdict: 'proven', exitCode: 0 });
    expect(await deliveredFile(it.repository, 'value.txt')).toBe('right');
    expect(await deliveredFile(it.repository, 'first.txt')).toBe('x');
  });

  it('a gate that is invalid ends the run with 3 before the next phase', async () => {
    await using it = await played({
      'bexpert.script.yml': mends,
      'playbook.yml': `${opening}
  action:
${act()}
  verify:
${check('gate', 'there-is-no-such-command')}
  later:
    kind: verify
    steps:
  ${check('more', 'true')}
`,
    });
    expect(it.finish).toMatchObject({ verdict: 'inconclusive', exitCode: 3, reason: 'could not decide: gate' });
    expect(it.ends).toEqual(['1 look context', '1 act ok', '1 gate invalid']);
  });
});

describe('the loop', () => {
  it('says why there is no further attempt', async () => {
    const playbook = (attempts: number) => `${opening}
  action:
${act()}
  verify:
    steps:
  ${check('gate', 'false')}
    on-failure: { retry-from: action, attempts: ${attempts} }
`;
    await using spent = await played({
      'bexpert.script.yml': scriptOf([{ run: 'echo 1 >> n.txt' }], [{ run: 'echo 2 >> n.txt' }]),
      'playbook.yml': playbook(2),
    });
    expect(spent.finish).toMatchObject({ exitCode: 1, reason: 'red: gate; all 2 attempts are spent' });
    await using still = await played({
      'bexpert.script.yml': scriptOf([{ run: 'echo 1 >> n.txt' }], [{ run: 'true' }]),
      'playbook.yml': playbook(9),
    });
    expect(still.finish).toMatchObject({ exitCode: 1, reason: 'red: gate; no further attempt: nothing changed' });
    expect(of(still.run.events, 'attempt-finished')).toHaveLength(2);
  });

  it('goes back to the best attempt after one that turned a green gate red', async () => {
    await using it = await played({
      'other.txt': 'wrong\n',
      'bexpert.script.yml': scriptOf(
        [edit('value.txt', 'wrong', 'right')],
        [{ run: 'echo broken > value.txt; echo broken > third.txt' }],
        [edit('other.txt', 'wrong', 'right')],
      ),
      'playbook.yml': `${opening}
  action:
${act()}
  verify:
    steps:
  ${check('value', right)}
  ${check('other', 'grep -q right other.txt')}
    on-failure: { retry-from: action, attempts: 3 }
deliver: { to: branch }
`,
    });
    expect(of(it.run.events, 'retrying').map(({ attempt, continues }) => [attempt, continues])).toEqual([
      [2, 1],
      [3, 1],
    ]);
    expect(it.finish).toMatchObject({ verdict: 'proven', exitCode: 0 });
    expect(await it.repository.git('diff', '--name-only', 'main', `bexpert/${path.basename(it.run.folder)}`)).toBe(
      'other.txt\nvalue.txt',
    );
    // The report does not name what the attempt changed that was thrown away.
    const records = await readJournal(path.join(it.run.folder, 'events.jsonl'));
    const report = records.ok ? makeRunReport(records.value, { cwd: it.repository.folder }) : undefined;
    expect(report?.changedFiles).toEqual([{ path: 'other.txt' }, { path: 'value.txt' }]);
  });

  it('judges what is there when the time of the action is over, and ends with 4', async () => {
    await using it = await played({
      'bexpert.script.yml': scriptOf([edit('value.txt', 'wrong', 'right'), { run: 'sleep 30' }]),
      'playbook.yml': `${opening}
  action:
${act('act', ', budget: { time: 1500ms }')}
  verify:
    steps:
  ${check('gate', right)}
  ${check('red', 'false', ', level: warn')}
    on-failure: { retry-from: action, attempts: 3 }
deliver: { to: branch }
`,
    });
    expect([...it.ends].sort()).toEqual(['1 act budget', '1 gate pass', '1 look context', '1 red fail']);
    expect(it.finish).toMatchObject({ status: 'budget', exitCode: 4 });
    expect(await deliveredFile(it.repository, 'value.txt')).toBe('right');
  });
});

describe('what a gate needs', () => {
  const files = {
    'bexpert.script.yml': mends,
    'playbook.yml': `${opening}
  action:
${act()}
  verify:
${check('gate', right, ', needs: [act, look]')}
${check('red', 'false', ', level: warn')}
${check('after', 'true', ', needs: [red]')}
${check('unasked', 'true', ', if: run.ci')}
${check('behind', 'true', ', needs: [unasked]')}
`,
  };
  it('is not asked of an action that `verify` does not play', async () => {
    await using it = await played({ ...files, 'value.txt': 'right\n' }, { mode: 'verify' });
    expect([...it.ends].sort()).toEqual([
      '1 after skipped by needs',
      '1 behind pass',
      '1 gate pass',
      '1 look context',
      '1 red fail',
      '1 unasked skipped by if',
    ]);
    // A step that was not reached because another is red is not decided, also where that one only warns.
    expect(it.finish).toMatchObject({ verdict: 'inconclusive', exitCode: 3, reason: 'could not decide: after' });
  });
});

it('when-changed looks at paths of the scope, in a package of a monorepo too', async () => {
  await using repository = await repositoryOf({
    'packages/a/bexpert.yml': 'bexpert: 1\n',
    'packages/a/src/x.txt': 'old\n',
    'packages/b/src/x.txt': 'old\n',
    'packages/a/playbook.yml': `
bexpert: 1
name: p
phases:
  verify:
${check('own', 'true', ', when-changed: ["src/**"]')}
${check('other', 'true', ', when-changed: ["../b/**"]')}
`.replace(/.*other.*\n/, ''),
  });
  await repository.write({ 'packages/a/src/x.txt': 'new\n' });
  const repo = path.join(repository.folder, 'packages/a');
  const changed = await play(repository, { mode: 'verify', repo, playbook: path.join(repo, 'playbook.yml') });
  expect(endsOf(changed.events)).toEqual(['1 own pass']);
  await repository.write({ 'packages/a/src/x.txt': 'old\n', 'packages/b/src/x.txt': 'new\n' });
  const beside = await play(repository, { mode: 'verify', repo, playbook: path.join(repo, 'playbook.yml') });
  expect(endsOf(beside.events)).toEqual(['1 own skipped by when-changed']);
  expect(finishOf(beside.events)).toMatchObject({ verdict: 'unverified', exitCode: 3 });
});

it('a fault of the environment delivers nothing; the resume does the step again and delivers what it comes to', async () => {
  const outside = await mkdtemp(path.join(os.tmpdir(), 'bexpert-flag-'));
  const flag = path.join(outside, 'flag');
  try {
    await using repository = await repositoryOf({
      'bexpert.yml': `${configuration}services:
  api: { run: "test -e ${flag} && echo up && sleep 60", ready: { log: up } }
`,
      'value.txt': 'wrong\n',
      'bexpert.script.yml': scriptOf(
        [edit('value.txt', 'wrong', 'nearly')],
        [edit('value.txt', 'nearly', 'right'), { run: 'true' }],
      ),
      'playbook.yml': `${opening}
  action:
${act('act', ', services: [api]')}
  verify:
    steps:
  ${check('gate', right)}
    on-failure: { retry-from: action, attempts: 3 }
deliver: { to: branch }
`,
    });
    const first = await play(repository);
    expect(finishOf(first.events)).toMatchObject({ status: 'environment', verdict: 'not-proven', exitCode: 1 });
    expect(await delivered(repository)).toBeUndefined();
    await writeFile(flag, '');
    const second = await goOn(repository);
    expect(finishOf(second.events)).toMatchObject({ status: 'completed', verdict: 'proven', exitCode: 0 });
    expect(await deliveredFile(repository, 'value.txt')).toBe('right');
    expect(existsSync(path.join(second.folder, 'scratch'))).toBe(false);
  } finally {
    await rm(outside, { recursive: true, force: true });
  }
});

it('an interrupted run says nothing after its last word', async () => {
  const controller = new AbortController();
  await using it = await played(
    {
      'playbook.yml': `
bexpert: 1
name: p
phases:
  verify:
    parallel: 3
    steps:
${['a', 'b', 'c'].map((id) => `  ${check(id, "trap '' TERM; echo on; sleep 20")}`).join('\n')}
`,
    },
    {
      mode: 'verify',
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'step-started' && event.step === 'c') setTimeout(() => controller.abort(new Error('Ctrl-C')), 300);
      },
    },
  );
  expect(it.finish).toMatchObject({ status: 'interrupted', exitCode: 130 });
  expect(it.run.events.at(-1)?.type).toBe('run-finished');
  expect(it.run.shown.at(-1)?.type).toBe('run-finished');
});
