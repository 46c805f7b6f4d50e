// What one side of a comparison may do to the other, or to itself, and how it is seen.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testGate } from '../../src/testing.ts';
import plugin from './index.ts';

/** Each takes seconds, and all of them are of the full tier; `npm test` sees one of each kind. */
const full = it.runIf(process.env.BEXPERT_TEST === 'full');
let shared = '';
beforeAll(async () => {
  shared = await mkdtemp(path.join(os.tmpdir(), 'bexpert-fairness-'));
});
afterAll(async () => {
  await rm(shared, { recursive: true, force: true });
});

const server = (o: { readonly first?: string; readonly orders?: string }) => `
const http = require('node:http');
const fs = require('node:fs');
const { spawn } = require('node:child_process');
let count = 0;
const burn = (ms) => { const until = performance.now() + ms; while (performance.now() < until); };
${o.first ?? ''}
http.createServer((req, res) => {
  if (req.url === '/healthz') return res.end('ok');
  count += 1;
  ${o.orders ?? ''}
  burn(0.5);
  res.writeHead(200, { 'content-type': 'application/json' }).end('{"orders":[]}');
}).listen(Number(process.env.PORT), '127.0.0.1');
`;
const compared = (o: {
  readonly candidate: Parameters<typeof server>[0];
  readonly base?: Parameters<typeof server>[0];
  readonly run?: string;
  readonly tolerance?: string;
  readonly provider?: 'best';
}) =>
  testGate(plugin, {
    candidate: { 'server.js': server(o.candidate), 'which.txt': 'candidate' },
    base: { 'server.js': server(o.base ?? {}), 'which.txt': 'base' },
    services: {
      api: {
        run: o.run ?? 'exec node server.js',
        env: { PORT: '${{ service.port }}', SHARED: shared },
        ready: { http: '/healthz', withinMs: 20_000 },
      },
    },
    with: { requests: [{ path: '/orders' }], connections: 2, amount: 5, compare: { tolerance: o.tolerance ?? '40%' } },
    ...(o.provider === undefined ? {} : { provider: o.provider }),
  });
type Seen = Awaited<ReturnType<typeof compared>>;
const subjects = (seen: Seen) => seen.result?.findings.map(({ code, subject }) => `${code} ${subject}`);

describe('a candidate that meddles with base', () => {
  full(
    'is seen when it wakes itself up while it is made to stand still',
    async () => {
      // Two forks and a clean environment take the waker out of sight where there is no sandbox.
      const first = `
      const waker = 'const id = Number(process.argv[1]); setInterval(() => { try { process.kill(id, "SIGCONT"); } catch { process.exit(); } }, 20);';
      spawn('/bin/sh', ['-c', 'env -i setsid "$0" -e "$1" "$2" >/dev/null 2>&1 &', process.execPath, waker, String(process.pid)], { stdio: 'ignore' });
      setInterval(() => burn(5), 10);`;
      const seen = await compared({ candidate: { first } });
      expect(subjects(seen)).toEqual(['load/interference GET /orders']);
      expect(seen.result?.findings[0]?.message).toMatch(
        /^GET \/orders: the candidate's service used [\d.]+ ms of CPU time although it was made to stand still while base was measured, in round 1\.$/,
      );
    },
    120_000,
  );

  it('is seen when it keeps base busy with requests of its own', async () => {
    const base = "fs.writeFileSync(process.env.SHARED + '/port', process.env.PORT);";
    const orders = `
      try {
        const port = Number(fs.readFileSync(process.env.SHARED + '/port', 'utf8'));
        for (let i = 0; i < 5; i += 1) http.get({ port, path: '/orders', agent: false }, (answer) => answer.resume()).on('error', () => {});
      } catch {}`;
    const seen = await compared({ base: { first: base }, candidate: { orders } });
    expect(subjects(seen)).toEqual(['load/interference GET /orders']);
    expect(seen.result?.findings[0]?.message).toContain("somebody else sent something to base's service");
  }, 120_000);
});

describe('a service that does not live through the comparison', () => {
  // Beyond what is sent before the comparison.
  const late = (code: string) => ({ orders: `if (count > 14) ${code}` });
  it('is red when it is the candidate, also where something starts it anew', async () => {
    const dies = late("{ console.error('no heap left'); process.exit(9); }");
    const dead = await compared({ candidate: dies });
    expect(subjects(dead)).toEqual(['load/died GET /orders']);
    expect(dead.result?.findings[0]).toMatchObject({
      message: 'GET /orders: the service ended by itself (exit code 9) while it was compared with base, in round 1.',
      evidence: 'no heap left',
    });
    const again = await compared({ candidate: dies, run: 'while true; do node server.js || true; done' });
    expect(subjects(again)).toEqual(['load/died GET /orders']);
    expect(again.result?.findings[0]?.message).toContain('the service was started anew by itself');
  }, 120_000);
  full(
    'leaves nothing to compare with when it is base',
    async () => {
      const seen = await compared({ base: late('process.exit(9);'), candidate: {} });
      expect(seen.codes).toEqual([]);
      expect(seen.result?.inconclusive).toBe(
        "GET /orders: base's service ended by itself (exit code 9) while it was compared with base, in round 1, so there is nothing to compare with",
      );
    },
    120_000,
  );
  it('is red when only the candidate answers wrongly or not at all by then', async () => {
    const wrong = await compared({ candidate: late("return res.writeHead(404).end('gone');") });
    expect(subjects(wrong)).toEqual(['load/wrong-answer GET /orders compared']);
    const failed = await compared({ candidate: late('return req.socket.destroy();') });
    expect(failed.result?.inconclusive).toBeUndefined();
    expect(subjects(failed)).toEqual(['load/errors GET /orders compared']);
    const empty = await compared({ candidate: late('return res.end();') });
    expect(subjects(empty)).toEqual(['load/wrong-answer GET /orders compared']);
    expect(empty.result?.findings[0]?.message).toContain('an empty body');
  }, 120_000);
});

full(
  'two that do the same are compared to the end in the sandbox of this machine',
  async () => {
    const seen = await compared({ candidate: { first: '// the same' }, tolerance: '100%', provider: 'best' });
    expect(seen.failure).toBeUndefined();
    expect(seen.codes).toEqual([]);
    const { comparison } = JSON.parse(seen.artifacts['load.json'] ?? '');
    expect(comparison.logarithmsOfCandidateByBase['GET /orders: time']).toHaveLength(comparison.rounds);
  },
  120_000,
);
