// The machine's own way out, where a company lets nothing else through: HTTPS_PROXY, HTTP_PROXY, NO_PROXY as curl(1) reads them.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { plainHost } from './host-rules.ts';

type Env = Readonly<Record<string, string | undefined>>;

const read = (env: Env, name: string): string => env[name.toLowerCase()] ?? env[name] ?? '';

function isExempt(host: string, env: Env): boolean {
  const entries = read(env, 'NO_PROXY').split(',');
  return entries
    .map((entry) => plainHost(entry.trim().replace(/:\d+$/, '')).replace(/^\*?\./, ''))
    .some((entry) => entry !== '' && (entry === '*' || host === entry || host.endsWith(`.${entry}`)));
}

/** The proxy for a host; undefined where the machine reaches it by itself. */
export function machineProxy(o: { readonly host: string; readonly secure: boolean; readonly env: Env }): URL | undefined {
  const { host, secure, env } = o;
  // Small letters only for plain HTTP: HTTP_PROXY may be a header of a CGI request (httpoxy).
  const text = secure ? read(env, 'HTTPS_PROXY') : (env.http_proxy ?? env.HTTP_PROXY ?? '');
  if (text === '' || isExempt(host, env)) return undefined;
  return URL.canParse(text) ? new URL(text) : new URL(`http://${text}`);
}

export function proxyAuthorization(proxy: URL): string | undefined {
  if (proxy.username === '') return undefined;
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

export function proxyPort(proxy: URL): number {
  if (proxy.port !== '') return Number(proxy.port);
  return proxy.protocol === 'https:' ? 443 : 80;
}

const headLimit = 16 * 1024;

/** What the proxy answers before the tunnel begins. Bytes behind it are put back. */
async function readHead(socket: Socket): Promise<string> {
  let seen = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    seen = Buffer.concat([seen, chunk]);
    const end = seen.indexOf('\r\n\r\n');
    if (end >= 0) {
      if (seen.length > end + 4) socket.unshift(seen.subarray(end + 4));
      return seen.subarray(0, end).toString('latin1');
    }
    if (seen.length > headLimit) break;
  }
  throw new Error('the proxy of this machine gave no answer');
}

/** A tunnel through the machine's proxy (CONNECT, RFC 9110 section 9.3.6). Rejects when the proxy refuses. */
export async function tunnel(proxy: URL, target: { readonly host: string; readonly port: number }): Promise<Socket> {
  const where = { host: plainHost(proxy.hostname), port: proxyPort(proxy) };
  const secure = proxy.protocol === 'https:';
  const socket = secure ? connectTls({ ...where, servername: where.host }) : connect({ ...where, allowHalfOpen: true });
  await once(socket, secure ? 'secureConnect' : 'connect');
  const name = target.host.includes(':') ? `[${target.host}]` : target.host;
  const authorization = proxyAuthorization(proxy);
  const lines = [
    `CONNECT ${name}:${target.port} HTTP/1.1`,
    `Host: ${name}:${target.port}`,
    ...(authorization === undefined ? [] : [`Proxy-Authorization: ${authorization}`]),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const head = await readHead(socket);
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
  if (status?.startsWith('2') === true) return socket;
  socket.destroy();
  throw new Error(`the proxy of this machine answered ${status ?? 'nothing that can be read'}`);
}
