import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/plugin-api.ts';
import { type Scene, testGate } from '../../src/testing.ts';
import plugin from './index.ts';

/** A service whose answer to /orders is the given code, in which `count` tells how often it was asked. */
const server = (orders: string) => `
const http = require('node:http');
let count = 0;
const work = (ms) => { const until = performance.now() + ms; while (performance.now() < until); };
http.createServer((req, res) => {
  if (req.url === '/healthz') return res.end('ok');
  count += 1;
  const answer = (status, body) => res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  ${orders}
}).listen(Number(process.env.PORT), '127.0.0.1');
`;
const good = "answer(200, { orders: [{ id: 1, state: 'open' }] });";
const service = (o: { ready?: { http?: string; log?: string; withinMs?: number } } = {}) => ({
  api: { run: 'node server.js', env: { PORT: '${{ service.port }}' }, ready: { http: '/healthz', withinMs: 5000, ...o.ready } },
});
const scene = (orders: string, o: { with?: Json; base?: string } = {}): Scene => ({
  candidate: { 'server.js': server(orders) },
  ...(o.base === undefined ? {} : { base: { 'server.js': server(o.base) } }),
  services: service(),
  with: { requests: [{ path: '/orders' }], connections: 4, ...(o.with as object) },
});

describe('the load gate', () => {
  it('finds nothing wrong with a service that answers', async () => {
    const seen = await testGate(plugin, scene(good));
    expect(seen.failure).toBeUndefined();
    expect(seen.codes).toEqual([]);
    expect(seen.result?.inconclusive).toBeUndefined();
    expect(seen.result?.outputs).toEqual({ requests: 500, errors: 0, rounds: 0 });
    console.log(JSON.stringify(seen.result, null, 1));
  });
});
