import { describe, expect, it } from 'vitest';
import type { Files } from '../../rig/repository.ts';
import { edit, endsOf, finishOf, goOn, of, type PlayOptions, play, repositoryOf, scriptOf } from './play.ts';

const opening = `
bexpert: 1
name: p
phases:
  context:
    - { id: look, run: ls }
`;
const act = (id: string, more = '') => `      - { id: ${id}, uses: agent, with: { goal: Mend it. }${more} }\n`;
const gate = (id: string, command: string, more = '') =>
  `      - { id: ${id}, run: ${JSON.stringify(command)}, evidence: exit-code${more} }\n`;

async function played(files: Files, options: PlayOptions = {}) {
  const repository = await repositoryOf({ 'bexpert.yml': 'bexpert: 1\n', 'value.txt': 'wrong\n', ...files });
  const run = await play(repository, options);
  return {
    repository,
    run,
    ends: endsOf(run.events),
    finish: finishOf(run.events),
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  };
}

describe('held-out', () => {
  const playbook = (gates: string): Files => ({
    'bexpert.yml': 'bexpert: 1\nmodel: { script: s.yml }\n',
    's.yml': scriptOf([edit('value.txt', 'wrong', 'nearly')], [edit('value.txt', 'nearly', 'right')]),
    'playbook.yml': `${opening}  action:
    steps:
${act('act')}  verify:
    steps:
${gates}    on-failure: { retry-from: action, attempts: 3 }
`,
  });

  it('keeps what a gate finds from whoever acts', async () => {
    await using it = await played(
      playbook(
        gate('told', 'echo told-of; grep -q right value.txt') +
          gate('kept', 'echo kept-back; grep -q right value.txt', ', held-out: true'),
      ),
    );
    expect(it.finish).toMatchObject({ verdict: 'proven' });
    const [retry] = of(it.run.events, 'retrying');
    expect(retry?.because).toBe('1 finding to mend');
    expect(it.ends).toHaveLength(7);
  });

  it('ends the loop where nothing else is red', async () => {
    await using it = await played(playbook(gate('told', 'true') + gate('kept', 'grep -q right value.txt', ', held-out: true')));
    expect(it.finish).toMatchObject({ verdict: 'not-proven', exitCode: 1 });
    expect(it.finish?.reason).toBe('red: kept; no further attempt: what held-out gates find is not told to whoever acts');
    expect(of(it.run.events, 'attempt-finished')).toHaveLength(1);
  });
});

describe('model of a step', () => {
  const files: Files = {
    'bexpert.yml': 'bexpert: 1\nmodel: { use: live, name: top-model, script: top.yml }\n',
    'top.yml': scriptOf([{ create: 'top.txt', content: 'x' }]),
    'own.yml': scriptOf([{ create: 'own.txt', content: 'x' }]),
    'playbook.yml': `${opening}  action:
    steps:
${act('first', ', model: { use: script, script: own.yml }')}${act('second', ', model: script')}  verify:
    steps:
${gate('gate', 'test -e own.txt && test -e top.txt')}`,
  };
  it('fills that step, with what it does not say taken from the playbook', async () => {
    await using it = await played(files);
    expect(it.ends).toEqual(['1 look context', '1 first ok', '1 second ok', '1 gate pass']);
    expect(of(it.run.events, 'run-started')[0]?.actor).toContain('own.yml');
  });
  it('gives way to the call', async () => {
    await using repository = await repositoryOf({ ...files, 'value.txt': 'wrong\n' });
    await expect(play(repository, { model: 'live' })).rejects.toThrow(/model\/no-key[\s\S]*first[\s\S]*second/);
  });
});

describe('sandbox: required of a step', () => {
  const files: Files = {
    's.yml': scriptOf([edit('value.txt', 'wrong', 'right')]),
    'playbook.yml': `${opening}  action:
    steps:
      - { id: act, uses: script, with: { script: s.yml }, sandbox: required }
  verify:
    steps:
${gate('gate', 'grep -q right value.txt')}`,
  };
  it('refuses a run whose sandbox is off, and lets it be verified', async () => {
    await using repository = await repositoryOf({ 'bexpert.yml': 'bexpert: 1\n', 'value.txt': 'right\n', ...files });
    await expect(play(repository, { sandbox: 'off' })).rejects.toThrow(/The step act requires a sandbox, and it is switched off/);
    expect(finishOf((await play(repository, { sandbox: 'off', mode: 'verify' })).events)?.verdict).toBe('proven');
  });
  it('acts where there is one', async () => {
    await using it = await played(files, { sandbox: 'preferred' });
    expect(it.finish).toMatchObject({ verdict: 'proven' });
  });
});

describe('working-directory at the top', () => {
  it('is where commands of steps, services and set-up run, unless they say another', async () => {
    await using it = await played(
      {
        'bexpert.yml': `bexpert: 1
working-directory: packages/api
setup:
  - { run: "test -e here.txt && mkdir -p made && touch made/x", outputs: [made] }
services:
  api:
    run: test -e here.txt && exec node server.js
    env: { PORT: "\${{ service.port }}" }
`,
        '.gitignore': 'made\n',
        'packages/api/here.txt': 'x\n',
        'packages/api/server.js': `require('node:http').createServer((_, answer) => answer.end('ok')).listen(Number(process.env.PORT), '127.0.0.1');\n`,
        'playbook.yml': `${opening.replace('run: ls', 'run: cat here.txt')}  verify:
    steps:
${gate('default', 'test -e here.txt && test -e made/x && test -n "$API"', ', env: { API: "${{ services.api.url }}" }')}${gate('own', 'test -e packages/api/here.txt', ', working-directory: .')}${gate('seen', 'test -n "$SEEN"', ', env: { SEEN: "${{ steps.look.outputs.stdout }}" }')}`,
      },
      { mode: 'verify' },
    );
    expect(it.ends.sort()).toEqual(['1 default pass', '1 look context', '1 own pass', '1 seen pass']);
  });
});

it('a resume keeps what steps say', async () => {
  const stop = new AbortController();
  await using it = await played(
    {
      'bexpert.yml': 'bexpert: 1\n',
      's.yml': scriptOf([edit('value.txt', 'wrong', 'nearly')]),
      'playbook.yml': `${opening}  action:
    steps:
${act('act', ', model: { use: script, script: s.yml }')}  verify:
    parallel: 1
    steps:
${gate('first', 'true')}${gate('kept', 'false', ', held-out: true')}    on-failure: { retry-from: action, attempts: 3 }
`,
    },
    {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'step-finished' && event.step === 'first') stop.abort();
      },
    },
  );
  expect(it.finish?.status).toBe('interrupted');
  const resumed = await goOn(it.repository);
  expect(finishOf(resumed.events)?.reason).toContain('held-out');
});
