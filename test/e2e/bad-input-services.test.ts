// Services, commands and gates whose means are broken: exit code 3, a gate that is INVALID and says why, and nothing left running.
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesWith } from '../rig/journal.ts';
import { type Ended, program } from '../rig/program.ts';
import { type Files, TestRepository } from '../rig/repository.ts';

/** A word in the command line of everything that these tests start, so that what is left can be found. */
const marker = `bexpert-e2e-${randomInt(10 ** 8, 10 ** 9)}`;

const server = (answer: string): string => `
import { createServer } from 'node:http';
createServer((request, response) => { ${answer} }).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log('listening'));
`;
const served = (run: string, more = ''): string =>
  `bexpert: 1\nservices:\n  api:\n    run: ${JSON.stringify(`${run} # ${marker}`)}\n    ready: { http: /healthz, within: 2s }\n${more}`;
const withPort = '    env: { PORT: "${{ service.port }}" }\n';

interface Case {
  readonly what: string;
  /** bexpert.yml. */
  readonly own?: string;
  readonly files?: Files;
  readonly step?: string;
  readonly says: readonly (string | RegExp)[];
}
const usesApi = '{ id: check, run: "true", services: [api], evidence: exit-code }';

const cases: readonly Case[] = [
  {
    what: 'a service that never becomes ready',
    own: served('sleep 600', withPort),
    says: [
      /check +INVALID .* The service api was not ready within 2 s: nothing listens on port \d+\. Its log is empty\. \[service\/not-ready\]\n/,
      'hint: ',
    ],
  },
  {
    what: 'a service that listens on another port than its own',
    own: served('node server.mjs'),
    files: { 'server.mjs': server('response.end()') },
    says: [
      /nothing listens on port \d+\. Its log ends with: … \[service\/not-ready\]\n {4}\| listening\n {4}hint: \d+ is the free port/,
      'Hand it over in bexpert.yml: `env: { PORT: "${{ service.port }}" }`.',
    ],
  },
  {
    what: 'a service that answers its readiness check with 500',
    own: served('node server.mjs', withPort),
    files: { 'server.mjs': server('response.statusCode = 500; response.end()') },
    says: ['was not ready within 2 s: GET /healthz answers 500, 200 to 299 is expected.'],
  },
  {
    what: 'a service that takes the connection and never answers',
    own: served('node server.mjs', withPort),
    files: { 'server.mjs': server('') },
    says: ['was not ready within 2 s: GET /healthz: no answer within 2 s.'],
  },
  {
    what: 'a service that dies at its start',
    own: served('echo no configuration >&2; exit 7'),
    says: [
      'The service api ended with exit code 7 before it was ready. Its log ends with: … [service/died]\n    | no configuration\n    hint: ',
    ],
  },
  {
    what: 'a service whose command is not installed',
    own: served('no-such-server'),
    says: [
      'The command of the service api was not found. Its log ends with: … [command/not-found]\n',
      'no-such-server: command not found\n    hint: Install it in `setup:`',
    ],
  },
  {
    what: 'a service whose port is taken, whichever it is given',
    own: served("echo 'Error: listen EADDRINUSE: address already in use 127.0.0.1:80' >&2; exit 1"),
    says: [/\[service\/port-taken\]\n {4}\| Error: listen EADDRINUSE[^\n]*\n {4}hint: Tried again on other ports\./],
  },
  {
    what: 'a command that is not installed',
    step: '{ id: check, run: no-such-tool --version, evidence: exit-code }',
    says: [
      /check +INVALID .* The command of step check was not found: .*no-such-tool: command not found \[command\/not-found\]\n {4}hint: Install it in `setup:`/,
    ],
  },
  {
    what: 'a program of argv that is not installed',
    step: '{ id: check, argv: [no-such-tool], evidence: exit-code }',
    says: ['The command of step check was not found: no-such-tool [command/not-found]'],
  },
  {
    what: 'a working directory that does not exist',
    step: '{ id: check, run: "true", working-directory: nowhere, evidence: exit-code }',
    says: [/The working directory \S*nowhere does not exist, so \S+ was not started\. \[command\/no-folder\]\n {4}hint: /],
  },
  {
    what: 'a set-up that fails',
    own: 'bexpert: 1\nsetup:\n  - { run: "echo no network >&2; exit 3", cache-key: [lock], outputs: [packages] }\n',
    files: { lock: '1' },
    step: '{ id: check, run: "true", evidence: exit-code }',
    says: ['ended with 3: no network [setup/failed]\n    hint: '],
  },
  {
    what: 'a set-up that leaves nothing',
    own: 'bexpert: 1\nsetup:\n  - { run: "true", cache-key: [lock], outputs: [packages] }\n',
    files: { lock: '2' },
    step: '{ id: check, run: "true", evidence: exit-code }',
    says: ['`setup: true` ran and left no packages. [setup/no-output]'],
  },
  {
    what: 'a step that takes too long',
    step: `{ id: check, run: "sleep 600 # ${marker}", timeout: 1s, evidence: exit-code }`,
    says: ['The step took longer than 1 s. [step/timed-out]\n    hint: Raise `timeout:`'],
  },
  {
    what: 'a gate that changes the tree',
    step: '{ id: check, run: "echo more >> README.md", evidence: exit-code }',
    says: ['Only action steps change the tree; this gate touched README.md. [step/touched-tree]\n    hint: '],
  },
];

let repository: TestRepository;
beforeAll(async () => {
  repository = await TestRepository.create({ 'README.md': 'nothing here yet\n' });
});
afterAll(async () => repository[Symbol.asyncDispose]());

async function verify({ own = 'bexpert: 1\n', files = {}, step = usesApi }: Omit<Case, 'what' | 'says'>): Promise<Ended> {
  await repository.git('rm', '-rq', '--ignore-unmatch', '.');
  await repository.write({
    'README.md': 'nothing here yet\n',
    'bexpert.yml': own,
    'playbook.yml': `bexpert: 1\nphases:\n  verify:\n    - ${step}\n`,
    ...files,
  });
  await repository.commit('a case');
  return program(['verify', 'playbook.yml', '--reporter', 'plain', '--state', repository.state], { cwd: repository.folder });
}

describe('means that are broken', () => {
  it.each(cases)('$what: exit code 3, the reason and a way out', async ({ says, ...scene }) => {
    const ended = await verify(scene);
    for (const words of says) {
      if (typeof words === 'string') expect(ended.stdout).toContain(words);
      else expect(ended.stdout).toMatch(words);
    }
    expect(ended.stdout).toContain('could not decide: check');
    expect(ended).toMatchObject({ code: 3, stderr: '' });
    expect(processesWith(marker)).toEqual([]);
  });
  it('a context command that is not installed ends the run, and the report says how to go on', async () => {
    await repository.write({
      'playbook.yml':
        'bexpert: 1\nphases:\n  context:\n    - { id: look, run: no-such-tool }\n  verify:\n    - { id: check, run: "true", evidence: exit-code }\n',
    });
    await repository.commit('a case');
    const ended = await program(['run', 'playbook.yml', '--reporter', 'plain', '--state', repository.state], {
      cwd: repository.folder,
    });
    expect(ended.code).toBe(3);
    expect(ended.stdout).toMatch(/look +BROKEN .*\[command\/not-found\]\n {4}hint: Install it/);
    expect(ended.stdout).toContain('ENVIRONMENT FAILED');
    expect(ended.stdout).toMatch(/go on +bexpert resume \S+ --state /);
    const report = await program(['report', 'latest', '--state', repository.state], { cwd: repository.folder });
    expect(report.stdout).toContain(
      '### look: could not do its job\n\n`command/not-found` The command of step look was not found',
    );
    expect(report.stdout).toContain('Install it in `setup:`'.replaceAll('`', '\\`'));
  });
});

describe('a service whose port is taken by another one first', () => {
  it('is started again on another port, and the step goes on', async () => {
    const ended = await verify({
      own: `
bexpert: 1
services:
  memory:
    run: "node memory.mjs # ${marker}"
    env: { PORT: "\${{ service.port }}" }
  api:
    run: "node server.mjs # ${marker}"
    dependencies: [memory]
    env: { PORT: "\${{ service.port }}", MEMORY: "\${{ services.memory.url }}" }
    ready: { http: /healthz, within: 5s }
`,
      files: {
        'memory.mjs': `
import { createServer } from 'node:http';
const ports = [];
createServer((request, response) => {
  if (request.method === 'POST') ports.push(request.url.slice(1));
  response.end(JSON.stringify(ports));
}).listen(Number(process.env.PORT), '127.0.0.1');
`,
        'server.mjs': `
import { createServer } from 'node:http';
const port = process.env.PORT;
const starts = await (await fetch(process.env.MEMORY + '/' + port, { method: 'POST' })).json();
// Another process holds the port of the first start.
const holder = createServer().listen(Number(port), '127.0.0.1', () => {
  if (starts.length > 1) holder.close(serve);
  else serve();
});
const serve = () => createServer((request, response) => response.end(JSON.stringify(starts))).listen(Number(port), '127.0.0.1');
`,
        'check.mjs': `
const starts = await (await fetch(process.env.API)).json();
if (starts.length !== 2 || starts[0] === starts[1]) throw new Error('started on the ports ' + starts);
`,
      },
      step: '{ id: check, run: node check.mjs, services: [api], env: { API: "${{ services.api.url }}" }, evidence: exit-code }',
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(processesWith(marker)).toEqual([]);
  });
});

describe('nothing examined', () => {
  it('is never green: all gates skipped', async () => {
    const ended = await verify({ step: '{ id: check, run: "true", if: "${{ run.mode == \'run\' }}", evidence: exit-code }' });
    expect(ended.code).toBe(3);
    expect(ended.stdout).toMatch(/check +SKIPPED .*its condition is false/);
    expect(ended.stdout).toContain('UNVERIFIED');
  });
});
