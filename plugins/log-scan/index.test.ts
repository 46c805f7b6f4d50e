import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/plugin-api.ts';
import { type Files, type Scene, testGate } from '../../src/testing.ts';
import plugin from './index.ts';

/** A service that logs as Pino does; `handle` is what it does with a request, whose body is `body`. */
const server = (handle: string, start = "log(30, 'listening');") => `
const http = require('node:http');
const write = (line) => process.stdout.write(line + '\\n');
const log = (level, msg, more = {}) => write(JSON.stringify({ level, time: Date.now(), pid: process.pid, ...more, msg }));
const errorOf = (error) => ({ err: { type: error.name, message: error.message, stack: error.stack } });
${start}
http.createServer((req, res) => {
  if (req.url === '/healthz') return res.end('ok');
  let body = '';
  req.on('data', (chunk) => { body += chunk; });
  req.on('end', () => {
    ${handle}
    if (!res.writableEnded) res.end('{}');
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
`;
interface Options {
  readonly with?: Json;
  readonly start?: string;
  readonly auth?: Readonly<Record<string, string>>;
  readonly files?: Files;
  readonly provider?: 'best';
  /** The runner's. */
  readonly env?: Readonly<Record<string, string>>;
}
const scene = (handle: string, o: Options = {}): Scene => ({
  candidate: { 'server.js': server(handle, o.start), ...o.files },
  services: {
    api: { run: 'node server.js', env: { PORT: '${{ service.port }}' }, ready: { http: '/healthz', withinMs: 10_000 } },
  },
  ...(o.auth === undefined ? {} : { auth: o.auth }),
  ...(o.provider === undefined ? {} : { provider: o.provider }),
  ...(o.env === undefined ? {} : { env: o.env }),
  with: { requests: [{ path: '/orders' }], ...(o.with as object) },
});
const look = (handle: string, o: Options = {}) => testGate(plugin, scene(handle, o));
const messages = (seen: Awaited<ReturnType<typeof look>>) => seen.result?.findings.map(({ message }) => message);

describe('the log-scan gate', () => {
  it('is inconclusive where the service ends by itself after its last answer', async () => {
    const seen = await look("res.end('{}', () => process.exit(5));");
    expect(seen.result?.inconclusive).toBe(
      'the workload did not run as it should: the service ended by itself (exit code 5), and what it would have logged after that is not there',
    );
  });
  it('finds nothing in a log that is in order, and "0 errors" is in order', async () => {
    const seen = await look("log(30, '0 errors'); log(20, 'no error: fine'); log(30, 'error handling is on', { errors: [] })");
    expect(seen.failure).toBeUndefined();
    expect(seen.result?.findings).toEqual([]);
    expect(seen.result?.inconclusive).toBeUndefined();
    expect(seen.result?.outputs).toEqual({ lines: 4, errors: 0, warnings: 0 });
  });
  it('sends requests as load does: with drawn values, and holds bodies against a schema', async () => {
    const schema = { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 5, maximum: 9 } } };
    const request = (path: string) => ({
      method: 'POST',
      path,
      body: { id: '{id}', note: '{canary}' },
      values: { id: { from: 5, to: 9 } },
      expect: { schema },
    });
    const handle =
      "log(30, 'ok'); res.end(JSON.stringify({ id: req.url === '/orders/' + JSON.parse(body).id ? JSON.parse(body).id : 'none' }));";
    const seen = await look(handle, { with: { requests: [request('/orders/{id}')] } });
    expect(seen.failure).toBeUndefined();
    expect(seen.result?.inconclusive).toBeUndefined();
    expect(seen.codes).toEqual([]);
    const other = await look(handle, { with: { requests: [request('/other')] } });
    expect(other.result?.inconclusive).toContain(
      'POST /other is answered with a body that does not fit the schema: it/id must be integer',
    );
    const fault = await look(handle, { with: { requests: [{ path: '/orders/{id}' }] } });
    expect(fault.failure).toMatchObject({
      code: 'log-scan/inputs',
      message: 'The request GET /orders/{id} has {id} in its path and no value of that name.',
    });
  });
  it('reports an error once for each kind, whatever numbers are in it', async () => {
    const seen = await look("log(50, 'order ' + Math.floor(Math.random() * 1e6) + ' is lost'); log(60, 'disk full')", {
      with: { requests: [{ path: '/a' }, { path: '/b' }] },
    });
    expect(seen.codes).toEqual(['log-scan/error', 'log-scan/error']);
    expect(seen.result?.findings[0]).toMatchObject({ severity: 'error', subject: 'order <number> is lost' });
    expect(seen.result?.findings[0]?.message).toMatch(/^The service logs at level error 2 times: order \d+ is lost$/);
    expect(seen.result?.outputs).toMatchObject({ errors: 4 });
  });
  it('points at the line of the tree that an error comes from', async () => {
    const seen = await look("log(50, 'failed', errorOf(new TypeError('no total')))");
    expect(seen.result?.findings[0]).toMatchObject({
      subject: 'failed: TypeError: no total',
      location: { file: 'server.js', line: 12 },
    });
  });
  it('takes warnings for warnings', async () => {
    const seen = await look("log(40, 'slow query')");
    expect(seen.codes).toEqual(['log-scan/warning']);
    expect(seen.result?.findings[0]).toMatchObject({
      severity: 'warning',
      message: 'The service logs a warning once: slow query',
    });
  });
  it('finds an exception that ends the service, and says that the workload did not run', async () => {
    const seen = await look("setImmediate(() => { throw new RangeError('gone'); }); return;");
    expect(seen.codes).toEqual(['log-scan/unhandled']);
    expect(messages(seen)).toEqual(['An error that nobody handled is in the log once: RangeError: gone']);
    expect(seen.result?.inconclusive).toMatch(/^the workload did not run as it should: GET \/orders is answered with /);
  });
  it('finds a rejection that nobody handled, also where the service lives on', async () => {
    const seen = await look("Promise.reject(new Error('gone'));", {
      start: "log(30, 'up'); process.on('unhandledRejection', (error) => log(30, 'unhandledRejection', errorOf(error)));",
    });
    expect(seen.codes).toEqual(['log-scan/unhandled']);
  });
  it('finds a stack trace at level info and one on standard error', async () => {
    const seen = await look("log(30, 'retry', errorOf(new Error('a'))); console.error(new Error('b'));");
    expect(seen.codes).toEqual(['log-scan/error', 'log-scan/unhandled']);
    expect(messages(seen)).toEqual([
      'A stack trace is in the log once below level warn (info): retry: Error: a',
      'The service logs at level error once: Error: b',
    ]);
  });
  it('tells lines that are not in the format of the log', async () => {
    const seen = await look("console.log('got here', 1); log(30, 'a'); log(30, 'b');");
    expect(seen.codes).toEqual(['log-scan/unparsable']);
    expect(messages(seen)).toEqual(['A line is not in the format of the log, once: got here 1']);
  });
  it('leaves out what it is told to ignore, but never secrets', async () => {
    const ignore = [
      { message: 'order * is late', reason: 'known' },
      { message: 'never said', reason: 'known' },
      { message: '*', reason: 'all' },
    ];
    const seen = await look("log(50, 'order 7 is late'); log(30, 'key ' + req.headers['x-api-key']);", { with: { ignore } });
    expect(seen.codes).toEqual(['log-scan/secret']);
    expect(seen.log).toContainEqual(
      expect.objectContaining({ level: 'info', message: '1 entries with "order * is late" are ignored: known' }),
    );
    expect(seen.log).toContainEqual(
      expect.objectContaining({ level: 'warn', message: '`ignore` names "never said", and no finding says so.' }),
    );
  });
  it("takes the log's own levels", async () => {
    const handle = "log(35, 'numbered'); log('AUDIT', 'named')";
    expect((await look(handle)).codes).toEqual([]);
    const seen = await look(handle, { with: { levels: { '35': 'error', audit: 'warn' } } });
    expect(seen.codes).toEqual(['log-scan/error', 'log-scan/warning']);
  });
  it('has nothing examined when the service logs nothing', async () => {
    const seen = await look('', { start: '' });
    expect(seen.result?.examined).toEqual({ unit: 'log lines', count: 0, min: 1 });
  });
  it('is inconclusive when a request is not answered as expected', async () => {
    const seen = await look('', {
      with: {
        requests: [
          { path: '/a', expect: { status: 404 } },
          { path: '/b', expect: { 'body-includes': ['x'] } },
        ],
      },
    });
    expect(seen.result?.inconclusive).toBe(
      'the workload did not run as it should: GET /a is answered with status 200, expected is 404; GET /b is answered with a body without "x"',
    );
  });
  it('runs a command of the tree as the workload', async () => {
    const files = {
      'call.js':
        "fetch(process.env.SERVICE_URL + '/orders', { method: 'POST' }).then(() => process.exit(Number(process.argv[2])));",
    };
    const asked = (command: string) => look("log(50, req.method + ' fails')", { files, with: { requests: [], command } });
    const seen = await asked('node call.js 0');
    expect(messages(seen)).toEqual(['The service logs at level error once: POST fails']);
    expect(seen.result?.inconclusive).toBeUndefined();
    expect((await asked('node call.js 3')).result?.inconclusive).toContain('`node call.js 3` ended with 3');
  });
  it('asks for a workload', async () => {
    expect((await look('', { with: { requests: [] } })).failure?.code).toBe('log-scan/no-workload');
  });
  it('works in the sandbox of this machine', async () => {
    const seen = await look("log(50, 'failed', errorOf(new Error('x')))", { provider: 'best' });
    expect(seen.failure).toBeUndefined();
    expect(seen.result?.findings[0]?.location).toMatchObject({ file: 'server.js' });
  });
});

describe('secrets in the log', () => {
  it('are found in the log as it was written, also where the runner masks them', async () => {
    const token = 'tok_4f9a8b7c6d5e4f3a2b1c';
    const seen = await look("log(30, 'asked', { authorization: req.headers.authorization })", {
      auth: { user: `echo ${token}` },
      env: { ORDERS_TOKEN: token },
      with: { requests: [{ path: '/orders', auth: 'user' }] },
    });
    expect(new Set(seen.codes)).toEqual(new Set(['log-scan/secret']));
    expect(JSON.stringify([seen.result, seen.artifacts])).not.toContain(token);
  });
  it('are found as the token that was sent, with its place, and are not shown', async () => {
    const token = 'tok_4f9a8b7c6d5e4f3a2b1c';
    const seen = await look("log(30, 'request', { req: { headers: { authorization: req.headers.authorization } } })", {
      auth: { user: `echo ${token}` },
      with: { requests: [{ path: '/orders', auth: 'user' }] },
    });
    expect(seen.codes).toEqual(['log-scan/secret']);
    expect(seen.result?.findings[0]).toMatchObject({
      subject: 'the token of `auth: user` in req.headers.authorization',
      message: 'The log holds the token of `auth: user` in req.headers.authorization, in 1 entry.',
    });
    expect(seen.result?.findings[0]?.evidence).toContain('Bearer tok_…(');
    expect(JSON.stringify(seen.result)).not.toContain(token);
    expect(seen.artifacts['service.log']).toContain('"msg":"request"');
    expect(seen.artifacts['service.log']).not.toContain(token);
  });
  it('are found in every form', async () => {
    const handle = `
      const { password } = JSON.parse(body);
      log(30, 'a ' + password); log(30, 'b ' + encodeURIComponent(password)); log(30, 'c ' + Buffer.from('user:' + password).toString('base64'));
      log(30, 'd ' + Buffer.from(password).toString('hex')); log(30, 'e', { form: JSON.stringify({ password }) });`;
    const body = { password: 'grün & "secret"' };
    const seen = await look(handle, { with: { requests: [{ method: 'POST', path: '/login', body }] } });
    expect(seen.result?.findings.map(({ subject, message }) => [subject, message])).toEqual([
      ['the field password of POST /login in msg', expect.stringContaining('in 4 entries')],
      ['the field password of POST /login in form', expect.stringContaining('in 1 entry')],
    ]);
    expect(seen.artifacts['service.log']).not.toMatch(/grün &|gr%C3%BCn|6772c3bc/);
  });
  it('are found as markers in the path, the body, headers and the environment', async () => {
    const handle = `
      log(30, req.url); log(30, JSON.parse(body).mail); log(30, req.headers.cookie); log(30, 'start', { env: process.env });`;
    const requests = [{ method: 'PUT', path: '/reset/{canary}', body: { mail: '{canary}@example.com' } }];
    const seen = await look(handle, { with: { requests } });
    expect(seen.result?.findings.map(({ subject }) => subject)).toEqual([
      'a marker in the path of PUT /reset/{canary} in msg',
      'the field mail of PUT /reset/{canary} in msg',
      'the header cookie in msg',
      'a variable of the environment in env.BEXPERT_MARKER_SECRET',
    ]);
  });
  it('are found by their shape', async () => {
    const handle = `
      log(30, 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P');
      log(30, 'connecting to postgres://app:hunter22@db/orders'); log(30, 'Basic ' + Buffer.from('ada:love').toString('base64'));
      log(30, '-----BEGIN RSA PRIVATE KEY-----'); log(30, 'AKIA' + 'ABCDEFGHIJKLMNOP'); log(30, 'bearer 0123456789abcdef01234567');`;
    const seen = await look(handle);
    expect(seen.result?.findings.map(({ subject }) => subject)).toEqual([
      'a JSON Web Token in msg',
      'a password in an address in msg',
      'basic credentials in msg',
      'a private key in msg',
      'an access key in msg',
      'a bearer token in msg',
    ]);
    expect(seen.artifacts['service.log']).not.toMatch(/hunter22|dozjgNryP4J3/);
  });
  it('are not seen where there are none', async () => {
    const handle = `
      log(30, 'Basic authentication is on'); log(30, 'Bearer authentication-is-required'); log(30, 'postgres://app:***@db/orders');
      log(30, 'postgres://app:[redacted]@db/orders'); log(30, 'Bearer [redacted]'); log(30, 'http://127.0.0.1:3000/a@b');`;
    expect((await look(handle)).codes).toEqual([]);
  });
  it('do not come from markers that the service refuses', async () => {
    const handle = "log(30, 'asked'); if (req.headers['x-api-key']) return res.writeHead(401).end();";
    const seen = await look(handle);
    expect(seen.codes).toEqual([]);
    expect(seen.result?.inconclusive).toBeUndefined();
    expect(seen.log.map(({ message }) => message)).toContain(
      'GET /orders is answered as expected only without the marker headers cookie and x-api-key.',
    );
  });
});
