import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/plugin-api.ts';
import { type Scene, testService } from '../../src/testing.ts';
import type { Calls, Mode } from './control.ts';
import plugin from './index.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}
interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** A stand-in, asked over its own socket. */
async function standIn(scene: Scene) {
  const service = await testService(plugin, scene);
  const { address, outputs } = service.handle;
  if (!('socketPath' in address)) throw new Error('it listens on a socket');
  const { token } = outputs as { readonly token: string };
  const ask = (path: string, { method = 'GET', headers = {}, body, signal }: Ask = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const call = request(
        { socketPath: address.socketPath, path, method, headers, ...(signal === undefined ? {} : { signal }) },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
        },
      );
      call.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  const control = { 'x-bexpert-control': token };
  return {
    service,
    ask,
    calls: async () => JSON.parse((await ask('/__bexpert/calls', { headers: control })).body) as Calls,
    clear: () => ask('/__bexpert/calls', { method: 'DELETE', headers: control }),
    mode: (body: Mode | Json) => ask('/__bexpert/mode', { method: 'PUT', headers: control, body }),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

const routes: Json = [
  { method: 'post', path: '/charges', status: 201, body: { id: 'ch_1' }, headers: { 'x-request-id': 'r1' } },
  { path: '/charges/{id}', body: 'plain text' },
  { path: '/charges/latest', body: { id: 'newest' } },
  { method: 'DELETE', path: '/charges/{id}', status: 204 },
];

describe('routes of the playbook', () => {
  it('answer with status, headers and body, fixed paths before those with parameters', async () => {
    await using upstream = await standIn({ with: { routes } });
    expect(await upstream.ask('/charges', { method: 'POST', body: { amount: 5 } })).toMatchObject({
      status: 201,
      body: '{"id":"ch_1"}',
      headers: { 'content-type': 'application/json', 'x-request-id': 'r1' },
    });
    expect(await upstream.ask('/charges/7?expand=all')).toMatchObject({ status: 200, body: 'plain text' });
    expect(await upstream.ask('/charges/latest')).toMatchObject({ body: '{"id":"newest"}' });
    expect(await upstream.ask('/charges/7', { method: 'DELETE' })).toMatchObject({ status: 204, body: '' });
    expect(await upstream.ask('/refunds')).toMatchObject({ status: 404 });
    expect(upstream.service.handle.url({ host: '127.0.0.1', port: 8080 })).toBe('http://127.0.0.1:8080');
    expect(await upstream.service.handle.log()).toContain('GET /refunds 404 (no route)');
  });
  it('are counted at the server, with body and headers but without credentials', async () => {
    await using upstream = await standIn({ with: { routes } });
    await upstream.ask('/charges', {
      method: 'POST',
      body: { amount: 5 },
      headers: { authorization: 'Bearer s3cret', 'idempotency-key': 'k1' },
    });
    await upstream.ask('/charges/7?a=b');
    await upstream.ask('/nothing');
    const seen = await upstream.calls();
    expect(seen).toMatchObject({ total: 3, unmatched: 1, byRoute: { 'POST /charges': 1, 'GET /charges/{id}': 1 } });
    expect(seen.calls[0]).toMatchObject({
      body: '{"amount":5}',
      status: 201,
      headers: { authorization: '(hidden)', 'idempotency-key': 'k1' },
    });
    expect(seen.calls[1]).toMatchObject({ path: '/charges/7', query: 'a=b', route: 'GET /charges/{id}' });
    await upstream.clear();
    expect(await upstream.calls()).toEqual({ total: 0, unmatched: 0, byRoute: {}, calls: [] });
  });
  it('cannot be told apart from a missing route by the code under test, which does not know the token', async () => {
    await using upstream = await standIn({ with: { routes } });
    expect(await upstream.ask('/__bexpert/calls', { method: 'DELETE' })).toMatchObject({ status: 404 });
    expect(
      await upstream.ask('/__bexpert/mode', { method: 'PUT', headers: { 'x-bexpert-control': 'guess' }, body: { mode: 'fail' } }),
    ).toMatchObject({ status: 404 });
    expect(await upstream.calls()).toMatchObject({ total: 2, unmatched: 2 });
  });
});

it('a stand-in runs in the sandbox of this machine, and is reached at its socket from outside', async () => {
  await using upstream = await standIn({ with: { routes }, provider: 'best' });
  expect((await upstream.ask('/charges/7')).body).toBe('plain text');
  await upstream.service.handle.restart();
  expect((await upstream.ask('/charges/7')).body).toBe('plain text');
});

describe('faults on demand', () => {
  it('fail for a number of calls of one route, then heal', async () => {
    await using upstream = await standIn({ with: { routes } });
    await upstream.mode({ mode: 'fail', status: 503, method: 'POST', path: '/charges', times: 2 });
    const statuses: number[] = [];
    for (let call = 0; call < 3; call++) statuses.push((await upstream.ask('/charges', { method: 'POST' })).status);
    expect(statuses).toEqual([503, 503, 201]);
    expect((await upstream.ask('/charges/1')).status).toBe(200);
  });
  it('cut the connection', async () => {
    await using upstream = await standIn({ with: { routes } });
    await upstream.mode({ mode: 'reset' });
    await expect(upstream.ask('/charges/1')).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect((await upstream.calls()).calls).toMatchObject([{ path: '/charges/1' }]);
    await upstream.mode({ mode: 'answer' });
    expect((await upstream.ask('/charges/1')).status).toBe(200);
  });
  it('never answer, and the call is in the log', async () => {
    await using upstream = await standIn({ with: { routes } });
    await upstream.mode({ mode: 'hang' });
    const stop = new AbortController();
    const asked = upstream.ask('/charges/1', { signal: stop.signal });
    await expect.poll(async () => (await upstream.calls()).total).toBe(1);
    stop.abort();
    await expect(asked).rejects.toThrow('aborted');
  });
  it('answer late', async () => {
    await using upstream = await standIn({ with: { routes } });
    await upstream.mode({ mode: 'delay', delayMs: 80 });
    const before = performance.now();
    expect((await upstream.ask('/charges/1')).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(79);
  });
  it('that do not exist are refused', async () => {
    await using upstream = await standIn({ with: { routes } });
    expect(await upstream.mode({ mode: 'explode' })).toMatchObject({ status: 400, body: expect.stringContaining('reset') });
  });
  it('end with a restart, which starts a new log', async () => {
    await using upstream = await standIn({ with: { routes } });
    await upstream.mode({ mode: 'fail' });
    await upstream.ask('/charges/1');
    await upstream.service.handle.restart();
    expect(await upstream.calls()).toMatchObject({ total: 0 });
    expect((await upstream.ask('/charges/1')).status).toBe(200);
  });
});

const openapi = `
openapi: 3.1.0
info: { title: Payments, version: "1" }
servers: [{ url: "https://api.payments.example/v1" }]
paths:
  /charges:
    post:
      responses:
        "402": { description: no, content: { application/json: { example: { error: declined } } } }
        "201": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Charge" } } } }
  /charges/{id}:
    get:
      responses:
        "200":
          description: ok
          content: { application/json: { examples: { one: { value: { id: ch_9, amount: 5 } } } } }
    delete: { responses: { "204": { description: gone } } }
components:
  schemas:
    Charge:
      type: object
      properties:
        id: { type: string, format: uuid }
        amount: { type: integer, minimum: 1 }
        currency: { type: string, enum: [eur, usd] }
        created: { type: [string, "null"], format: date-time }
        parts: { type: array, minItems: 2, items: { type: object, properties: { ok: { type: boolean } } } }
`;

describe('an OpenAPI file', () => {
  const candidate = { 'test/payments.openapi.yml': openapi };
  it('answers each operation with its first success, from its examples or its schema', async () => {
    await using upstream = await standIn({ candidate, with: { openapi: 'test/payments.openapi.yml' } });
    const made = await upstream.ask('/charges', { method: 'POST' });
    expect(made.status).toBe(201);
    expect(JSON.parse(made.body)).toEqual({
      id: '3f2a0c1e-6b7d-4c5e-9f80-0123456789ab',
      amount: 1,
      currency: 'eur',
      created: '2024-01-01T00:00:00Z',
      parts: [{ ok: true }, { ok: true }],
    });
    expect(JSON.parse((await upstream.ask('/v1/charges/5')).body)).toEqual({ id: 'ch_9', amount: 5 });
    expect((await upstream.ask('/charges/5', { method: 'DELETE' })).status).toBe(204);
    expect(upstream.service.handle.outputs).toMatchObject({
      control: '/__bexpert',
      routes: ['POST /charges', 'GET /charges/{id}', 'DELETE /charges/{id}'],
    });
  });
  it('is overruled by routes of the playbook', async () => {
    const own = [{ method: 'POST', path: '/charges', status: 402, body: { error: 'declined' } }];
    await using upstream = await standIn({ candidate, with: { openapi: 'test/payments.openapi.yml', routes: own } });
    expect(await upstream.ask('/charges', { method: 'POST' })).toMatchObject({ status: 402 });
  });
  it.each([
    ['that is not there', {}, 'file/not-found'],
    ['that is no OpenAPI 3', { 'a.yml': 'swagger: "2.0"' }, 'upstream/not-openapi'],
    ['that is no YAML', { 'a.yml': 'a: [' }, 'upstream/not-openapi'],
    ['without an operation', { 'a.yml': 'openapi: 3.0.0\npaths: {}' }, 'upstream/no-operations'],
  ])('%s is an error', async (_, files, code) => {
    await expect(testService(plugin, { candidate: files, with: { openapi: 'a.yml' } })).rejects.toMatchObject({ code });
  });
});

it('a stand-in without anything to answer is an error', async () => {
  await expect(testService(plugin, {})).rejects.toMatchObject({
    code: 'upstream/no-routes',
    hint: expect.stringContaining('openapi'),
  });
});
