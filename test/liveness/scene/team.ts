// Plugins of the team, for keys whose effect only a plugin shows: each the shortest that does.
import type { Files } from '../../rig/repository.ts';

const nothing = { type: 'object', properties: {}, additionalProperties: false };
const file = (manifest: object): string =>
  `export const manifest = ${JSON.stringify({ api: 1, inputs: nothing, outputs: nothing, ...manifest })};\n`;
const plugin = (kind: string, run: string): string =>
  `import { manifest } from './manifest.mjs';\nexport default { kind: '${kind}', manifest, prove: [], run: async (inputs, host, turn) => { ${run} } };\n`;

/** A gate that cannot decide. */
export const unsure: Files = {
  'plugins/unsure/manifest.mjs': file({
    kind: 'gate',
    name: 'unsure',
    summary: 'Cannot decide.',
    powers: [],
    runsOnBase: false,
    findings: { 'unsure/bad': { means: 'It is bad.', baseline: 'absolute' } },
  }),
  'plugins/unsure/index.mjs': plugin(
    'gate',
    "return { outputs: {}, examined: { unit: 'looks', count: 1, min: 1 }, findings: [], inconclusive: 'No idea.' };",
  ),
};

/** An action that spends a hundred tokens and one dollar. */
export const spender: Files = {
  'plugins/spender/manifest.mjs': file({ kind: 'action', name: 'spender', summary: 'Spends.', powers: ['write'] }),
  'plugins/spender/index.mjs': plugin(
    'action',
    "const one = { tokens: 100, usd: 1 }; await (await turn.budget.reserve(one)).settle(one); return { outputs: {}, outcome: 'ok', summary: 'Spent.' };",
  ),
};

/** A gate that is green where the token `user` of `auth` is that of the scope `read`, and a plugin that makes tokens of a scope. */
export const tokens: Files = {
  'server.mjs':
    "import http from 'node:http';\nhttp.createServer((_, answer) => answer.end('here')).listen(Number(process.env.PORT));\n",
  'plugins/asker/manifest.mjs': file({
    kind: 'gate',
    name: 'asker',
    summary: 'Asks for a token.',
    powers: ['exec'],
    runsOnBase: false,
    findings: { 'asker/other': { means: 'It is another one.', baseline: 'absolute' } },
  }),
  'plugins/asker/index.mjs': plugin(
    'gate',
    `const got = await host.services.token('user', await host.services.start('web')).catch(({ code }) => code);
const findings = got === 'token-of-read' ? [] : [{ code: 'asker/other', severity: 'error', subject: 'user', message: 'It is another one.' }];
return { outputs: {}, examined: { unit: 'tokens', count: 1, min: 1 }, findings };`,
  ),
  'plugins/maker/manifest.mjs': file({
    kind: 'context',
    name: 'maker',
    summary: 'Makes a token.',
    powers: [],
    inputs: {
      type: 'object',
      properties: { scope: { type: 'string', default: 'none', description: 'What it is for.' } },
      additionalProperties: false,
    },
    outputs: {
      type: 'object',
      properties: { token: { type: 'string', description: 'The token.' } },
      additionalProperties: false,
    },
  }),
  'plugins/maker/index.mjs': plugin('context', "return { outputs: { token: 'token-of-' + inputs.scope }, brief: [] };"),
};
/** A playbook in which the gate `a` asks for a token; `auth` are lines at the top. */
export const asking = (auth: string): string => `bexpert: 1
services: { web: { run: node server.mjs, env: { PORT: "\${{ service.port }}" }, ready: { http: / } } }
${auth}phases:
  verify: [{ id: a, uses: ./plugins/asker, services: [web] }]
`;
