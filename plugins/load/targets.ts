// The playbook's requests, made ready for one instance: its token in the headers, the values drawn.
import { drawsOf, filledBody, type Host, type Request, type ServiceInstance } from '../../src/plugin-api.ts';
import type { manifest } from './manifest.ts';
import type { Call, Expectation, Target } from './order.ts';

/** As many different calls are made of a request that has values. */
const variants = 100;

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
  const draws = drawsOf(request, options.seed);
  const draw = (): Call => callOf(request, { token: options.token, fill: draws() });
  const more = Object.keys(request.values).length === 0 ? 0 : variants - 1;
  return [draw(), ...Array.from({ length: more }, draw)];
}

function callOf(request: Request, o: { readonly token: string | undefined; readonly fill: (text: string) => string }): Call {
  const { fill } = o;
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), fill(value)]));
  const body =
    request.body === undefined
      ? undefined
      : typeof request.body === 'string'
        ? fill(request.body)
        : JSON.stringify(filledBody(request.body, fill));
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
