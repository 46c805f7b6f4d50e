import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/plugin-api.ts';
import { type Scene, testGate } from '../../src/testing.ts';
import plugin from './index.ts';

/** A service that does `orders` for every request but that for its health; `count` tells how many there were. */
const server = (orders: string) => `
const http = require('node:http');
let count = 0;
const burn = (ms) => { const until = performance.now() + ms; while (performance.now() < until); };
http.createServer((req, res) => {
  if (req.url === '/healthz') return res.end('ok');
  count += 1;
  const answer = (status, body) => res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  ${orders}
}).listen(Number(process.env.PORT), '127.0.0.1');
`;
const good = "answer(200, { orders: [{ id: 1, state: 'open' }] });";
interface Options {
  readonly with?: Json;
  /** What base does; default: the same. */
  readonly base?: string;
  readonly ready?: { readonly http?: string; readonly log?: string };
  readonly auth?: Readonly<Record<string, string>>;
  readonly provider?: 'best';
}
/** Candidate and base are given as code for `server`, or as whole files. */
const scene = (orders: string, o: Options = {}): Scene => {
  const file = (code: string) => ({ 'server.js': code.startsWith('//') ? code : server(code) });
  return {
    candidate: file(orders),
    ...(o.base === undefined ? {} : { base: file(o.base) }),
    services: {
      api: {
        run: 'node server.js',
        env: { PORT: '${{ service.port }}' },
        ready: { ...(o.ready ?? { http: '/healthz' }), withinMs: 10_000 },
      },
    },
    ...(o.auth === undefined ? {} : { auth: o.auth }),
    ...(o.provider === undefined ? {} : { provider: o.provider }),
    with: { requests: [{ path: '/orders' }], connections: 4, ...(o.with as object) },
  };
};
const measured = (seen: Awaited<ReturnType<typeof testGate>>, name: string) =>
  seen.result?.measurements?.find((one) => one.name === name);

describe('the load gate', () => {
  it('finds nothing wrong with a service that answers, and says how it was measured', async () => {
    const seen = await testGate(plugin, scene(good, { with: { limits: { p95: '10m' } } }));
    expect(seen.failure).toBeUndefined();
    expect(seen.result?.findings).toEqual([]);
    expect(seen.result?.inconclusive).toBeUndefined();
    expect(seen.result?.outputs).toEqual({ requests: 250, errors: 0, rounds: 0 });
    expect(seen.result?.examined).toEqual({ unit: 'requests', count: 251, min: 1 });
    expect(measured(seen, 'GET /orders: p95')).toMatchObject({
      unit: 'milliseconds',
      limit: { at: 600_000, direction: 'at-most' },
      interval: { level: 0.98 },
    });
    const report = JSON.parse(seen.artifacts['load.json'] ?? '');
    const counts = report.requests[0].load.histogram.map(([, count]: [number, number]) => count);
    expect(counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(250);
  });
  it('works in the sandbox of this machine', async () => {
    const seen = await testGate(plugin, scene(good, { provider: 'best', with: { amount: 50 } }));
    expect(seen.failure).toBeUndefined();
    expect(seen.codes).toEqual([]);
    expect(seen.result?.outputs).toEqual({ requests: 50, errors: 0, rounds: 0 });
  });
  it('loads for a time in place of an amount', async () => {
    const seen = await testGate(plugin, scene(good, { with: { duration: '300ms' } }));
    expect(seen.codes).toEqual([]);
    expect(measured(seen, 'GET /orders: requests')?.value).toBeGreaterThan(1);
  });
  it('sends tokens, bodies and drawn values', async () => {
    const code = `
      let text = '';
      req.on('data', (chunk) => { text += chunk; });
      req.on('end', () => {
        const id = Number(req.url.split('/').at(-1));
        const right = req.method === 'PUT' && req.headers.authorization === 'Bearer let-me-in' && id >= 5 && id <= 9
          && JSON.parse(text).id === id && req.headers['content-type'] === 'application/json';
        answer(right ? 201 : 400, { id, name: 'grün' });
      });`;
    const requests = [
      {
        method: 'PUT',
        path: '/orders/{id}',
        auth: 'user',
        body: { id: '{id}' },
        values: { id: { from: 5, to: 9 } },
        expect: {
          status: 201,
          'body-includes': ['grün'],
          schema: { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 5, maximum: 9 } } },
        },
      },
    ];
    const seen = await testGate(plugin, scene(code, { auth: { user: 'echo let-me-in' }, with: { requests, amount: 60 } }));
    expect(seen.failure).toBeUndefined();
    expect(seen.result?.findings).toEqual([]);
    expect(seen.result?.outputs).toEqual({ requests: 60, errors: 0, rounds: 0 });
  });
  it('counts no error for a service that closes each connection', async () => {
    const seen = await testGate(plugin, scene(`res.setHeader('connection', 'close'); ${good}`, { with: { amount: 60 } }));
    expect(seen.codes).toEqual([]);
    expect(seen.result?.outputs).toEqual({ requests: 60, errors: 0, rounds: 0 });
  });
});

describe('wrong answers', () => {
  it('are red before there is any load, which is then left out', async () => {
    const seen = await testGate(plugin, scene("answer(500, { error: 'no table orders' });"));
    expect(seen.codes).toEqual(['load/wrong-answer']);
    expect(seen.result?.findings[0]).toMatchObject({
      message: 'GET /orders is answered wrongly before there is any load: status 500, expected is 200 to 299.',
      evidence: '{"error":"no table orders"}',
    });
    expect(seen.result?.outputs).toEqual({ requests: 0, errors: 0, rounds: 0 });
  });
  it('are red when a text is missing or the body does not fit its schema', async () => {
    const requests = [
      { path: '/a', expect: { 'body-includes': ['closed'] } },
      { path: '/b', expect: { schema: { type: 'object', required: ['total'] } } },
      { path: '/c', expect: { status: 204 } },
    ];
    const seen = await testGate(plugin, scene(good, { with: { requests } }));
    expect(seen.result?.findings.map(({ message }) => message)).toEqual([
      'GET /a is answered wrongly before there is any load: a body without "closed".',
      "GET /b is answered wrongly before there is any load: a body that does not fit the schema: it must have required property 'total'.",
      'GET /c is answered wrongly before there is any load: status 200, expected is 204.',
    ]);
  });
  it('are red when they come under load only', async () => {
    const code = `if (count % 10 === 0) return answer(404, {}); ${good}`;
    const seen = await testGate(plugin, scene(code, { with: { amount: 100 } }));
    expect(seen.codes).toEqual(['load/wrong-answer']);
    expect(seen.result?.findings[0]?.message).toMatch(
      / requests under 4 connections were answered wrongly: \d+ × status 404, expected is 200 to 299\.$/,
    );
  });
  it('are red when bodies are empty or wrong under load only', async () => {
    const empty = await testGate(plugin, scene(`if (count % 10 === 0) return res.end(); ${good}`, { with: { amount: 100 } }));
    expect(empty.codes).toEqual(['load/wrong-answer']);
    expect(empty.result?.findings[0]?.message).toContain('× an empty body');
    const requests = [{ path: '/orders', expect: { 'body-includes': ['open'] } }];
    const torn = await testGate(
      plugin,
      scene(`if (count > 5) return answer(200, 'sold'); ${good}`, { with: { amount: 100, requests } }),
    );
    expect(torn.codes).toEqual(['load/wrong-answer', 'load/wrong-answer']);
    expect(torn.result?.findings[1]?.message).toContain('after the load');
  });
});

describe('errors under load', () => {
  it('are red, and the load ends early', async () => {
    const seen = await testGate(plugin, scene(`if (count > 50 && count % 2) return answer(503, {}); ${good}`));
    expect(seen.codes).toContain('load/errors');
    const [finding] = seen.result?.findings.filter(({ code }) => code === 'load/errors') ?? [];
    expect(finding?.message).toMatch(
      /^GET \/orders: \d+ of \d+ requests under 4 connections failed \(.* %, 0 % allowed\): \d+ × status 503\.$/,
    );
  });
  it('are red when connections are cut, which autocannon alone does not count', async () => {
    const seen = await testGate(
      plugin,
      scene(`if (count % 20 === 0) return req.socket.end(); ${good}`, { with: { amount: 100 } }),
    );
    expect(seen.codes).toEqual(['load/errors']);
    expect(seen.result?.findings[0]?.message).toContain('× the connection was closed before the answer');
    // 1 check, 100 to warm up, 100 under load, 1 check.
    expect(seen.result?.outputs).toMatchObject({ errors: 10 });
  });
  it('are red when the service hangs', async () => {
    const seen = await testGate(
      plugin,
      scene(`if (count > 10) return; ${good}`, { with: { timeout: '1s', connections: 25, amount: 100 } }),
    );
    expect(seen.codes).toEqual(['load/errors', 'load/wrong-answer']);
    expect(seen.result?.findings[0]?.message).toContain('× no answer within 1 s');
  });
  it('are red when the service dies', async () => {
    const seen = await testGate(
      plugin,
      scene(`if (count > 30) { console.error('out of orders'); process.exit(1); } ${good}`, { with: { amount: 100 } }),
    );
    expect(seen.codes).toEqual(['load/died', 'load/errors', 'load/wrong-answer']);
    expect(seen.result?.findings[0]?.message).toContain('ECONNREFUSED');
    expect(seen.result?.findings[1]).toMatchObject({
      message: 'GET /orders: the service ended by itself (exit code 1) under load.',
      evidence: 'out of orders',
    });
  });
  it('are allowed up to the limit', async () => {
    const code = `if (count % 20 === 0) return answer(503, {}); ${good}`;
    const seen = await testGate(plugin, scene(code, { with: { amount: 100, limits: { errors: '20%' } } }));
    expect(seen.codes).toEqual([]);
    expect(measured(seen, 'GET /orders: errors')).toMatchObject({ limit: { at: 20, direction: 'at-most' } });
    expect(seen.result?.outputs).toMatchObject({ errors: 10 });
  });
});

describe('a service without an answer', () => {
  it('is red when it does not start and base does', async () => {
    const seen = await testGate(plugin, scene('// broken\nthrow new Error("no config");', { base: good }));
    expect(seen.codes).toEqual(['load/unreachable']);
    expect(seen.result?.findings[0]?.message).toContain('no config');
  });
  it('is no finding when base does not start either', async () => {
    const seen = await testGate(plugin, scene('// broken\nthrow new Error("no config");', { base: '// too\nprocess.exit(3)' }));
    expect(seen.failure?.code).toBe('service/died');
  });
  const refuses = "// listens to nobody\nconsole.log('ready'); setInterval(() => {}, 1000);";
  it('is red when it refuses and base does not', async () => {
    const listening = `// says so\n${server(good)}; console.log('ready');`;
    const seen = await testGate(plugin, scene(refuses, { base: listening, ready: { log: 'ready' } }));
    expect(seen.codes).toEqual(['load/unreachable']);
    expect(seen.result?.examined.count).toBe(1);
    expect(seen.result?.findings[0]?.message).toContain('ECONNREFUSED');
  });
  it('has nothing examined when base refuses too', async () => {
    const seen = await testGate(plugin, scene(refuses, { ready: { log: 'ready' } }));
    expect(seen.result?.examined.count).toBe(0);
  });
});

describe('limits', () => {
  it('are red when answers take far too long and are far too few', async () => {
    const seen = await testGate(
      plugin,
      scene(`setTimeout(() => { ${good} }, 400);`, {
        with: { amount: 100, connections: 50, limits: { p95: '10ms', throughput: 100_000 } },
      }),
    );
    expect(seen.codes).toEqual(['load/slow', 'load/throughput']);
    expect(seen.result?.findings[0]?.message).toMatch(
      /^GET \/orders: p95 is \d+ ms \(98 % interval \d+ ms to .* ms\), the limit is 10 ms \(100 requests under 50 connections\)\.$/,
    );
    expect(seen.result?.findings[1]?.message).toMatch(
      / per second, at least 100000 per second are asked for \(under 50 connections\)\.$/,
    );
  });
  it('of CPU time are red for a service that works too much, and green for one that only waits', async () => {
    const busy = await testGate(plugin, scene(`burn(8); ${good}`, { with: { amount: 40, limits: { cpu: '2ms' } } }));
    expect(busy.codes).toEqual(['load/cpu']);
    expect(busy.result?.findings[0]?.message).toMatch(
      /^GET \/orders: the service takes [\d.]+ ms of CPU time for a request, the limit is 2 ms \(40 requests under 4 connections\)\.$/,
    );
    const waits = await testGate(
      plugin,
      scene(`setTimeout(() => { ${good} }, 30);`, { with: { amount: 40, limits: { cpu: '20ms' } } }),
    );
    expect(waits.codes).toEqual([]);
    expect(measured(waits, 'GET /orders: CPU time of the service')?.value).toBeLessThan(20);
  });
  it('that too few requests can show are refused before anything starts', async () => {
    const seen = await testGate(plugin, scene(good, { with: { amount: 400, limits: { p99: '1s' } } }));
    expect(seen.failure).toMatchObject({
      code: 'load/inputs',
      message: '`limits.p99` needs at least 459 requests to be shown, and `amount` is 400.',
    });
  });
});

describe('the comparison with base', () => {
  const burn = (ms: number) => `burn(${ms}); ${good}`;
  it('is red for a candidate that does many times the work', async () => {
    const seen = await testGate(
      plugin,
      scene(burn(15), { base: burn(0.5), with: { amount: 20, compare: { tolerance: '10%' } } }),
    );
    expect(seen.codes).toEqual(['load/regression', 'load/regression']);
    expect(seen.result?.findings.map(({ subject }) => subject)).toEqual(['GET /orders time', 'GET /orders CPU time']);
    expect(seen.result?.findings[0]?.message).toMatch(
      /^GET \/orders: time per request is .* ms where base has .* ms, a change of \d+ % /,
    );
    expect(measured(seen, 'GET /orders: time, change')).toMatchObject({ limit: { at: 10 }, interval: { level: 0.98 } });
    expect(measured(seen, 'GET /orders: time, smallest change that this run would see')?.value).toBeGreaterThan(0);
  }, 60_000);
  it('is not red for a candidate that does the same', async () => {
    const seen = await testGate(
      plugin,
      scene(`${burn(1)} // `, { base: burn(1), with: { amount: 20, compare: { tolerance: '100%' } } }),
    );
    expect(seen.failure).toBeUndefined();
    expect(seen.codes).toEqual([]);
    const { comparison } = JSON.parse(seen.artifacts['load.json'] ?? '');
    expect(comparison.rounds).toBeGreaterThanOrEqual(4);
    expect(comparison.logarithmsOfCandidateByBase['GET /orders: time']).toHaveLength(comparison.rounds);
  }, 60_000);
  it('leaves out a request that is new', async () => {
    const seen = await testGate(plugin, scene(good, { base: 'answer(404, {})', with: { amount: 20, compare: {} } }));
    expect(seen.codes).toEqual([]);
    expect(seen.result?.inconclusive).toBeUndefined();
    expect(seen.log.map(({ message }) => message)).toContain('GET /orders is new, so it is not compared: base answers 404.');
  });
  it('is inconclusive when base does not answer as expected', async () => {
    const seen = await testGate(plugin, scene(good, { base: 'answer(500, {})', with: { amount: 20, compare: {} } }));
    expect(seen.codes).toEqual([]);
    expect(seen.result?.inconclusive).toBe(
      'GET /orders could not be compared: base answers it with status 500, expected is 200 to 299',
    );
  });
  it('is left out where both are the same tree', async () => {
    const seen = await testGate(plugin, scene(good, { with: { amount: 20, compare: {} } }));
    expect(seen.result?.inconclusive).toBeUndefined();
    expect(seen.result?.outputs).toEqual({ requests: 20, errors: 0, rounds: 0 });
  });
});

describe('inputs that cannot be meant', () => {
  it.each([
    [{ path: '/a/{id}' }, 'The request GET /a/{id} has {id} in its path and no value of that name.'],
    [{ path: '/a', values: { id: { from: 1, to: 2 } } }, 'Nothing in the request GET /a uses its value id.'],
    [{ path: '/{id}', values: { id: { from: 3, to: 2 } } }, 'The value id of GET /{id} goes from 3 to 2.'],
  ])('are told: %j', async (request, message) => {
    const seen = await testGate(plugin, scene(good, { with: { requests: [request] } }));
    expect(seen.failure).toMatchObject({ code: 'load/inputs', message });
  });
  it('are told: a schema that is none, a token that nobody makes', async () => {
    const schema = await testGate(
      plugin,
      scene(good, { with: { requests: [{ path: '/a', expect: { schema: { type: 'word' } } }] } }),
    );
    expect(schema.failure?.code).toBe('load/schema');
    const auth = await testGate(plugin, scene(good, { with: { requests: [{ path: '/a', auth: 'nobody' }] } }));
    expect(auth.failure?.code).toBe('auth/unknown');
  });
});
