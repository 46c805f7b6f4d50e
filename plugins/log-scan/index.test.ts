import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/plugin-api.ts';
import { type Scene, testGate } from '../../src/testing.ts';
import plugin from './index.ts';

/** A service that logs as Pino does; `handle` is what it does with a request. */
const server = (handle: string, start = '') => `
const http = require('node:http');
const write = (line) => process.stdout.write(line + '\\n');
const log = (level, msg, more = {}) => write(JSON.stringify({ level, time: Date.now(), pid: process.pid, ...more, msg }));
${start}
log(30, 'listening');
http.createServer((req, res) => {
  if (req.url === '/healthz') return res.end('ok');
  let body = '';
  req.on('data', (chunk) => { body += chunk; });
  req.on('end', () => {
    const answer = (status) => res.writeHead(status).end('{}');
    ${handle}
    if (!res.writableEnded) answer(200);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
`;
const scene = (handle: string, o: { with?: Json; start?: string; auth?: Record<string, string> } = {}): Scene => ({
  candidate: { 'server.js': server(handle, o.start) },
  services: {
    api: { run: 'node server.js', env: { PORT: '${{ service.port }}' }, ready: { http: '/healthz', withinMs: 5000 } },
  },
  ...(o.auth === undefined ? {} : { auth: o.auth }),
  with: { requests: [{ path: '/orders' }], ...(o.with as object) },
});

describe('the log-scan gate', () => {
  it('finds nothing in a log that is in order, and "0 errors" is in order', async () => {
    const seen = await testGate(plugin, scene("log(30, '0 errors'); log(20, 'no error: fine')"));
    expect(seen.failure).toBeUndefined();
    expect(seen.result?.findings).toEqual([]);
    expect(seen.result?.inconclusive).toBeUndefined();
    expect(seen.result?.outputs).toEqual({ lines: 3, errors: 0, warnings: 0 });
  });
  it('reports an error once for each kind, whatever numbers are in it', async () => {
    const seen = await testGate(
      plugin,
      scene("log(50, 'order ' + Math.floor(Math.random() * 1e6) + ' is lost'); log(60, 'disk full')", {
        with: { requests: [{ path: '/a' }, { path: '/b' }] },
      }),
    );
    expect(seen.codes).toEqual(['log-scan/error', 'log-scan/error']);
    expect(seen.result?.findings[0]).toMatchObject({ severity: 'error', subject: 'order <number> is lost' });
    expect(seen.result?.findings[0]?.message).toMatch(/^The service logs at level error 2 times: order \d+ is lost$/);
  });
});
