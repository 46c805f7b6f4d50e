// Fastify: what one route says of itself.
import type { Node } from 'oxc-parser';
import type { Json } from '../../../contract/schema.ts';
import type { Value } from '../../contract/meaning.ts';
import { nameOf } from '../../ecma/node.ts';
import { guardsOf } from '../guards.ts';
import type { Use } from '../join-uses.ts';
import type { Walk } from '../join-walk.ts';
import { joinPaths, type Mount, methodOf, plainPath } from '../model.ts';
import { stages, taughtTo } from './fastify-hooks.ts';

export const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `app.get(path, handler)`, `app.get(path, options, handler)`, `app.get(path, { …, handler })`. */
export function addRoute(walk: Walk, use: Use, mount: Mount) {
  const [first, second, third] = use.given;
  if (second === undefined) return;
  const paths = walk.texts(use, mount, first);
  if (paths === undefined) return walk.unknown(use, 'the path of this route is known only while the program runs');
  const given = walk.reading.js.meaningOf(use.unit, second, walk.question(use, mount));
  const options = third !== undefined || given?.kind === 'object' ? given : undefined;
  const handler = third ?? (options === undefined ? second : undefined);
  for (const path of paths) push(walk, { use, methods: [methodOf(use.name ?? '')], path, options, handler, mount });
}

/** `app.route({ method, url, handler })`. */
export function addDescribed(walk: Walk, use: Use, mount: Mount) {
  const question = walk.question(use, mount);
  const options = walk.reading.js.meaningOf(use.unit, use.given[0], question);
  if (options?.kind !== 'object') return walk.unknown(use, 'the options of this route are known only while the program runs');
  describe(walk, use, { options, mount });
}
export function describe(walk: Walk, use: Use, o: { readonly options: Value; readonly mount: Mount }) {
  const { js } = walk.reading;
  if (o.options.kind !== 'object' || !('node' in o.options)) return;
  const described = js.jsonOf(o.options.unit, o.options.node, walk.question(use, o.mount));
  const { method, url, path } = isMap(described) ? described : {};
  const all = (Array.isArray(method) ? method : [method]).filter((one): one is string => typeof one === 'string');
  const written = url ?? path;
  if (all.length === 0 || typeof written !== 'string')
    return walk.unknown(use, 'the method or the path of this route is known only while the program runs');
  push(walk, { use, methods: all.map(methodOf), path: written, options: o.options, handler: undefined, mount: o.mount });
}

function push(
  walk: Walk,
  o: {
    readonly use: Use;
    readonly methods: readonly string[];
    readonly path: string;
    readonly options: Value | undefined;
    readonly handler: Node | undefined;
    readonly mount: Mount;
  },
): void {
  const { js } = walk.reading;
  const { use, options, mount } = o;
  const question = walk.question(use, mount);
  const own =
    options?.kind === 'object'
      ? stages.flatMap((stage) =>
          guardsOf(
            { reading: walk.reading, unit: options.unit, stage, question, taught: taughtTo(walk) },
            written(options, stage),
          ),
        )
      : [];
  const schema = options?.kind === 'object' ? js.jsonOf(options.unit, written(options, 'schema'), question) : null;
  const parts = isMap(schema) ? schema : {};
  const request = Object.fromEntries(
    ['params', 'querystring', 'query', 'headers', 'body'].flatMap((part) => {
      const found = parts[part];
      return found === undefined ? [] : [[part === 'query' ? 'querystring' : part, found]];
    }),
  );
  walk.add({
    use,
    mount,
    methods: o.methods,
    path: joinPaths(mount.prefix, plainPath(o.path)),
    handler: o.handler ?? (options === undefined ? undefined : js.propertyOf(options, 'handler', question)),
    guards: own,
    request: Object.keys(request).length > 0 ? request : parts.$source !== undefined ? schema : null,
    response: parts.response ?? null,
  });
}

/** A property of an object literal as it is written. */
function written(object: { readonly node: Node }, name: string): Node | undefined {
  if (object.node.type !== 'ObjectExpression') return undefined;
  for (const one of object.node.properties) {
    if (one.type === 'Property' && !one.computed && nameOf(one.key) === name) return one.value;
  }
  return undefined;
}
