// The process that answers in place of an outside service. Its configuration is the first line of standard input; when the input ends,
// so does it. One line of standard output says that it listens; calls go to standard error, one line each.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import process from 'node:process';
import {
  type Call,
  type Calls,
  controlHeader,
  controlPath,
  type Mode,
  type Route,
  type StandInConfiguration,
} from '../control.ts';
import { pathPattern, routeFinder } from '../matching.ts';

const keptCalls = 10_000;
const keptBody = 64 * 1024;
const hidden = new Set(['authorization', 'cookie', 'proxy-authorization', 'x-api-key']);
const started = performance.now();

function serve(configuration: StandInConfiguration): void {
  const find = routeFinder(configuration.routes, configuration.prefixes);
  let mode: Mode = { mode: 'answer' };
  let left = Number.POSITIVE_INFINITY;
  let calls: Call[] = [];
  let counts = { total: 0, unmatched: 0, byRoute: {} as Record<string, number> };

  /** The mode for this call; counts down where it holds for some calls only. */
  const modeFor = (method: string, path: string): Mode => {
    const meant =
      left > 0 &&
      (mode.method === undefined || mode.method.toUpperCase() === method) &&
      (mode.path === undefined || pathPattern(mode.path).test(path));
    if (!meant) return { mode: 'answer' };
    left -= 1;
    return mode;
  };
  const count = (call: Call) => {
    counts.total += 1;
    if (call.route === undefined) counts.unmatched += 1;
    else counts.byRoute[call.route] = (counts.byRoute[call.route] ?? 0) + 1;
    calls.push(call);
    if (calls.length > keptCalls) calls.shift();
    process.stderr.write(
      `${call.method} ${call.path} ${call.status ?? 'no answer'}${call.route === undefined ? ' (no route)' : ''}\n`,
    );
  };

  const control = (request: IncomingMessage, response: ServerResponse, path: string, body: string) => {
    const what = `${request.method} ${path.slice(controlPath.length)}`;
    if (what === 'GET /calls') return json(response, 200, { ...counts, calls } satisfies Calls);
    if (what === 'DELETE /calls') {
      calls = [];
      counts = { total: 0, unmatched: 0, byRoute: {} };
      return json(response, 200, {});
    }
    if (what === 'GET /mode') return json(response, 200, mode);
    if (what === 'PUT /mode') {
      const wanted = readMode(body);
      if (wanted === undefined) return json(response, 400, { error: 'mode is one of answer, fail, delay, reset, hang' });
      mode = wanted;
      left = wanted.times ?? Number.POSITIVE_INFINITY;
      return json(response, 200, mode);
    }
    return json(response, 404, { error: `there is no ${what} here` });
  };

  const server = createServer(async (request, response) => {
    const [path = '/', query = ''] = (request.url ?? '/').split('?');
    const body = await bodyOf(request);
    if (path.startsWith(`${controlPath}/`) && request.headers[controlHeader] === configuration.token) {
      return control(request, response, path, body);
    }
    const method = request.method ?? 'GET';
    const route = find(method, path);
    const acting = modeFor(method, path);
    const status =
      acting.mode === 'reset' || acting.mode === 'hang'
        ? undefined
        : acting.mode === 'fail'
          ? (acting.status ?? 500)
          : (route?.status ?? 404);
    count({
      atMs: Math.round((performance.now() - started) * 1000) / 1000,
      method,
      path,
      query,
      headers: headersOf(request),
      body: body.slice(0, keptBody),
      status,
      route: route === undefined ? undefined : `${route.method} ${route.path}`,
    });
    if (acting.mode === 'reset') return void request.socket.destroy();
    if (acting.mode === 'hang') return;
    if (acting.mode === 'fail') return json(response, acting.status ?? 500, { error: 'a fault of the stand-in' });
    await later((route?.delayMs ?? 0) + (acting.mode === 'delay' ? acting.delayMs : 0));
    answer(response, route);
  });
  server.listen(configuration.socketPath, () => process.stdout.write('listening\n'));
}

function answer(response: ServerResponse, route: Route | undefined): void {
  if (route === undefined) {
    json(response, 404, { error: 'the stand-in has no such route' });
    return;
  }
  if (route.body === undefined) {
    response.writeHead(route.status, route.headers).end();
    return;
  }
  const text = typeof route.body === 'string' ? route.body : JSON.stringify(route.body);
  const type = typeof route.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  response.writeHead(route.status, { 'content-type': type, ...route.headers }).end(text);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function readMode(body: string): Mode | undefined {
  try {
    const wanted = JSON.parse(body) as Mode;
    return ['answer', 'fail', 'delay', 'reset', 'hang'].includes(wanted.mode) ? wanted : undefined;
  } catch {
    return undefined;
  }
}

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, hidden.has(name) ? '(hidden)' : String(value)]),
  );
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    // The caller went away: what came is what there is.
  }
  return Buffer.concat(chunks).toString('utf8');
}

const later = (ms: number) => (ms <= 0 ? Promise.resolve() : new Promise<void>((resolve) => setTimeout(resolve, ms)));

let text = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const whole = text.includes('\n');
  text += String(chunk);
  if (!whole && text.includes('\n')) serve(JSON.parse(text.slice(0, text.indexOf('\n'))) as StandInConfiguration);
});
process.stdin.on('end', () => process.exit(0));
