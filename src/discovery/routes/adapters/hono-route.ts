// Hono: what one route says of itself, by validators and by createRoute of @hono/zod-openapi.
import type { Node } from 'oxc-parser';
import type { Json } from '../../../contract/schema.ts';
import { guardsOf } from '../guards.ts';
import type { Use } from '../join-uses.ts';
import type { Walk } from '../join-walk.ts';
import { joinPaths, type Mount, methodOf } from '../model.ts';

/** `:id{[0-9]+}`, `:id?` and `*` in the notation of OpenAPI: https://hono.dev/docs/api/routing */
export function plain(path: string): string {
  return path
    .replace(/:(\w+)(\{(?:[^{}]|\{[^}]*\})*\})?\??/g, (_, name: string, pattern = '') =>
      pattern === '{.+}' || pattern === '{.*}' ? `{${name}*}` : `{${name}}`,
    )
    .replace(/(^|\/)\*(?=\/|$)/g, '$1{*}');
}

/** By the part of the request that a validator is for: https://hono.dev/docs/guides/validation */
const parts: Readonly<Record<string, string>> = {
  json: 'body',
  form: 'body',
  query: 'querystring',
  param: 'params',
  header: 'headers',
  cookie: 'cookies',
};
export function requestOf(walk: Walk, use: Use, o: { readonly mount: Mount; readonly handlers: readonly Node[] }): Json {
  const { js } = walk.reading;
  const question = walk.question(use, o.mount);
  const found: Record<string, Json> = {};
  for (const handler of o.handlers) {
    const value = js.meaningOf(use.unit, handler, question);
    if (value?.kind !== 'made' || !/validator/i.test(`${value.from} ${value.name}`)) continue;
    const [target, schema] = value.call.arguments;
    const part = parts[js.constantText(value.unit, target) ?? ''];
    if (part !== undefined && schema !== undefined) found[part] = js.jsonOf(value.unit, schema, question);
  }
  return Object.keys(found).length > 0 ? found : null;
}

const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `openapi(createRoute({ method, path, … }), handler)` and `doc(path, …)`. */
export function documented(walk: Walk, use: Use, mount: Mount) {
  const [first, handler] = use.given;
  const { js } = walk.reading;
  const question = walk.question(use, mount);
  if (use.name !== 'openapi') {
    const path = walk.text(use, mount, first);
    if (path === undefined) return walk.unknown(use, 'the path of this document is known only while the program runs');
    return walk.add({ use, mount, methods: ['GET'], path: joinPaths(mount.prefix, plain(path)), handler: undefined, guards: [] });
  }
  const made = js.meaningOf(use.unit, first, question);
  const described =
    made?.kind === 'made'
      ? js.jsonOf(made.unit, made.call.arguments[0], question)
      : made?.kind === 'object'
        ? js.jsonOf(made.unit, made.node, question)
        : undefined;
  if (!isMap(described) || typeof described.method !== 'string' || typeof described.path !== 'string')
    return walk.unknown(use, 'the method or the path of this route is known only while the program runs');
  const { request } = described;
  const named = isMap(request)
    ? Object.fromEntries(Object.entries(request).map(([part, schema]) => [part === 'query' ? 'querystring' : part, schema]))
    : {};
  const asked = made !== undefined && 'unit' in made ? made : undefined;
  const written = asked?.kind === 'made' ? asked.call.arguments[0] : asked?.kind === 'object' ? asked.node : undefined;
  walk.add({
    use,
    mount,
    methods: [methodOf(described.method)],
    path: joinPaths(mount.prefix, plain(described.path)),
    handler,
    guards:
      asked === undefined
        ? []
        : guardsOf({ reading: walk.reading, unit: asked.unit, stage: 'middleware', question }, propertyIn(written, 'middleware')),
    request: Object.keys(named).length > 0 ? named : null,
    response: described.responses ?? null,
  });
}
function propertyIn(node: Node | undefined, name: string): Node | undefined {
  if (node?.type !== 'ObjectExpression') return undefined;
  for (const one of node.properties)
    if (one.type === 'Property' && one.key.type === 'Identifier' && one.key.name === name) return one.value;
  return undefined;
}
