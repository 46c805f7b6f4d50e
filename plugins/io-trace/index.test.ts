import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Outputs } from '../../src/plugin-api.ts';
import { testContext } from '../../src/testing.ts';
import plugin from './index.ts';
import type { manifest } from './manifest.ts';

async function traced(candidate: Readonly<Record<string, string | Uint8Array>>, inputs = {}) {
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

it('traces the example service', async () => {
  const { outputs, brief } = await traced(filesOf(path.resolve(import.meta.dirname, '../../examples/orders-api')));
  expect(outputs.findings.map(({ rule, file, routes }) => `${rule} ${file} ${routes}`)).toEqual([
    'query-in-loop src/orders/store.js GET /orders',
    'query-in-loop src/orders/store.js POST /orders',
    'outbound-call-without-timeout src/payments/client.js POST /orders/{id}/payment',
    'outbound-call-without-retry src/payments/client.js POST /orders/{id}/payment',
  ]);
  expect(outputs.findings[0]?.chain.map(({ name, file }) => `${name} ${file}`)).toEqual([
    'GET /orders src/orders/routes.js',
    'orders.list src/orders/routes.js',
  ]);
  expect(brief[0]?.text).toContain('complete runs in a loop and sends queries.');
});

it('follows a request through classes, injected parts, re-exports and callbacks by name, over files', async () => {
  const { outputs } = await traced({
    'src/server.ts': `
      import express from 'express';
      import { OrderService, Pg } from './parts/index.js';
      const app = express();
      const service = new OrderService(new Pg());
      app.get('/orders', (_req, res) => service.list().then((rows) => res.json(rows)));
      app.post('/orders', service.create.bind(service));`,
    'src/parts/index.ts': `export * from './service.js';\nexport { Store as Pg } from './store.js';`,
    'src/parts/service.ts': `
      import type { Store } from './store.js';
      export class OrderService {
        constructor(private readonly store: Store) {}
        async list() { const rows = await this.store.all(); return Promise.all(rows.map(this.one)); }
        one = async (row: { id: string }) => this.store.find(row.id);
      }`,
    'src/parts/store.ts': `
      import { Pool } from 'pg';
      export class Store {
        readonly #pool = new Pool();
        all() { return this.#pool.query('select 1'); }
        find(id: string) { return this.#pool.query('select $1', [id]); }
      }`,
  });
  expect(outputs.findings).toMatchObject([
    {
      rule: 'query-in-loop',
      file: 'src/parts/service.ts',
      routes: ['GET /orders'],
      chain: [
        { name: 'GET /orders', line: 6 },
        { name: 'service.list', line: 6 },
      ],
    },
  ]);
});

it('names routes in full, with the prefixes of the routers that they hang on, and once for each place that they hang on', async () => {
  const { outputs } = await traced({
    'package.json': '{"dependencies":{"express":"5"}}',
    'src/app.js': `import express from 'express';\nimport { orders } from './orders.js';\nconst app = express();\napp.use('/api/v1/orders', orders);\napp.use('/old', orders);\n`,
    'src/orders.js': `import { Router } from 'express';\nimport { readFileSync } from 'node:fs';\nexport const orders = Router();\norders.get('/:id', (req, res) => res.end(readFileSync('x')));\n`,
  });
  expect(outputs.findings.map(({ rule, routes }) => `${rule} ${routes}`)).toEqual([
    'blocking-call GET /api/v1/orders/{id},GET /old/{id}',
  ]);
});

it('starts at handlers that are declared, and goes on into what is injected', async () => {
  const { outputs } = await traced({
    'package.json': '{"dependencies":{"@nestjs/core":"11","@nestjs/common":"11"}}',
    'src/main.ts': `import { NestFactory } from '@nestjs/core';\nimport { AppModule } from './app.module';\nasync function main() { const app = await NestFactory.create(AppModule); app.setGlobalPrefix('api'); await app.listen(1); }\nvoid main();`,
    'src/app.module.ts': `import { Module } from '@nestjs/common';\nimport { Orders } from './orders.controller';\nimport { OrderService } from './order.service';\n@Module({ controllers: [Orders], providers: [OrderService] })\nexport class AppModule {}`,
    'src/orders.controller.ts': `import { Controller, Get } from '@nestjs/common';\nimport { OrderService } from './order.service';\n@Controller('orders')\nexport class Orders {\n  constructor(private readonly orders: OrderService) {}\n  @Get(':id/lines')\n  lines() {\n    return this.orders.lines();\n  }\n}`,
    'src/order.service.ts': `import { Injectable } from '@nestjs/common';\nimport { Pool } from 'pg';\nconst pool = new Pool();\n@Injectable()\nexport class OrderService {\n  async lines() {\n    for (const id of [1, 2]) await pool.query('select $1', [id]);\n  }\n}`,
  });
  expect(outputs.findings).toMatchObject([
    {
      rule: 'query-in-loop',
      file: 'src/order.service.ts',
      routes: ['GET /api/orders/{id}/lines'],
      chain: [{ name: 'GET /api/orders/{id}/lines' }, { name: 'this.orders.lines', file: 'src/orders.controller.ts', line: 8 }],
    },
  ]);
});

it('starts at resolvers of GraphQL too', async () => {
  const { outputs } = await traced({
    'package.json': '{"dependencies":{"@nestjs/core":"11","@nestjs/graphql":"13"}}',
    'src/book.resolver.ts': `import { Mutation, Resolver } from '@nestjs/graphql';\nimport { readFileSync } from 'node:fs';\n@Resolver()\nexport class BookResolver {\n  @Mutation(() => String)\n  addBook() {\n    return readFileSync('x', 'utf8');\n  }\n}`,
  });
  expect(outputs.findings).toMatchObject([{ rule: 'blocking-call', routes: ['mutation addBook'] }]);
});

it('puts first in the brief what the goal names', async () => {
  const files = {
    'src/app.js': `import { readFileSync } from 'node:fs';\napp.get('/orders', () => readFileSync('a'));\napp.get('/invoices', () => readFileSync('b'));`,
  };
  const first = async (goal: string) => /Reached by (.*?):/.exec((await traced(files, { goal })).brief[0]?.text ?? '')?.[1];
  expect(await first('')).toBe('GET /orders');
  expect(await first('Send an invoice by mail')).toBe('GET /invoices');
});

it('leaves out what runs in browsers, and says how many files that are', async () => {
  const page = `export const load = () => fetch('/api/orders');`;
  const { outputs, brief } = await traced({
    'package.json': '{"dependencies":{"express":"5"}}',
    'frontend/package.json': '{"dependencies":{"@angular/core":"20"}}',
    'frontend/src/app/orders.ts': page,
    'src/shop.tsx': `import { useState } from 'react';\n${page}`,
    'src/server.js': page,
  });
  expect(outputs.findings.map(({ file }) => file)).toEqual(['src/server.js', 'src/server.js']);
  expect(brief[0]?.text).toContain('2 files that run in browsers were left out');
});

it('takes a time limit that is set for all calls as one', async () => {
  const { outputs } = await traced({
    'src/setup.js': `import axios from 'axios';\naxios.defaults.timeout = 1000;`,
    'src/a.js': `import axios from 'axios';\nimport { withRetry } from './retry.js';\nexport const load = () => axios.get('https://x.example');`,
  });
  expect(outputs.findings).toEqual([]);
});

it('tells what no route reaches from what a request waits for, and ranks the latter first', async () => {
  const call = `import { readFileSync } from 'node:fs';\nexport async function pay() { readFileSync('x'); return fetch('https://x.example'); }`;
  const { outputs } = await traced({
    'src/a.js': call,
    'src/b.js': call,
    'src/app.js': `import { pay } from './b.js';\napp.addHook('onRequest', pay);`,
    'test/app.test.js': `import { pay } from '../src/a.js';\napp.get('/x', pay);`,
  });
  expect(outputs.findings.map(({ rule, file, routes }) => `${rule} ${file} ${routes}`)).toEqual([
    'outbound-call-without-timeout src/b.js hook onRequest',
    'blocking-call src/b.js hook onRequest',
    'outbound-call-without-retry src/b.js hook onRequest',
    'outbound-call-without-timeout src/a.js ',
    'outbound-call-without-retry src/a.js ',
  ]);
});

it('says where it cannot see whether a call has a time-out', async () => {
  const { outputs, brief } = await traced({ 'src/a.js': `export const load = (url, options) => fetch(url, options);` });
  expect(outputs.findings.map(({ rule }) => rule)).toEqual(['outbound-call-without-retry']);
  expect(outputs['not-understood']).toMatchObject([{ file: 'src/a.js', line: 1, what: 'fetch(url, options)' }]);
  expect(brief[1]?.text).toContain('whether fetch has a time-out');
});

it('survives functions that call each other and files that import each other', async () => {
  const { outputs } = await traced({
    'src/a.js': `import { b } from './b.js';\nexport const a = async (n) => { for (const x of n) await b(x); };\napp.get('/x', a);`,
    'src/b.js': `import { a } from './a.js';\nexport const b = async (n) => { await a(n); await b(n); };`,
  });
  expect(outputs.findings.map(({ rule, file }) => `${rule} ${file}`)).toEqual(['await-in-loop src/a.js']);
});

it('reports files that it cannot read, and says so when no route was found', async () => {
  const { outputs, log, brief } = await traced({
    'src/broken.js': 'function (\n',
    'src/binary.js': Uint8Array.of(1, 0, 2),
    'src/fine.js': 'export const x = 1;',
  });
  expect(outputs['not-understood'].map(({ file }) => file)).toEqual(['src/binary.js', 'src/broken.js']);
  expect(log.map(({ message }) => message).join()).toContain('No route handler was found');
  expect(brief[0]?.text).toBe('0 route handlers and hooks were followed through 0 functions. Nothing was found.');
});

it('gives the same result every time, and cuts the brief to its budget', async () => {
  const body = Array.from({ length: 80 }, (_, n) => `  await fetch('https://x.example/${n}');`).join('\n');
  const files = { 'src/app.js': `app.get('/x', async () => {\n${body}\n});` };
  const [first, second] = [await traced(files, { 'max-tokens': 500 }), await traced(files, { 'max-tokens': 500 })];
  expect(first).toEqual(second);
  expect(first.outputs.findings).toHaveLength(160);
  expect(first.brief[0]?.text.length).toBeLessThan(500 * 4);
  expect(first.brief[0]?.text).toMatch(/\(\d+ more are left out\)$/);
});
