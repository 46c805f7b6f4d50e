import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/model/event.ts';
import type { Files } from '../../rig/repository.ts';
import { finishOf, goOn, of, type PlayOptions, play, repositoryOf, scriptOf } from './play.ts';

const token = 'hunter2-of/the+team';
const environment = (more: Readonly<Record<string, string>> = {}) => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  TEAM_TOKEN: token,
  ...more,
});
const opening = 'bexpert: 1\nname: p\n';
const gate = (command: string, env: string) =>
  `    - { id: gate, run: ${JSON.stringify(command)}, evidence: exit-code, env: { TOKEN: "\${{ ${env} }}" } }`;
const verifies = (more: string, command = `test "$TOKEN" = '${token}'`, env = 'secrets.team'): Files => ({
  'bexpert.yml': 'bexpert: 1\n',
  'playbook.yml': `${opening}${more}\nphases:\n  verify:\n${gate(command, env)}\n`,
});

async function verified(files: Files, options: PlayOptions = {}) {
  const repository = await repositoryOf(files);
  const run = await play(repository, { mode: 'verify', env: environment(), ...options });
  return { repository, run, [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose]() };
}
const verdictOf = (events: readonly RunEvent[]) => finishOf(events)?.verdict;

/** Every file below a folder that holds one of the texts. */
function filesWith(folder: string, texts: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = path.join(folder, name);
    if (!existsSync(file) || !statSync(file).isFile()) return false;
    const content = readFileSync(file, 'latin1');
    return texts.some((text) => content.includes(text));
  });
}
const forms = [
  token,
  encodeURIComponent(token),
  Buffer.from(token).toString('base64').slice(0, 20),
  Buffer.from(token).toString('hex'),
];

describe('a secret', () => {
  it('comes from a variable, a file or a command, and only the commands that name it get it', async () => {
    await using fromVariable = await verified(verifies('secrets: { team: { env: TEAM_TOKEN } }'));
    expect(verdictOf(fromVariable.run.events)).toBe('proven');
    await using fromCommand = await verified(verifies(`secrets: { team: { command: printf '%s\\n' "$TEAM_TOKEN" } }`));
    expect(verdictOf(fromCommand.run.events)).toBe('proven');
    await using without = await verified(
      verifies('secrets: { team: { env: TEAM_TOKEN } }', 'test -z "$(env | grep hunter2)"', 'run.mode'),
    );
    expect(verdictOf(without.run.events)).toBe('proven');
  });

  it('of a file is relative to the scope, or to home', async () => {
    const files = { ...verifies('secrets: { team: { file: keys/team } }'), 'keys/team': `${token}\n` };
    await using inScope = await verified(files);
    expect(verdictOf(inScope.run.events)).toBe('proven');
    const repository = inScope.repository;
    await repository.write({ ...verifies('secrets: { team: { file: ~/keys/team } }') });
    await repository.commit('from home');
    const home = await play(repository, { mode: 'verify', env: environment({ HOME: repository.folder }) });
    expect(verdictOf(home.events)).toBe('proven');
  });

  it('that has no value ends the run before anything runs, with a way out for each of its forms', async () => {
    const run = async (source: string, env = environment()) => {
      await using repository = await repositoryOf(verifies(`secrets: { team: ${source} }`));
      let end: Awaited<ReturnType<typeof play>> | undefined;
      const shown: RunEvent[] = [];
      await play(repository, { mode: 'verify', env, onEvent: (event) => shown.push(event) }).then(
        (played) => {
          end = played;
        },
        (error: Error) => {
          shown.push({ type: 'notice', level: 'warn', message: error.message });
        },
      );
      expect(end).toBeUndefined();
      return shown.flatMap((event) => (event.type === 'notice' ? [event.message] : [])).join('');
    };
    expect(await run('{ env: OTHER_TOKEN }')).toMatch(
      /secret\/missing.*the variable OTHER_TOKEN is not set.*env: \{ OTHER_TOKEN/s,
    );
    expect(await run('{ file: nowhere.txt }')).toMatch(/the file nowhere.txt cannot be read: it is not there/);
    expect(await run('{ command: exit 4 }')).toMatch(/`exit 4` ended with 4/);
    expect(await run('{ command: "true" }')).toMatch(/`true` printed nothing/);
    expect(await run('{ env: SHORT }', environment({ SHORT: 'abc' }))).toMatch(/secret\/short.*fewer than 6 characters/s);
  });

  it('is not asked for where nothing that runs needs it', async () => {
    await using it = await verified({
      'bexpert.yml': 'bexpert: 1\nsecrets: { other: { env: NOT_SET } }\n',
      'playbook.yml': `${opening}phases:\n  verify:\n${gate('true', 'run.mode')}\n`,
    });
    expect(verdictOf(it.run.events)).toBe('proven');
  });

  it('is masked in all that is kept and shown, in whatever form a command prints it', async () => {
    const says = [
      'echo "raw $TOKEN"',
      'printf %s "$TOKEN" | base64',
      'printf "x%s" "$TOKEN" | base64',
      'printf %s "$TOKEN" | od -An -tx1 | tr -d " \\n"',
      `node -e 'console.log(encodeURIComponent(process.env.TOKEN), JSON.stringify({ a: process.env.TOKEN }))'`,
      'exit 1',
    ].join('; ');
    await using it = await verified({
      ...verifies('secrets: { team: { env: TEAM_TOKEN } }'),
      'playbook.yml': `${opening}secrets: { team: { env: TEAM_TOKEN } }
services:
  api:
    run: echo "serving with $TOKEN" && exec node server.js
    env: { TOKEN: "\${{ secrets.team }}", PORT: "\${{ service.port }}" }
phases:
  context:
    - { id: look, run: 'echo "I know $TOKEN"', env: { TOKEN: "\${{ secrets.team }}" } }
  verify:
    - id: gate
      run: ${JSON.stringify(`test -n "${'$'}LOOKED"; ${says}`)}
      services: [api]
      env: { TOKEN: "\${{ secrets.team }}", LOOKED: "\${{ steps.look.outputs.stdout }}", API: "\${{ services.api.url }}" }
`,
      'server.js': `require('node:http').createServer((_, answer) => answer.end('ok')).listen(Number(process.env.PORT), '127.0.0.1');`,
    });
    expect(verdictOf(it.run.events)).toBe('not-proven');
    expect(JSON.stringify(it.run.shown)).toContain('raw ***');
    for (const form of forms) expect(JSON.stringify(it.run.shown)).not.toContain(form);
    expect(filesWith(it.repository.state, ['serving with ***'])).not.toEqual([]);
    expect(filesWith(it.repository.state, forms)).toEqual([]);
    const look = of(it.run.events, 'step-finished').find(({ step }) => step === 'look')?.result;
    expect(look).toMatchObject({ kind: 'context', outputs: { stdout: 'I know ***\n' } });
  });

  it('is masked in what a model reads: the brief and the findings', async () => {
    await using repository = await repositoryOf({
      'bexpert.yml': 'bexpert: 1\nmodel: { script: s.yml }\n',
      's.yml': scriptOf([{ create: 'a.txt', content: 'x' }], [{ create: 'b.txt', content: 'x' }]),
      'playbook.yml': `${opening}secrets: { team: { env: TEAM_TOKEN } }
phases:
  context:
    - { id: look, run: 'echo "I know $TOKEN"', env: { TOKEN: "\${{ secrets.team }}" } }
  action:
    steps:
      - { id: act, uses: agent, with: { goal: Mend it. } }
  verify:
    steps:
  ${gate('echo "$TOKEN"; test -e b.txt', 'secrets.team')}
    on-failure: { retry-from: action, attempts: 2 }
`,
    });
    const run = await play(repository, { env: environment() });
    expect(verdictOf(run.events)).toBe('proven');
    for (const form of forms) expect(JSON.stringify(run.events)).not.toContain(form);
  });

  it('of set-up is a variable of its name, and a new one makes nothing new', async () => {
    const files: Files = {
      'bexpert.yml': `bexpert: 1
secrets: { TEAM_TOKEN: { env: TEAM_TOKEN } }
setup:
  - { run: 'test -n "$TEAM_TOKEN" && mkdir -p made && date +%N > made/when', cache-key: [key.txt], outputs: [made], secrets: [TEAM_TOKEN] }
`,
      'key.txt': '1\n',
      '.gitignore': 'made\n',
      'playbook.yml': `${opening}phases:\n  verify:\n${gate('test -s made/when', 'run.mode')}\n`,
    };
    await using it = await verified(files);
    expect(verdictOf(it.run.events)).toBe('proven');
    expect(of(it.run.events, 'tree-ready').map(({ setup }) => setup)).toContain('run');
    const again = await play(it.repository, { mode: 'verify', env: environment({ TEAM_TOKEN: 'another-of-the-team' }) });
    expect(of(again.events, 'tree-ready').map(({ setup }) => setup)).not.toContain('run');
  });

  it('is read again by a resume, and stands in no journal', async () => {
    const stop = new AbortController();
    await using repository = await repositoryOf({
      'bexpert.yml': 'bexpert: 1\n',
      'playbook.yml': `${opening}secrets: { team: { env: TEAM_TOKEN } }
phases:
  verify:
    parallel: 1
    steps:
      - { id: first, run: "true", evidence: exit-code }
  ${gate(`test ${'$'}{#TOKEN} -eq ${token.length}`, 'secrets.team')}
`,
    });
    const run = await play(repository, {
      mode: 'verify',
      env: environment(),
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'step-finished') stop.abort();
      },
    });
    expect(finishOf(run.events)?.status).toBe('interrupted');
    const without = await goOn(repository);
    expect(without.diagnostics.map(({ code }) => code)).toEqual(['secret/missing']);
    expect(without.exitCode).toBe(3);
    const resumed = await goOn(repository, { env: environment() });
    expect(verdictOf(resumed.events)).toBe('proven');
    expect(filesWith(repository.state, forms)).toEqual([]);
  });
});
