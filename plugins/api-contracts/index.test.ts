import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Outputs } from '../../src/plugin-api.ts';
import { testContext } from '../../src/testing.ts';
import plugin from './index.ts';
import type { manifest } from './manifest.ts';

async function mapped(candidate: Readonly<Record<string, string | Uint8Array>>, inputs = {}) {
  const seen = await testContext(plugin, { candidate, with: inputs });
  const outputs = seen.result?.outputs as Outputs<typeof manifest> | undefined;
  if (outputs === undefined) throw new Error(seen.failure?.message ?? 'no result');
  return { outputs, brief: seen.result?.brief ?? [], log: seen.log };
}
/** Text files of a folder, without what is installed. */
function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const paths = names.map((one) => path.relative(folder, path.join(one.parentPath, one.name)));
  return Object.fromEntries(
    paths.filter((one) => !one.startsWith('node_modules')).map((one) => [one, readFileSync(path.join(folder, one), 'utf8')]),
  );
}

it('maps the example service', async () => {
  const { outputs, brief } = await mapped(filesOf(path.resolve(import.meta.dirname, '../../examples/orders-api')));
  expect(outputs.routes.map(({ method, path: at, auth }) => `${method} ${at} ${auth.map(({ scopes }) => scopes)}`)).toEqual([
    'POST /customers orders:write',
    'GET /customers/{id} ',
    'GET /healthz ',
    'GET /orders orders:read',
    'POST /orders orders:write',
    'GET /orders/{id} orders:read',
    'POST /orders/{id}/payment orders:write',
  ]);
  expect(outputs.undocumented).toEqual([]);
  expect(outputs.unrouted).toEqual([]);
  // The example's provider, which test/payments.openapi.yml describes, is not its own contract.
  expect(outputs.operations).toHaveLength(7);
  expect(outputs.differences).toEqual([
    {
      method: 'GET',
      path: '/customers/{id}',
      what: 'the file asks for the scope orders:read; the code runs app.requireScope()',
    },
  ]);
  expect(outputs['not-understood']).toEqual([]);
  expect(brief[0]?.text).toContain(
    'GET /orders · src/orders/routes.js:47 · auth app.requireScope(orders:read) · querystring { limit?, before?, status? }',
  );
});

it('finds the routes, and which of them are guarded, that a running Fastify prints', async () => {
  const fixtures = path.resolve(import.meta.dirname, 'fixtures');
  const { outputs } = await mapped(filesOf(path.join(fixtures, 'fastify')));
  const printed = JSON.parse(readFileSync(path.join(fixtures, 'fastify.json'), 'utf8')) as readonly Record<string, unknown>[];
  const every = new Set(printed.filter(({ path: at }) => at === '/any/{*}').map(({ method }) => method));
  const found = outputs.routes.flatMap(({ method, path: at, auth }) =>
    (method === 'ALL' ? [...every] : [method]).map((one) => ({ method: one, path: at, guarded: auth.length > 0 })),
  );
  const inOrder = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
  expect(inOrder(found)).toEqual(inOrder(printed));
  expect(outputs['not-understood']).toEqual([]);
});

const routesOf = (outputs: Outputs<typeof manifest>) =>
  outputs.routes.map(({ method, path: at, auth }) => `${method} ${at}${auth.length > 0 ? ` ${auth.map(({ by }) => by)}` : ''}`);

it('follows Express routers through files, in CommonJS too, and counts middleware for what comes after it', async () => {
  const { outputs } = await mapped({
    'src/app.js': `
      const express = require('express');
      const { users } = require('./users');
      const app = express();
      app.use(express.json());
      app.set('x', 1);
      app.get('x');
      app.get('/before', (req, res) => res.send());
      app.use('/api', require('./api'));
      app.use(requireLogin);
      app.use('/users', users);
      app.route('/chain').get((req, res) => {}).post(audit, (req, res) => {});
      require('./late')(app);
      module.exports = app;
      function requireLogin(req, res, next) { if (!req.headers.authorization) return res.sendStatus(401); next(); }
      function audit(req, res, next) { next(); }`,
    'src/users.js': `
      const { Router } = require('express');
      const router = Router();
      router.get('/', list).delete('/:id', [checkRole('admin')], remove);
      exports.users = router;
      function list() {} function remove() {} function checkRole(role) { return () => {}; }`,
    'src/api/index.js': `
      const router = require('express').Router();
      router.use('/v1', require('./v1.js').default);
      module.exports = router;`,
    'src/api/v1.js': `
      import { Router } from 'express';
      const api = new Router();
      api.patch('/items/:id', (req, res) => {});
      export default api;`,
    'src/late.js': `module.exports = (app) => { app.put('/late', (req, res) => {}); };`,
  });
  expect(routesOf(outputs)).toEqual([
    'PATCH /api/v1/items/{id}',
    'GET /before',
    'GET /chain requireLogin',
    'POST /chain requireLogin',
    'PUT /late requireLogin',
    'GET /users requireLogin',
    'DELETE /users/{id} requireLogin,checkRole',
  ]);
  expect(outputs.routes.find(({ method }) => method === 'DELETE')?.auth.at(-1)?.scopes).toEqual(['admin']);
  expect(outputs['not-understood']).toEqual([]);
});

it('follows TypeScript classes that hold the application and are given their parts', async () => {
  const { outputs } = await mapped({
    'src/server.ts': `
      import express, { type Express } from 'express';
      import { OrderController } from './orders.js';
      export class Server {
        private readonly app: Express = express();
        constructor(private readonly orders: OrderController) {
          this.app.get('/orders/:id(\\\\d+)', this.orders.find);
          this.app.use('/internal', this.internal());
        }
        private internal() { const router = express.Router(); router.post('/reset', async (_req, res) => { res.end(); }); return router; }
      }`,
    'src/orders.ts': 'export class OrderController {\n  async find(): Promise<void> {}\n}',
  });
  expect(routesOf(outputs)).toEqual(['POST /internal/reset', 'GET /orders/{id}']);
  expect(outputs.routes.at(-1)?.handler).toEqual({ file: 'src/orders.ts', line: 2 });
});

const app = (body: string) => ({ 'src/app.js': `import Fastify from 'fastify';\nconst app = Fastify();\n${body}` });
const openapi = (paths: string) => ({
  'openapi.yml': `openapi: 3.1.0\ninfo: { title: x, version: "1" }\nservers: [{ url: "https://x.example/api" }]\npaths:\n${paths}`,
});

it('compares routes with operations: names of parameters and the path of the server do not matter', async () => {
  const { outputs, brief } = await mapped({
    ...app(`app.get('/api/a/:x', async () => {});\napp.post('/undocumented', async () => {});`),
    ...openapi('  /a/{y}: { get: { responses: {} } }\n  /gone: { put: { operationId: gone, responses: {} } }'),
  });
  expect(outputs.undocumented).toEqual([{ method: 'POST', path: '/undocumented', at: { file: 'src/app.js', line: 4 } }]);
  expect(outputs.unrouted).toEqual([{ method: 'PUT', path: '/gone', at: { file: 'openapi.yml', line: 6 } }]);
  expect(brief.find(({ title }) => title.includes('disagree'))?.text).toBe(
    'POST /undocumented is routed at src/app.js:4 and not documented\nPUT /gone is documented at openapi.yml:6 and no route was found',
  );
});

it('tells where authentication differs from what is documented', async () => {
  const { outputs } = await mapped({
    ...app(
      `app.get('/open', async () => {});\napp.get('/shut', { onRequest: app.authenticate }, async () => {});\napp.get('/same', { onRequest: app.authenticate }, async () => {});`,
    ),
    ...openapi(
      '  /open: { get: { security: [{ key: [] }], responses: {} } }\n  /shut: { get: { responses: {} } }\n  /same: { get: { security: [{ key: [] }], responses: {} } }',
    ),
  });
  expect(outputs.differences).toEqual([
    { method: 'GET', path: '/open', what: 'the file asks for authentication; no hook or middleware of the route looks like it' },
    { method: 'GET', path: '/shut', what: 'the file asks for no authentication; the code runs app.authenticate' },
  ]);
});

it('keeps the source of a schema that is not a literal, and ends for schemas that refer to themselves', async () => {
  const { outputs } = await mapped({
    ...app(
      `app.post('/x', { schema: { body: z.object({ a: z.string() }), response: { 200: shape } } }, async () => {});\nconst shape = { type: 'object', ...shape };`,
    ),
    'openapi.json': JSON.stringify({
      openapi: '3.0.0',
      paths: { '/x': { post: { requestBody: { $ref: '#/components/requestBodies/Tree' }, responses: {} } } },
      components: {
        requestBodies: { Tree: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Tree' } } } } },
        schemas: { Tree: { type: 'object', properties: { left: { $ref: '#/components/schemas/Tree' } } } },
      },
    }),
  });
  expect(outputs.routes[0]?.request).toEqual({ body: { $source: 'z.object({ a: z.string() })' } });
  expect(outputs.operations[0]?.request).toEqual({
    content: { 'application/json': { schema: { type: 'object', properties: { left: { $ref: '#/components/schemas/Tree' } } } } },
  });
});

it.each([
  [
    'a path that only a running program knows',
    `app.get(process.env.PATH_OF_X, async () => {});`,
    'the path of this route is known only',
  ],
  [
    'a prefix that only a running program knows',
    `app.register(async (inner) => { inner.get('/x', async () => {}); }, { prefix: process.env.P });`,
    'the prefix of this plugin',
  ],
  ['a plugin that only a running program knows', `app.register(plugins[name]);`, 'which plugin is registered here'],
  [
    'plugins from a folder',
    `import load from '@fastify/autoload';\napp.register(load, { dir: 'routes' });`,
    'plugins are loaded from a folder',
  ],
  [
    'a plugin that nobody registers',
    `export async function lost(inner) { inner.get('/lost', async () => {}); }`,
    'no application reaches this function',
  ],
])('reports %s', async (_, body, why) => {
  const { outputs } = await mapped(app(body));
  expect(outputs['not-understood']).toMatchObject([{ file: 'src/app.js', why: expect.stringContaining(why) }]);
});

it('survives files that import each other, routers that mount themselves and names that mean themselves', async () => {
  const { outputs } = await mapped({
    'src/a.js': `import { b } from './b.js';\nimport express from 'express';\nexport const a = b;\nconst app = express();\nconst r = express.Router();\nr.use('/r', r);\nr.get('/x', a);\napp.use(r);\nlet self = self;\napp.use(self);`,
    'src/b.js': `export { a as b } from './a.js';\nexport * from './a.js';\nexport * from './b.js';`,
  });
  expect(outputs.routes[0]).toMatchObject({ method: 'GET', path: expect.stringMatching(/^(\/r)*\/x$/) });
});

it('reports broken, huge, minified and binary files and maps the rest', async () => {
  const { outputs, brief } = await mapped({
    ...app(`app.get('/fine', async () => {});`),
    'src/broken.js': 'export const x = (;\n',
    'src/huge.js': `// ${'x'.repeat(1024 * 1024)}`,
    'src/packed.js': `const x = [${'1,'.repeat(15_000)}];`,
    'src/binary.js': Uint8Array.of(0x61, 0, 0x62),
    'src/other.js': Uint8Array.of(0x61, 0xff),
    'openapi.yml': 'openapi: 3.0.0\npaths: {a: b: c}',
    'swagger.json': '{"swagger": "1.2"}',
    'dist/app.js': `import Fastify from 'fastify'; Fastify().get('/twin', async () => {});`,
  });
  expect(routesOf(outputs)).toEqual(['GET /fine']);
  expect(outputs['not-understood'].map(({ file, why }) => `${file} ${why.slice(0, 24)}`)).toEqual([
    'src/binary.js it is a binary file',
    'src/broken.js a syntax error; what sur',
    'src/huge.js it has 1,048,579 bytes; ',
    'src/other.js it is not UTF-8 text; it',
    'src/packed.js it looks minified or gen',
    'openapi.yml it cannot be read: Block',
    'swagger.json it says that it is OpenA',
  ]);
  expect(brief.at(-1)?.text).toContain('src/broken.js:1: a syntax error');
});

it('gives the same result every time, and cuts the brief to its budget', async () => {
  const many = Array.from({ length: 200 }, (_, n) => `app.get('/route/${n}', async () => {});`).join('\n');
  const [first, second] = [await mapped(app(many), { 'max-tokens': 300 }), await mapped(app(many), { 'max-tokens': 300 })];
  expect(first).toEqual(second);
  expect(first.outputs.routes).toHaveLength(200);
  expect(first.brief[0]?.text.length).toBeLessThan(300 * 4);
  expect(first.brief[0]?.text).toMatch(/\(\d+ more are left out\)$/);
});

it('puts first in the brief what the goal names', async () => {
  const files = {
    'src/app.js': `import express from 'express';\nconst app = express();\napp.get('/customers', list);\napp.get('/orders/:id', list);`,
  };
  const first = async (goal: string) => (await mapped(files, { goal })).brief[0]?.text.split(' · ')[0];
  expect(await first('')).toBe('GET /customers');
  expect(await first('Give every order a currency')).toBe('GET /orders/{id}');
});

it('says when there is nothing to map', async () => {
  const { outputs, brief } = await mapped({ 'src/cache.js': `cache.get('/x', () => {}); new Map().get('/y');` });
  expect(outputs.routes).toEqual([]);
  expect(brief).toEqual([{ title: 'HTTP routes', text: 'No route and no OpenAPI file was found.' }]);
});
