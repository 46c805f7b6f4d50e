import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { openHostProxy } from '../../../src/host/sandbox/host-proxy.ts';
import { isNamed, isOwnAddress, namesOwn, plainHost } from '../../../src/host/sandbox/host-rules.ts';
import { machineProxy } from '../../../src/host/sandbox/machine-proxy.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});
const later = <T extends AsyncDisposable>(one: T): T => {
  open.push(one);
  return one;
};

async function listening(server: Server | ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  later({
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return (server.address() as AddressInfo).port;
}
const proxyFor = async (hosts: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  later(await openHostProxy({ hosts, env })).socketPath;

async function get(socketPath: string, url: string, headers: Readonly<Record<string, string>> = {}) {
  const asked = request({ socketPath, path: url, headers: { host: 'wrong', ...headers }, agent: false });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

/** Head and rest of what comes back through a CONNECT. */
async function through(socketPath: string, authority: string, words = ''): Promise<string> {
  const socket = connect({ path: socketPath, allowHalfOpen: true });
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  socket.end(words);
  return text(socket);
}

describe('the rules of hosts', () => {
  it('know names, names below a domain, and all names', () => {
    expect(isNamed('registry.example.org', ['Registry.Example.org.'])).toBe(true);
    expect(isNamed('a.example.org', ['example.org'])).toBe(false);
    expect(isNamed('a.b.example.org', ['*.example.org'])).toBe(true);
    expect(isNamed('example.org', ['*.example.org'])).toBe(false);
    expect(isNamed('evilexample.org', ['*.example.org'])).toBe(false);
    expect(isNamed('anything', ['*'])).toBe(true);
    expect(isNamed('anything', [])).toBe(false);
    expect(plainHost('[::1]')).toBe('::1');
  });
  it.each(['127.0.0.1', '127.8.8.8', '0.0.0.0', '::1', '::', '::ffff:127.0.0.1', '169.254.169.254', 'fe80::1', '10.0.0.7'])(
    'know %s as the machine itself',
    (address) => expect(isOwnAddress(address, ['10.0.0.7'])).toBe(true),
  );
  it('know others as others', () => {
    expect(['10.0.0.8', '8.8.8.8', '2001:db8::1'].map((address) => isOwnAddress(address, ['10.0.0.7']))).toEqual([
      false,
      false,
      false,
    ]);
    expect(namesOwn('127.0.0.1', ['*'])).toBe(false);
    expect(namesOwn('127.0.0.1', ['127.0.0.1'])).toBe(true);
    expect(namesOwn('localhost', ['localhost'])).toBe(true);
  });
});

describe('the proxy for hosts', () => {
  it('forwards requests to named hosts as they are, but for the headers of the connection', async () => {
    const port = await listening(createHttp((asked, answer) => answer.end(JSON.stringify(asked.headers))));
    const { status, body } = await get(await proxyFor(['127.0.0.1']), `http://127.0.0.1:${port}/`, {
      'x-one': '1',
      'proxy-authorization': 'Basic secret',
      connection: 'close, x-hop',
      'x-hop': '2',
    });
    expect(status).toBe(200);
    const seen = JSON.parse(body) as Record<string, string>;
    expect(seen).toMatchObject({ 'x-one': '1', host: `127.0.0.1:${port}` });
    expect(Object.keys(seen)).not.toContain('proxy-authorization');
    expect(Object.keys(seen)).not.toContain('x-hop');
  });

  it('tunnels to named hosts, both ways', async () => {
    const port = await listening(createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)));
    expect(await through(await proxyFor(['127.0.0.1']), `127.0.0.1:${port}`, 'secret bytes')).toBe(
      'HTTP/1.1 200 Connection established\r\n\r\nsecret bytes',
    );
  });

  it('refuses every other host, and this machine under any name that only leads to it', async () => {
    const port = await listening(createServer((socket) => socket.end('reached')));
    const all = await proxyFor(['*']);
    const answers = await Promise.all(
      [
        `localhost:${port}`,
        `127.0.0.1:${port}`,
        `127.1:${port}`,
        `2130706433:${port}`,
        `[::1]:${port}`,
        `[::ffff:127.0.0.1]:${port}`,
        `0.0.0.0:${port}`,
      ].map((authority) => through(all, authority)),
    );
    for (const answer of answers) {
      expect(answer).toMatch(/^HTTP\/1\.1 (403|502) /);
      expect(answer).not.toContain('reached');
    }
    const one = await proxyFor(['example.org']);
    expect(await through(one, `127.0.0.1:${port}`)).toContain(
      '127.0.0.1 is not among the hosts that this step may reach (example.org)',
    );
    expect((await get(one, `http://127.0.0.1:${port}/`)).status).toBe(403);
  });

  it('says what it cannot do', async () => {
    const named = await proxyFor(['127.0.0.1', 'no-such-host.invalid']);
    expect(await through(named, 'nonsense')).toMatch(/^HTTP\/1\.1 400 /);
    expect((await get(named, '/relative')).status).toBe(400);
    expect((await get(named, 'ftp://127.0.0.1/')).status).toBe(400);
    expect(await through(named, 'no-such-host.invalid:443')).toMatch(/^HTTP\/1\.1 502 /);
    const closed = await listening(createServer());
    await open.pop()?.[Symbol.asyncDispose]();
    expect(await through(named, `127.0.0.1:${closed}`)).toMatch(/^HTTP\/1\.1 502 /);
    expect((await get(named, `http://127.0.0.1:${closed}/`)).status).toBe(502);
  });
});

describe('behind a company’s proxy', () => {
  it('goes by it, with its user and password, for named hosts only', async () => {
    const seen: string[] = [];
    const company = createHttp((asked, answer) => {
      seen.push(`${asked.method} ${asked.url} ${asked.headers['proxy-authorization']}`);
      answer.end('by the company');
    });
    company.on('connect', (asked: IncomingMessage, socket: Socket) => {
      seen.push(`CONNECT ${asked.url} ${asked.headers['proxy-authorization']}`);
      socket.end('HTTP/1.1 200 OK\r\nx: y\r\n\r\nhello');
    });
    const url = `http://user:p%40ss@127.0.0.1:${await listening(company)}`;
    const proxy = await proxyFor(['far.example'], { HTTPS_PROXY: url, HTTP_PROXY: url });
    const basic = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    expect(await through(proxy, 'far.example:443')).toBe('HTTP/1.1 200 Connection established\r\n\r\nhello');
    expect((await get(proxy, 'http://far.example/path')).body).toBe('by the company');
    expect(seen).toEqual([`CONNECT far.example:443 ${basic}`, `GET http://far.example/path ${basic}`]);
    expect(await through(proxy, 'other.example:443')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await through(await proxyFor(['*'], { HTTPS_PROXY: url }), 'localhost:443')).toMatch(/^HTTP\/1\.1 403 /);
    expect(seen).toHaveLength(2);
  });

  it('hands on its refusal', async () => {
    const company = createHttp();
    company.on('connect', (_: IncomingMessage, socket: Socket) =>
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
    );
    const url = `127.0.0.1:${await listening(company)}`;
    expect(await through(await proxyFor(['far.example'], { https_proxy: url }), 'far.example:443')).toMatch(
      /^HTTP\/1\.1 502 .*the proxy of this machine answered 407\n$/s,
    );
  });

  it('is left out for the hosts of NO_PROXY', () => {
    const env = { HTTPS_PROXY: 'http://proxy:8080', NO_PROXY: 'one.example, .two.example,*.three.example:443' };
    const by = (host: string) => machineProxy({ host, secure: true, env })?.host;
    expect(['one.example', 'a.one.example', 'a.two.example', 'three.example', 'b.three.example'].map(by)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(by('other.example')).toBe('proxy:8080');
    expect(machineProxy({ host: 'x', secure: true, env: { ...env, NO_PROXY: '*' } })).toBeUndefined();
    expect(machineProxy({ host: 'x', secure: false, env })).toBeUndefined();
  });
});
