// Fastify: encapsulated plugins with prefixes and hooks.

import { argumentsOf } from '../../src/javascript/calls.ts';
import { constantText, jsonOf } from '../../src/javascript/literal.ts';
import { lineOf, type Module } from '../../src/javascript/module.ts';
import type { Node } from '../../src/javascript/node.ts';
import { isFunction } from '../../src/javascript/scope.ts';
import { meaningOf, propertyOf, type Reading, type Value } from '../../src/javascript/values.ts';
import type { Json } from '../../src/plugin-api.ts';
import { guardsOf, stages } from './guards.ts';
import { type Guard, joinPaths, type Mount, plainPath, type Route } from './route.ts';
import { methods, parameterKey, type Use } from './uses.ts';
import type { Walk } from './walk.ts';

export function walkFastify(walk: Walk, key: string, mount: Mount): void {
  const uses = walk.uses.of.get(key) ?? [];
  const guards = [...mount.guards, ...hooksOf(walk, key, new Set())];
  for (const use of uses) {
    if (use.name === undefined) {
      const target = meaningOf(walk.reading, use.module, use.call.field('function'));
      if (target?.kind === 'function')
        walk.enter('fastify', parameterKey(target.node, target.module, use.index ?? 0), { ...mount, guards });
    } else if (methods.includes(use.name)) addRoute(walk, use, { prefix: mount.prefix, guards });
    else if (use.name === 'route') addDescribed(walk, use, { prefix: mount.prefix, guards });
    else if (use.name === 'register') register(walk, use, { prefix: mount.prefix, guards });
  }
}

/** Hooks of a context count for all its routes, wherever they are added; a plugin that is not encapsulated adds to its parent's. */
function hooksOf(walk: Walk, key: string, seen: Set<string>): readonly Guard[] {
  if (seen.has(key)) return [];
  seen.add(key);
  return (walk.uses.of.get(key) ?? []).flatMap(({ name, given, module, call, index }) => {
    if (name === 'addHook') {
      const stage = constantText(walk.reading, module, given[0]);
      return stage !== undefined && stages.includes(stage) ? guardsOf(walk.reading, module, { node: given[1], stage }) : [];
    }
    if (name === undefined) {
      const target = meaningOf(walk.reading, module, call.field('function'));
      return target?.kind === 'function' ? hooksOf(walk, parameterKey(target.node, target.module, index ?? 0), seen) : [];
    }
    const plugin = name === 'register' ? pluginOf(walk.reading, module, given[0]) : undefined;
    return plugin?.open === true && plugin.value?.kind === 'function'
      ? hooksOf(walk, parameterKey(plugin.value.node, plugin.value.module, 0), seen)
      : [];
  });
}

interface Plugin {
  readonly value: Value | undefined;
  /** Not encapsulated: fastify-plugin was put around it. */
  readonly open: boolean;
}
function pluginOf(reading: Reading, module: Module, node: Node | undefined): Plugin {
  const value = meaningOf(reading, module, node);
  if (value?.kind === 'namespace') return openOf(reading, propertyOf(reading, value, 'default'));
  return openOf(reading, value);
}
function openOf(reading: Reading, value: Value | undefined): Plugin {
  if (value?.kind !== 'made' || value.from !== 'fastify-plugin') return { value, open: false };
  return { value: meaningOf(reading, value.module, argumentsOf(value.call)[0]), open: true };
}

function register(walk: Walk, use: Use, mount: Mount): void {
  const { reading } = walk;
  const { value, open } = pluginOf(reading, use.module, use.given[0]);
  const options = jsonOf({ ...reading, throughCalls: true }, use.module, use.given[1]);
  const prefix = isMap(options) ? options.prefix : undefined;
  if (value?.kind === 'function') {
    if (prefix !== undefined && typeof prefix !== 'string')
      walk.unknown(use, 'the prefix of this plugin is known only while the program runs');
    const inner = open || typeof prefix !== 'string' ? mount.prefix : joinPaths(mount.prefix, prefix);
    walk.enter('fastify', parameterKey(value.node, value.module, 0), { ...mount, prefix: inner });
    return;
  }
  const external = value?.kind === 'external' || value?.kind === 'made' ? value.from : undefined;
  if (external === undefined) walk.unknown(use, 'which plugin is registered here is known only while the program runs');
  else if (/autoload$/.test(external)) walk.unknown(use, 'plugins are loaded from a folder; their routes are not in the map');
  else if (/(static|swagger|graphql|mercurius|websocket)/.test(external))
    walk.unknown(use, `${external} may add routes of its own; they are not in the map`);
}

const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `app.get(path, handler)`, `app.get(path, options, handler)`, `app.get(path, { …, handler })`. */
function addRoute(walk: Walk, use: Use, mount: Mount) {
  const [first, second, third] = use.given;
  if (second === undefined) return;
  const path = constantText({ ...walk.reading, throughCalls: true }, use.module, first);
  if (path === undefined) return walk.unknown(use, 'the path of this route is known only while the program runs');
  const options = third === undefined ? optionsOf(walk, use, second) : meaningOf(walk.reading, use.module, second);
  const handler = third ?? (isFunction(second) ? second : undefined);
  const verbs = use.name === 'all' ? ['ALL'] : [(use.name ?? '').toUpperCase()];
  push(walk, { use, verbs, path, options, handler, mount });
}
const optionsOf = (walk: Walk, use: Use, node: Node): Value | undefined => {
  const value = meaningOf(walk.reading, use.module, node);
  return value?.kind === 'object' ? value : undefined;
};

/** `app.route({ method, url, handler })`. */
function addDescribed(walk: Walk, use: Use, mount: Mount) {
  const options = optionsOf(walk, use, use.given[0] ?? use.call);
  if (options?.kind !== 'object') return walk.unknown(use, 'the options of this route are known only while the program runs');
  const described = jsonOf(walk.reading, use.module, use.given[0]);
  const { method, url, path } = isMap(described) ? described : {};
  const verbs = (Array.isArray(method) ? method : [method]).filter((one): one is string => typeof one === 'string');
  const written = url ?? path;
  if (verbs.length === 0 || typeof written !== 'string')
    return walk.unknown(use, 'the method or the path of this route is known only while the program runs');
  push(walk, { use, verbs: verbs.map((one) => one.toUpperCase()), path: written, options, handler: undefined, mount });
}

function push(
  walk: Walk,
  o: {
    readonly use: Use;
    readonly verbs: readonly string[];
    readonly path: string;
    readonly options: Value | undefined;
    readonly handler: Node | undefined;
    readonly mount: Mount;
  },
): void {
  const { reading } = walk;
  const { use, options } = o;
  const property = (name: string): Value | undefined =>
    options?.kind === 'object' ? propertyOf(reading, options, name) : undefined;
  const own =
    options?.kind === 'object'
      ? stages.flatMap((stage) => guardsOf(reading, options.module, { node: written(options, stage), stage }))
      : [];
  const handled =
    o.handler === undefined ? property('handler') : meaningOf({ ...reading, throughCalls: true }, use.module, o.handler);
  const registered = { file: use.module.file, line: lineOf(use.call.field('function')?.field('property') ?? use.call) };
  const schema = options?.kind === 'object' ? jsonOf(reading, options.module, written(options, 'schema')) : null;
  const parts = isMap(schema) ? schema : {};
  const request = Object.fromEntries(
    ['params', 'querystring', 'query', 'headers', 'body'].flatMap((part) => {
      const found = parts[part];
      return found === undefined ? [] : [[part === 'query' ? 'querystring' : part, found]];
    }),
  );
  for (const method of o.verbs) {
    walk.routes.push({
      method,
      path: plainPath(joinPaths(o.mount.prefix, o.path)),
      framework: 'fastify',
      registered,
      handler: handled?.kind === 'function' ? { file: handled.module.file, line: lineOf(handled.node) } : registered,
      guards: [...o.mount.guards, ...own],
      request: Object.keys(request).length > 0 ? request : parts.$source !== undefined ? schema : null,
      response: parts.response ?? null,
    } satisfies Route);
  }
}

/** A property of an object literal as it is written. */
function written(object: { readonly node: Node }, name: string): Node | undefined {
  for (const one of object.node.children()) {
    if (one.kind() === 'pair' && one.field('key')?.text().replace(/['"]/g, '') === name) return one.field('value') ?? undefined;
    if (one.kind() === 'shorthand_property_identifier' && one.text() === name) return one;
    if (one.kind() === 'method_definition' && one.field('name')?.text() === name) return one;
  }
  return undefined;
}
