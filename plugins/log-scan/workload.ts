// What makes the service log something: requests with markers in them, a command, or both.
import {
  drawsOf,
  filledBody,
  type Host,
  type Inputs,
  type Json,
  pluginError,
  type Request,
  requestFault,
  type ServiceInstance,
  titleOf,
} from '../../src/plugin-api.ts';
import type { manifest } from './manifest.ts';
import type { Call, Order, Sent } from './order.ts';
import { canary, shortest, type Taint } from './secrets.ts';

type LogScanHost = Host<typeof manifest>;
type LogScanInputs = Inputs<typeof manifest>;

const requestTimeoutMs = 10_000;
/** Headers that carry a secret by their nature. */
const secretHeader = /^(?:authorization|proxy-authorization|cookie|x-api-key|x-auth-token|x-csrf-token)$/;
const secretField =
  /pass(?:word|wd|phrase|code)?$|secret|token|api[-_]?key|credential|card[-_]?(?:number|no)|^cvv$|^iban$|^ssn$/i;

interface Prepared {
  readonly call: Call;
  readonly taints: readonly Taint[];
}

export interface Workload {
  /** Reasons why it did not run as meant, in words. */
  readonly trouble: readonly string[];
  /** What must not be in the log. */
  readonly taints: readonly Taint[];
}

export async function runWorkload(
  host: LogScanHost,
  o: { readonly inputs: LogScanInputs; readonly instance: ServiceInstance },
): Promise<Workload> {
  const { inputs, instance } = o;
  const prepared: Prepared[] = [];
  for (const request of inputs.requests) {
    const fault = requestFault(request, ['canary']);
    if (fault !== undefined) throw pluginError({ code: 'log-scan/inputs', ...fault });
    const token = request.auth === undefined ? undefined : await host.services.token(request.auth, instance);
    prepared.push(prepare(request, { token, draw: drawsOf(request, host.seed)() }));
  }
  const trouble: string[] = [];
  if (prepared.length > 0) {
    const sent = await send(host, { instance, calls: prepared.map(({ call }) => call) });
    for (const [index, { wrong, markersRefused }] of sent.entries()) {
      const request = inputs.requests[index];
      const title = request === undefined ? '' : titleOf(request);
      if (wrong !== undefined) trouble.push(`${title} is answered with ${wrong}`);
      if (markersRefused) host.log.info(`${title} is answered as expected only without the marker headers cookie and x-api-key.`);
    }
  }
  if (inputs.command !== undefined) {
    const result = await host.commands.run('/bin/sh', ['-c', inputs.command], {
      services: [instance],
      env: { SERVICE_URL: instance.url },
      timeoutMs: inputs.timeout,
    });
    if (result.status !== 'exited' || result.exitCode !== 0) {
      const tail = (result.stderr.trim() || result.stdout.trim()).slice(-300);
      trouble.push(`\`${inputs.command}\` ended with ${result.exitCode ?? result.status}: ${tail}`);
    }
  }
  return { trouble, taints: prepared.flatMap(({ taints }) => taints) };
}

function prepare(request: Request, o: { readonly token: string | undefined; readonly draw: (text: string) => string }): Prepared {
  const { token, draw } = o;
  const title = titleOf(request);
  const taints: Taint[] = [];
  const fill = (text: string, what: string): string =>
    text.replaceAll('{canary}', () => {
      const mark = canary();
      taints.push({ text: mark, what });
      return mark;
    });
  const given = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name.toLowerCase(),
      fill(draw(value), `the header ${name.toLowerCase()} of ${title}`),
    ]),
  );
  for (const [name, value] of Object.entries(given)) {
    const secret = value.replace(/^(?:Bearer|Basic|Token) /i, '');
    if (secretHeader.test(name) && secret.length >= shortest)
      taints.push({ text: secret, what: `the header ${name} of ${title}` });
  }
  if (token !== undefined) taints.push({ text: token, what: `the token of \`auth: ${request.auth}\`` });
  const markers = Object.fromEntries(
    ['cookie', 'x-api-key']
      .filter((name) => given[name] === undefined)
      .map((name) => {
        const mark = canary();
        taints.push({ text: mark, what: `the header ${name}` });
        return [name, name === 'cookie' ? `session=${mark}` : mark];
      }),
  );
  const drawn = typeof request.body === 'string' ? draw(request.body) : filledBody(request.body ?? null, draw);
  const body = request.body === undefined ? undefined : bodyOf(drawn, { title, fill, taints });
  return {
    taints,
    call: {
      method: request.method,
      path: fill(draw(request.path), `a marker in the path of ${title}`),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || typeof request.body === 'string' ? {} : { 'content-type': 'application/json' }),
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        ...markers,
        ...given,
      },
      ...(body === undefined ? {} : { body }),
      ...(request.expect?.status === undefined ? {} : { status: request.expect.status }),
      includes: request.expect?.['body-includes'] ?? [],
      ...(request.expect?.schema === undefined ? {} : { schema: request.expect.schema }),
      markers: Object.keys(markers),
    },
  };
}

/** The body as text; fields that hold a secret by their name become taints. */
function bodyOf(
  body: Json,
  o: { readonly title: string; readonly fill: (text: string, what: string) => string; readonly taints: Taint[] },
): string {
  if (typeof body === 'string') return o.fill(body, `a marker in the body of ${o.title}`);
  const visit = (value: Json, key: string): Json => {
    if (typeof value === 'string') {
      const what = `the field ${key} of ${o.title}`;
      const text = o.fill(value, what);
      if (text === value && secretField.test(key) && text.length >= shortest) o.taints.push({ text, what });
      return text;
    }
    if (Array.isArray(value)) return value.map((item: Json) => visit(item, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item, name)]));
  };
  return JSON.stringify(visit(body, 'body'));
}

async function send(
  host: LogScanHost,
  o: { readonly instance: ServiceInstance; readonly calls: readonly Call[] },
): Promise<readonly Sent[]> {
  const order: Order = { url: o.instance.url, calls: o.calls, timeoutMs: requestTimeoutMs };
  const result = await host.commands.run('node', [host.asset('send.mjs')], {
    services: [o.instance],
    stdin: JSON.stringify(order),
    timeoutMs: 2 * requestTimeoutMs * o.calls.length + requestTimeoutMs,
  });
  if (result.status === 'exited' && result.exitCode === 0) return JSON.parse(result.stdout) as readonly Sent[];
  throw pluginError({
    code: 'log-scan/client',
    message: `The process that sends the requests ended with ${result.exitCode ?? result.status}: ${result.stderr.trim().slice(-1000)}`,
  });
}
