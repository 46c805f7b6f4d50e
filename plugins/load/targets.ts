// The playbook's requests, made ready for one instance: its token in the headers, the values drawn.
import type { Host, Inputs, Json, ServiceInstance } from '../../src/plugin-api.ts';
import type { manifest } from './manifest.ts';
import type { Call, Expectation, Target } from './order.ts';
import { randomOf } from './statistics.ts';

export type Request = Inputs<typeof manifest>['requests'][number];
/** As many different calls are made of a request that has values. */
const variants = 100;

/** How a request is named in findings and measurements. */
export const titleOf = ({ method, path }: Request): string => `${method} ${path}`;

export async function targetOf(
  host: Host<typeof manifest>,
  options: { readonly request: Request; readonly instance: ServiceInstance },
): Promise<Target> {
  const { request, instance } = options;
  const token = request.auth === undefined ? undefined : await host.services.token(request.auth, instance);
  return { url: instance.url, calls: callsOf(request, { token, seed: host.seed }), expect: expectationOf(request) };
}

function expectationOf({ expect }: Request): Expectation {
  return {
    ...(expect?.status === undefined ? {} : { status: expect.status }),
    includes: expect?.['body-includes'] ?? [],
    ...(expect?.schema === undefined ? {} : { schema: expect.schema }),
  };
}

/** The calls of one request: one, or as many as there are draws of its values. */
function callsOf(
  request: Request,
  options: { readonly token: string | undefined; readonly seed: number },
): readonly [Call, ...Call[]] {
  const names = Object.keys(request.values);
  const draws = Object.fromEntries(
    Object.entries(request.values).map(([name, { from, to, seed }]) => {
      const random = randomOf(seed ?? options.seed);
      return [name, () => from + Math.floor(random() * (Math.max(from, to) - from + 1))];
    }),
  );
  const draw = (): Call => {
    const drawn = new Map(names.map((name) => [name, String(draws[name]?.() ?? '')]));
    const fill = (text: string) => text.replaceAll(/\{(\w[\w-]*)\}/g, (whole, name: string) => drawn.get(name) ?? whole);
    return callOf(request, { token: options.token, fill });
  };
  return [draw(), ...Array.from({ length: names.length === 0 ? 0 : variants - 1 }, draw)];
}

function callOf(request: Request, o: { readonly token: string | undefined; readonly fill: (text: string) => string }): Call {
  const { fill } = o;
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), fill(value)]));
  const body =
    request.body === undefined
      ? undefined
      : typeof request.body === 'string'
        ? fill(request.body)
        : JSON.stringify(filled(request.body, fill));
  return {
    method: request.method,
    path: fill(request.path),
    headers: {
      ...(o.token === undefined ? {} : { authorization: `Bearer ${o.token}` }),
      ...(body === undefined || typeof request.body === 'string' ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  };
}

/** A text of a body that is one `{name}` and nothing else becomes a number. */
function filled(value: Json, fill: (text: string) => string): Json {
  if (typeof value === 'string') {
    const text = fill(value);
    return /^\{\w[\w-]*\}$/.test(value) && text !== value ? Number(text) : text;
  }
  if (Array.isArray(value)) return value.map((item: Json) => filled(item, fill));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, fill)]));
}
