import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Pod, SandboxProvider } from '../../../src/host/sandbox/contract.ts';
import type { ProxyAddress } from '../../../src/plugin-api.ts';
import { openMachine, type SpecOptions, sh } from './sandbox-rig.ts';

const machine = await openMachine();
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of open.splice(0).reverse()) await end();
});
afterAll(() => machine.remove());

async function serving<S extends Server>(server: S, at: { readonly path: string } | { readonly host: string }): Promise<number> {
  server.listen('path' in at ? at : { ...at, port: 0 });
  await once(server, 'listening');
  open.push(async () => {
    if ('closeAllConnections' in server) (server as unknown as { closeAllConnections(): void }).closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return 'path' in at ? 0 : (server.address() as AddressInfo).port;
}
/** Sends back what it gets, and its own end after the other's. */
const echo = () => createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => undefined).pipe(socket));
const answering = (body: string) => createHttp((request, response) => response.end(`${body} ${request.method} ${request.url}`));

const node = process.execPath;
/** A line that sends a text to a port inside and prints what comes back. */
const talk = (port: number, words: string) =>
  `'${node}' -e "const s = require('net').connect({port: ${port}, host: '127.0.0.1'}); s.end('${words}'); s.on('error', (e) => { console.log(e.code); }); s.pipe(process.stdout)"`;
const get = (url: string) =>
  `'${node}' -e "fetch('${url}').then((r) => r.text()).then(console.log, (e) => console.log(e.cause.code))"`;

async function answerOf(socket: Duplex, words: string): Promise<string> {
  socket.end(words);
  return text(socket);
}

describe.each([...machine.isolating, 'none' as const])('the network of the provider %s', (name) => {
  let opened: Promise<SandboxProvider> | undefined;
  const provider = () => {
    opened ??= machine.open(name);
    return opened;
  };
  afterAll(async () => (await opened)?.[Symbol.asyncDispose]());
  const run = async (line: string, options: SpecOptions = {}) => sh(await provider(), line, options);
  const podOf = async (): Promise<Pod> => {
    const pod = await (await provider()).openPod();
    open.push(async () => pod[Symbol.asyncDispose]());
    return pod;
  };
  const isolates = name !== 'none';

  it.runIf(isolates)('is its own loopback and nothing else', async () => {
    const port = await serving(answering('outside'), { host: '127.0.0.1' });
    expect((await run(get(`http://127.0.0.1:${port}/`))).stdout).toBe('ECONNREFUSED\n');
    const own = `'${node}' -e "const s = require('http').createServer((q, r) => r.end('own')).listen(0, async () => { console.log(await (await fetch('http://localhost:' + s.address().port)).text()); process.exit() })"`;
    expect((await run(own)).stdout).toBe('own\n');
    expect((await run('grep -c : /proc/net/dev; grep -v -e lo: -e "|" /proc/net/dev; true')).stdout).toBe('1\n');
  });

  it('is the machine’s for trusted commands', async () => {
    const port = await serving(answering('outside'), { host: '127.0.0.1' });
    const { stdout } = await run(get(`http://localhost:${port}/x`), { network: { kind: 'machine' } });
    expect(stdout).toBe('outside GET /x\n');
  });

  it('of a pod is shared by its starts, and by no other', async () => {
    const pod = await podOf();
    const port = await pod.freePort();
    const server = await (await provider()).start({
      argv: [node, '-e', `require('http').createServer((q, r) => r.end('in the pod')).listen(${port}, '127.0.0.1')`],
      profile: 'service',
      mounts: [],
      cwd: '/',
      env: {},
      network: { kind: 'none' },
      pod,
      signal: new AbortController().signal,
    });
    open.push(() => server.stop());
    const wait = `'${node}' -e "const go = () => fetch('http://127.0.0.1:${port}').then((r) => r.text()).then(console.log, () => setTimeout(go, 10)); go()"`;
    expect((await run(wait, { pod })).stdout).toBe('in the pod\n');
    const socket = await pod.connect({ host: '127.0.0.1', port });
    expect(await answerOf(socket, 'GET / HTTP/1.0\r\n\r\n')).toContain('in the pod');
    if (!isolates) return;
    expect((await run(get(`http://127.0.0.1:${port}/`))).stdout).toBe('ECONNREFUSED\n');
    const other = await podOf();
    expect((await run(get(`http://127.0.0.1:${port}/`), { pod: other })).stdout).toBe('ECONNREFUSED\n');
  });

  it('of a pod gives each caller another free port', async () => {
    const pod = await podOf();
    const ports = await Promise.all(Array.from({ length: 20 }, () => pod.freePort()));
    expect(new Set(ports).size).toBe(20);
  });

  it('of a pod lets in what lies outside: a Unix socket and an address', async () => {
    const pod = await podOf();
    const folder = path.join(machine.fresh('socket'), 'deep'.repeat(30));
    mkdirSync(folder);
    // Node itself cannot listen at so long a path; a command inside sees a shorter one.
    const socketPath = path.join(folder, 's');
    symlinkSync(folder, path.join(machine.folder, `short-${name}`));
    await serving(echo(), { path: path.join(machine.folder, `short-${name}`, 's') });
    const port = await serving(echo(), { host: '127.0.0.1' });
    const byPath = await pod.admit({ socketPath });
    const byAddress = await pod.admit({ host: '127.0.0.1', port });
    expect(byPath.host).toBe('127.0.0.1');
    expect((await run(talk(byPath.port, 'by path'), { pod })).stdout).toBe('by path');
    expect((await run(talk(byAddress.port, 'by address'), { pod })).stdout).toBe('by address');
    await byPath[Symbol.asyncDispose]();
    expect((await run(talk(byPath.port, 'gone'), { pod })).stdout).toBe('ECONNREFUSED\n');
  });

  it('of a pod relays megabytes both ways, an end of one side only, and a partner that is not there', async () => {
    const pod = await podOf();
    const socketPath = path.join(machine.fresh('socket'), 's');
    await serving(echo(), { path: socketPath });
    const admitted = await pod.admit({ socketPath });
    const big = 'x'.repeat(8_000_000);
    expect((await answerOf(await pod.connect(admitted), big)).length).toBe(big.length);
    const nobody = await pod.admit({ socketPath: `${socketPath}-none` });
    const socket = (await pod.connect(nobody)) as Socket;
    socket.on('error', () => undefined).resume();
    await new Promise((resolve) => (socket.closed ? resolve(undefined) : socket.once('close', resolve)));
    expect(socket.bytesRead).toBe(0);
  });

  it('of a pod brings connections to the runner', async () => {
    const pod = await podOf();
    const listener = await pod.listen((socket) => {
      void text(socket).then((said) => socket.end(`heard ${said}`));
    });
    // The runner ends its side only when it has heard the end of the other.
    const half = `'${node}' -e "const s = require('net').connect({port: ${listener.port}, host: '127.0.0.1', allowHalfOpen: true}); s.write('hello'); s.on('data', (d) => { process.stdout.write(d); s.end() })"`;
    const line = await pod.listen((socket) => socket.on('data', (chunk) => socket.write(`heard ${chunk}`)));
    expect((await run(half.replace(String(listener.port), String(line.port)), { pod })).stdout).toBe('heard hello');
  });

  it('of a pod refuses a connection to where nothing listens', async () => {
    const pod = await podOf();
    const port = await pod.freePort();
    await expect(pod.connect({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is a list of hosts, by a proxy that programs find in their environment', async () => {
    const port = await serving(answering('outside'), { host: '127.0.0.1' });
    const curl = (url: string) => `curl -s -m 10 -w ' %{http_code}' --noproxy '' ${url}`;
    const options = (hosts: readonly string[]): SpecOptions => ({
      network: { kind: 'hosts', hosts },
      env: { PATH: '/usr/bin:/bin' },
    });
    expect((await run(curl(`http://127.0.0.1:${port}/a?b=c`), options(['127.0.0.1']))).stdout).toBe('outside GET /a?b=c 200');
    expect((await run(curl(`http://127.0.0.1:${port}/`), options(['*']))).stdout).toMatch(/is this machine.* 403$/s);
    expect((await run(curl(`http://127.0.0.1:${port}/`), options(['example.org']))).stdout).toMatch(
      /not among the hosts.*\(example\.org\)\n 403$/,
    );
    const { stdout } = await run('env | grep -i proxy | sort', options([]));
    expect(stdout).toMatch(
      /^HTTPS_PROXY=(http:\/\/127\.0\.0\.1:\d+)\nHTTP_PROXY=\1\nNODE_USE_ENV_PROXY=1\nNO_PROXY=localhost,127\.0\.0\.1,::1\nhttp_proxy=\1\nhttps_proxy=\1\nno_proxy=/,
    );
  });

  it.runIf(isolates)('is a list of hosts for those that go past the proxy too', async () => {
    const port = await serving(answering('outside'), { host: '127.0.0.1' });
    const { stdout } = await run(get(`http://127.0.0.1:${port}/`), { network: { kind: 'hosts', hosts: ['127.0.0.1'] } });
    expect(stdout).toBe('ECONNREFUSED\n');
  });

  it.runIf(isolates)('of a pod is gone when its holder is, and says so', async () => {
    const pod = await podOf();
    const { holder } = pod as Pod & { readonly holder: number };
    process.kill(holder, 'SIGKILL');
    await expect(pod.connect({ host: '127.0.0.1', port: 1 } satisfies ProxyAddress)).rejects.toMatchObject({
      code: 'sandbox/pod-ended',
    });
    await expect(run('true', { pod })).rejects.toMatchObject({ code: 'sandbox/setup-failed' });
  });
});
