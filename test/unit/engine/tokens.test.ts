// Tokens of `auth`: made by commands and plugins beside the service that they are for, and seen by nobody.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Files } from '../../rig/repository.ts';
import { of, type Played, type PlayOptions, play, repositoryOf } from './play.ts';

/** Signs what it is asked for, and says too much in its log. */
const idp = `
const http = require('node:http');
const { createHmac } = require('node:crypto');
let count = 0;
http.createServer((req, res) => {
  if (req.url === '/healthz') return res.end('ok');
  if (req.headers['x-client'] !== process.env.CLIENT) return res.writeHead(403).end();
  count += 1;
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = part({ alg: 'HS256' }) + '.' + part({ scope: new URL(req.url, 'http://x').searchParams.get('scope'), count });
  const token = text + '.' + createHmac('sha256', 'the key of this idp').update(text).digest('base64url');
  console.log('signed ' + count + ': ' + token);
  res.end(token);
}).listen(Number(process.env.PORT), '127.0.0.1');
`;
/** Lets in who has a token that its idp has signed. */
const api = `
const http = require('node:http');
const { createHmac } = require('node:crypto');
http.createServer((req, res) => {
  if (req.url === '/healthz') return res.end('ok');
  console.log('header ' + req.headers.authorization);
  const [head, body, signature] = (req.headers.authorization ?? '').replace('Bearer ', '').split('.');
  const right = createHmac('sha256', 'the key of this idp').update(head + '.' + body).digest('base64url') === signature;
  const scope = right ? JSON.parse(Buffer.from(body, 'base64url').toString()).scope : '';
  res.writeHead(scope === 'orders:read' ? 200 : 401).end('{}');
}).listen(Number(process.env.PORT), '127.0.0.1');
`;
const manifest = (name: string, more: object = {}): string =>
  `export const manifest = ${JSON.stringify({
    kind: 'context',
    name,
    api: 1,
    summary: 'Makes a token.',
    inputs: {
      type: 'object',
      properties: {
        scope: { type: 'string', default: 'orders:read', description: 'What it is for.' },
        issuer: { type: 'string', default: '', description: 'Who signs.' },
        key: { type: 'string', default: 'a client', description: 'Key of the client.' },
      },
      additionalProperties: false,
    },
    outputs: {
      type: 'object',
      properties: { token: { type: 'string', description: 'The token.' } },
      additionalProperties: false,
    },
    powers: ['exec'],
    ...more,
  })};\n`;
const plugin = (run: string): string =>
  `import { manifest } from './manifest.mjs';\nexport default { kind: 'context', manifest, run: async (inputs, host) => { ${run} } };\n`;
const asks = `const { stdout } = await host.commands.run('node', ['-e', 'fetch(process.argv[1], { headers: { "x-client": process.argv[2] } }).then((r) => r.text()).then((t) => process.stdout.write(t))', inputs.issuer + '/sign?scope=' + inputs.scope, inputs.key]);
  host.log.info('the token is ' + stdout);
  await host.artifact('token.txt', 'text/plain', stdout);
  return { outputs: { token: stdout }, brief: [{ title: 'Token', text: stdout }] };`;
const foreign: Files = {
  'plugins/signed/plugin.json': JSON.stringify({
    kind: 'context',
    name: 'signed',
    api: 1,
    summary: 'Makes a token.',
    command: ['node', 'main.mjs'],
    inputs: {
      type: 'object',
      properties: {
        issuer: { type: 'string', format: 'service', description: 'Who signs.' },
        key: { type: 'string', description: 'Key of the client.' },
      },
    },
    outputs: { type: 'object', properties: { token: { type: 'string', description: 'The token.' } } },
  }),
  'plugins/signed/main.mjs': `import { readFileSync } from 'node:fs';
const { inputs, services } = JSON.parse(readFileSync(0, 'utf8'));
const response = await fetch(services.base[inputs.issuer].url + '/sign?scope=orders:read', { headers: { 'x-client': inputs.key } });
const token = await response.text();
console.error('got ' + token);
process.stdout.write(JSON.stringify({ outputs: { token }, brief: [] }));
`,
};

const service = (run: string, more = ''): string =>
  `{ run: ${run}, env: { PORT: "\${{ service.port }}"${more} }, ready: { http: /healthz }`;
const surroundings = (auth: string): string => `bexpert: 1
secrets: { client: { env: CLIENT_KEY } }
services:
  idp: ${service('node idp.cjs', ', CLIENT: "${{ secrets.client }}"')} }
  api: ${service('node api.cjs')}, dependencies: [idp] }
auth:
  user: ${auth}
`;
const asked = JSON.stringify(['/orders?page=1', '/orders?page=2'].map((path) => ({ path, auth: 'user' })));
const playbook = `bexpert: 1
phases:
  verify:
    - { uses: load, with: { requests: ${asked}, amount: 10, connections: 2 } }
`;
const client = 'client-of-the-team/1';

async function played(auth: string, files: Files, options: PlayOptions = {}) {
  const repository = await repositoryOf({
    'idp.cjs': idp,
    'api.cjs': api,
    'bexpert.yml': surroundings(auth),
    'playbook.yml': playbook,
    ...files,
  });
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, CLIENT_KEY: client };
  const run = await play(repository, { mode: 'verify', env, ...options });
  return { run, [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose]() };
}
const resultOf = (run: Played) => of(run.events, 'step-finished').at(-1)?.result;
/** Text of all files that a run keeps, by path. */
const kept = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]);
const logOf = (run: Played, name: string): string =>
  kept(path.join(run.folder, 'logs'))
    .filter(([file]) => file.includes(`-${name}`))
    .map(([, text]) => text)
    .join('');
/** A part that no token of these tests lacks and nothing else has. */
const shape = /eyJ[\w-]+\.[\w-]+\.[\w-]+/;

const withIssuer = `with: { issuer: "\${{ services.idp.url }}", key: "\${{ secrets.client }}" }`;
describe.each([
  [
    'a plugin of the team',
    { 'plugins/jwt/manifest.mjs': manifest('jwt'), 'plugins/jwt/index.mjs': plugin(asks) },
    `{ uses: ./plugins/jwt, ${withIssuer} }`,
    'preferred',
  ],
  [
    'a plugin in another language',
    foreign,
    `{ uses: ./plugins/signed, with: { issuer: idp, key: "\${{ secrets.client }}" } }`,
    'preferred',
  ],
  [
    'a command',
    {
      'token.mjs': `const r = await fetch(process.env.IDP + '/sign?scope=orders:read', { headers: { 'x-client': process.env.KEY } });\nconsole.log(await r.text());\n`,
    },
    `{ run: node token.mjs, env: { IDP: "\${{ services.idp.url }}", KEY: "\${{ secrets.client }}" } }`,
    'off',
  ],
] as const)('a token that %s makes', (_, files, auth, sandbox) => {
  it('opens the service that it is made for, is made once for it, and is nowhere to be read', async () => {
    await using seen = await played(auth, files, { sandbox });
    const { run } = seen;
    expect(resultOf(run), JSON.stringify(run.diagnostics)).toMatchObject({ kind: 'gate', verdict: 'pass' });
    expect(run.exitCode).toBe(0);
    expect(logOf(run, 'idp').trim().split('\n')).toEqual(['signed 1: ***']);
    const headers = logOf(run, 'api').trim().split('\n');
    expect(new Set(headers)).toEqual(new Set(['header Bearer ***']));
    expect(kept(run.folder).filter(([, text]) => shape.test(text) || text.includes(client))).toEqual([]);
    expect(run.shown.filter((event) => shape.test(JSON.stringify(event)))).toEqual([]);
  });
});

describe('a plugin that makes no token is said to have made none', () => {
  const cases = {
    empty: [
      "return { outputs: { token: '' }, brief: [] };",
      'auth/failed',
      'gave no token: the output `token` of the plugin ./plugins/empty is empty.',
    ],
    none: ['return { outputs: {}, brief: [] };', 'auth/failed', 'the output `token` of the plugin ./plugins/none is empty.'],
    words: ["return { outputs: { token: 'not a token' }, brief: [] };", 'auth/failed', 'is more than one word.'],
    short: [
      "return { outputs: { token: 'none' }, brief: [] };",
      'auth/short',
      '`auth: short` (bexpert.yml:8) gave a token of 4 characters; it has to have 6 at least.',
    ],
    number: [
      'return { outputs: { token: 5 }, brief: [] };',
      'auth/failed',
      'says plugin/outputs: its outputs are not what its manifest allows: `token` takes text, and this is the number 5.',
    ],
    nested: [
      "return { outputs: { token: await host.services.token('none', await host.services.start('api')) }, brief: [] };",
      'auth/failed',
      'says auth/nested: The plugin that makes the token nested asks for the token none.',
    ],
    stranger: [
      "await host.services.start('worker');",
      'auth/failed',
      'There is no service worker for this token; there are api.',
    ],
    closed: [
      "throw Object.assign(new Error('The issuer is closed.'), { brand: 'bexpert/plugin-error', code: 'closed/now' });",
      'auth/failed',
      'says closed/now: The issuer is closed.',
    ],
    late: [
      "const instance = await host.services.start('api'); await instance[Symbol.asyncDispose](); throw Object.assign(new Error((await host.commands.run('node', ['-e', 'fetch(process.argv[1]).then((r) => r.text()).then(console.log)', instance.url + '/healthz'])).stdout), { brand: 'bexpert/plugin-error', code: 'late/ok' });",
      'auth/failed',
      'says late/ok: ok',
    ],
  } as const;
  const names = Object.keys(cases);
  const files = Object.fromEntries(
    Object.entries(cases).flatMap(([name, [run]]) => [
      [`plugins/${name}/manifest.mjs`, manifest(name)],
      [`plugins/${name}/index.mjs`, plugin(run)],
    ]),
  );
  const asker: Files = {
    'plugins/asker/manifest.mjs': `export const manifest = ${JSON.stringify({
      kind: 'gate',
      name: 'asker',
      api: 1,
      summary: 'Asks for tokens.',
      inputs: { type: 'object', properties: {}, additionalProperties: false },
      outputs: { type: 'object', properties: {}, additionalProperties: false },
      powers: ['exec'],
      runsOnBase: false,
      findings: { 'asker/none': { means: 'There is none.', baseline: 'absolute' } },
    })};\n`,
    'plugins/asker/index.mjs': `import { manifest } from './manifest.mjs';
export default { kind: 'gate', manifest, prove: [], run: async (_, host) => {
  const api = await host.services.start('api');
  const findings = [];
  for (const name of ${JSON.stringify([...names, 'nobody', 'toString'])})
    await host.services.token(name, api).catch(({ code, message }) => findings.push({ code: 'asker/none', severity: 'error', subject: name, message: code + ' ' + message }));
  return { outputs: {}, examined: { unit: 'tokens', count: ${names.length}, min: 1 }, findings };
} };
`,
  };

  it('with its line, the plugin, and why', async () => {
    await using repository = await repositoryOf({
      ...files,
      ...asker,
      'api.cjs': api,
      'bexpert.yml': `bexpert: 1
services:
  api: ${service('node api.cjs')} }
auth:
${names.map((name) => `  ${name}: { uses: ./plugins/${name} }`).join('\n')}
`,
      'playbook.yml': 'bexpert: 1\nphases: { verify: [{ uses: ./plugins/asker, services: [api] }] }\n',
    });
    const run = await play(repository, { mode: 'verify' });
    const result = resultOf(run);
    if (result?.kind !== 'gate') throw new Error(JSON.stringify(result));
    const said = new Map(result.findings.map(({ subject, message }) => [subject, message]));
    for (const [name, [, code, words]] of Object.entries(cases)) {
      expect(said.get(name)).toMatch(new RegExp(`^${code} `));
      expect(said.get(name)).toContain(words);
    }
    expect(said.get('nobody')).toMatch(/^auth\/unknown There is no `auth:` entry nobody; there are empty, none, /);
    expect(said.get('toString')).toMatch(/^auth\/unknown /);
  });
});
