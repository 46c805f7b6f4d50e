// The runner's HTTP proxy for starts that may reach some hosts only: CONNECT for HTTPS, absolute requests for HTTP. curl, git, npm, pip and
// others read the variables below; `fetch` of Node reads them since 24 (NODE_USE_ENV_PROXY), in Node 20 and 22 it does not and fails.
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { ProxyAddress } from '../../plugin-api.ts';
import { isNamed, isOwnAddress, namesOwn, plainHost } from './host-rules.ts';
import { machineProxy, proxyAuthorization, proxyPort, tunnel } from './machine-proxy.ts';
import { relay } from './relay.ts';

export interface HostProxyOptions {
  readonly hosts: readonly string[];
  /** The runner's environment, for the machine's own proxy. */
  readonly env: Readonly<Record<string, string | undefined>>;
}
export interface HostProxy extends AsyncDisposable {
  /** In a folder that only the runner's user may enter. */
  readonly socketPath: string;
}

/** Variables by which programs find the proxy; what is on their own loopback they reach without it. */
export function proxyEnvironment(address: ProxyAddress): Readonly<Record<string, string>> {
  const url = `http://${address.host}:${address.port}`;
  const direct = 'localhost,127.0.0.1,::1';
  return {
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    NO_PROXY: direct,
    http_proxy: url,
    https_proxy: url,
    no_proxy: direct,
    NODE_USE_ENV_PROXY: '1',
  };
}

interface Target {
  readonly host: string;
  readonly port: number;
}

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
const refusalOf = (error: unknown): Refusal =>
  error instanceof Refusal ? error : new Refusal(502, error instanceof Error ? error.message : String(error));

function parseAuthority(authority: string): Target {
  const match = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(authority);
  if (match === null) throw new Refusal(400, `${authority} is no host and port`);
  return { host: plainHost(match[1] ?? ''), port: Number(match[2]) };
}

/** Headers that belong to one connection and not to the request (RFC 9110, section 7.6.1). */
function forwarded(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const own = new Set(['connection', 'proxy-connection', 'proxy-authorization', 'keep-alive', 'te', 'trailer', 'upgrade']);
  for (const name of headers.connection?.toLowerCase().split(',') ?? []) own.add(name.trim());
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name)));
}

const interfaces = (): readonly string[] =>
  Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));

/** Refuses what the list does not name, also where a name leads to this machine. Returns the address that was looked at. */
async function permit(host: string, o: HostProxyOptions): Promise<string> {
  if (!isNamed(host, o.hosts)) {
    throw new Refusal(403, `${host} is not among the hosts that this step may reach (${o.hosts.join(', ') || 'none'})`);
  }
  const { address } = await lookup(host).catch((error: Error) => {
    throw new Refusal(502, `${host} could not be found: ${error.message}`);
  });
  if (isOwnAddress(address, interfaces()) && !namesOwn(host, o.hosts)) {
    throw new Refusal(403, `${host} is this machine (${address}), which a step may reach only when its list names it`);
  }
  return address;
}

/** Where a company's proxy looks the name up, the list alone decides; names of this machine never go there. */
function permitByName(host: string, o: HostProxyOptions): void {
  const literal = host === 'localhost' || host.endsWith('.localhost') || /^[\d.]+$|:/.test(host);
  if (!isNamed(host, o.hosts) || (literal && !namesOwn(host, o.hosts))) {
    throw new Refusal(403, `${host} is not among the hosts that this step may reach (${o.hosts.join(', ') || 'none'})`);
  }
}

async function openTunnel(target: Target, o: HostProxyOptions): Promise<Socket> {
  const proxy = machineProxy({ host: target.host, secure: true, env: o.env });
  if (proxy !== undefined) {
    permitByName(target.host, o);
    return tunnel(proxy, target);
  }
  const socket = connect({ host: await permit(target.host, o), port: target.port, noDelay: true, allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
}

async function forwardRequest(incoming: IncomingMessage, answer: ServerResponse, o: HostProxyOptions): Promise<void> {
  if (!URL.canParse(incoming.url ?? '')) throw new Refusal(400, 'this is a proxy; it wants whole addresses');
  const url = new URL(incoming.url ?? '');
  if (url.protocol !== 'http:') throw new Refusal(400, `${url.protocol} is not forwarded; use CONNECT`);
  const host = plainHost(url.hostname);
  const proxy = machineProxy({ host, secure: false, env: o.env });
  if (proxy !== undefined) permitByName(host, o);
  const authorization = proxy === undefined ? undefined : proxyAuthorization(proxy);
  const outgoing = request({
    host: proxy === undefined ? await permit(host, o) : plainHost(proxy.hostname),
    port: proxy === undefined ? Number(url.port || 80) : proxyPort(proxy),
    method: incoming.method ?? 'GET',
    path: proxy === undefined ? url.pathname + url.search : url.href,
    headers: {
      ...forwarded(incoming.headers),
      host: url.host,
      ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
    },
    agent: false,
  });
  outgoing.on('response', (response) => {
    answer.writeHead(response.statusCode ?? 502, forwarded(response.headers));
    response.pipe(answer);
    response.on('error', () => answer.destroy());
  });
  outgoing.on('error', (error) => refuse(answer, new Refusal(502, error.message)));
  answer.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}

function refuse(answer: ServerResponse, refusal: Refusal): void {
  if (answer.headersSent) answer.destroy();
  else answer.writeHead(refusal.status, { 'content-type': 'text/plain' }).end(`bexpert: ${refusal.message}\n`);
}

export async function openHostProxy(o: HostProxyOptions): Promise<HostProxy> {
  // Short on purpose: the path of a Unix socket has at most 107 bytes.
  const folder = await mkdtemp(path.join(tmpdir(), 'bexpert-'));
  const socketPath = path.join(folder, 'proxy');
  const open = new Set<Duplex>();
  const server = createServer((incoming, answer) => {
    forwardRequest(incoming, answer, o).catch((error: unknown) => refuse(answer, refusalOf(error)));
  });
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  server.on('connect', (incoming: IncomingMessage, near: Socket, head: Buffer) => {
    const connected = Promise.resolve()
      .then(() => openTunnel(parseAuthority(incoming.url ?? ''), o))
      .then((far) => {
        near.write('HTTP/1.1 200 Connection established\r\n\r\n');
        if (head.length > 0) far.write(head);
        open.add(far);
        far.once('close', () => open.delete(far));
        relay(near, far);
      });
    connected.catch((error: unknown) => {
      const { status, message } = refusalOf(error);
      near.end(`HTTP/1.1 ${status} Refused\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\nbexpert: ${message}\n`);
    });
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    socketPath,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
