// Koa with @koa/router or koa-router: routers in routers, prefixes of their own, koa-mount and koa-compose.
import type { Node } from 'oxc-parser';
import type { Json } from '../../../contract/schema.ts';
import { bare } from '../../ecma/node.ts';
import { guardsOf } from '../guards.ts';
import { stackOf } from '../join-stack.ts';
import { isUnclear } from '../join-unclear.ts';
import type { Use } from '../join-uses.ts';
import { type Framework, under, type Walk } from '../join-walk.ts';
import { joinPaths, type Mount, methodOf, plainPath, type Scoped, verbs } from '../model.ts';

const routers = /^(@koa\/router|koa-router|koa-better-router|koa-joi-router|koa-swagger-decorator|koa-zod-router)$/;
const framework: Framework = {
  name: 'koa',
  knownFrom: 'https://github.com/koajs/router/blob/v14.0.0/API.md, https://github.com/koajs/mount/tree/4.2.0 (koa 2.16, 3.0)',
  packages: /^(koa|@koa\/router|koa-router|koa-better-router|koa-joi-router|koa-swagger-decorator|koa-zod-router)$/,
  names: new Set([...verbs, 'use', 'register', 'prefix', 'redirect', 'param', 'route', 'mapDir', 'map']),
  roleOf({ from, name }) {
    const plain = name.replace(/(^|\.)(\w+\(\)|default|\*)/g, '').replace(/^\./, '');
    if (from === 'koa') return /^(Koa)?$/.test(plain) ? 'app' : undefined;
    return routers.test(from) && /^(Router|KoaRouter|SwaggerRouter|zodRouter)?$/.test(plain) ? 'router' : undefined;
  },
  appType: /^(Koa|Application)$/,
  walk(walk, key, mount) {
    const own = ownPrefix(walk, key, mount);
    if (own === undefined) return;
    let { guards } = mount;
    for (const use of walk.usesOf(key)) {
      const here = { ...mount, guards, prefix: own === '' ? mount.prefix : joinPaths(mount.prefix, own) };
      if (use.name === undefined) walk.handOver(use, here);
      else if (use.name === 'use') guards = [...guards, ...useAll(walk, use, here)];
      else if (use.name === 'register') registered(walk, use, here);
      else if (use.name === 'redirect') redirected(walk, use, here);
      else if (use.name === 'route') described(walk, use, here);
      else if (use.name.startsWith('map')) walk.unknown(use, 'routes are read from decorators here; they are not in the map');
      else if (verbs.has(use.name)) addRoute(walk, use, here);
    }
  },
};
export const koa = stackOf(framework);

/** `new Router({ prefix })`, and `prefix(path)`, which goes before it. */
const unclearPrefix = 'the prefix of this router is known only while the program runs';
function ownPrefix(walk: Walk, key: string, mount: Mount): string | undefined {
  const value = walk.uses.routers.get(key)?.value;
  const { js } = walk.reading;
  let prefix = '';
  if (value?.kind === 'made') {
    const options = js.jsonOf(value.unit, value.call.arguments[0], { throughCalls: true, round: mount.round });
    const written = typeof options === 'object' && options !== null && 'prefix' in options ? options.prefix : '';
    if (typeof written !== 'string') {
      walk.report({ unit: value.unit, node: value.call }, `${unclearPrefix}; its routes are not in the map`);
      return undefined;
    }
    prefix = written;
  }
  for (const use of walk.usesOf(key)) {
    if (use.name !== 'prefix') continue;
    const text = walk.text(use, mount, use.given[0]);
    if (text === undefined) {
      walk.unknown(use, `${unclearPrefix}; its routes are not in the map`);
      return undefined;
    }
    prefix = joinPaths(text, prefix);
  }
  return plainPath(prefix);
}

/** Enters what is used; gives the middleware that counts for all that comes after. */
function useAll(walk: Walk, use: Use, mount: Mount): readonly Scoped[] {
  const [first, ...rest] = use.given;
  const written = walk.texts(use, mount, first);
  const guards: Scoped[] = [];
  for (const handler of (written === undefined ? use.given : rest).flatMap(elements)) {
    for (const path of written ?? ['']) {
      const inner = path === '' || path === '/' ? mount : under(mount, plainPath(path), use);
      guards.push(...used(walk, use, { mount: { ...inner, guards: [...mount.guards, ...guards] }, handler, depth: 0 }));
    }
  }
  return guards;
}
const elements = (node: Node): readonly Node[] => {
  const plain = bare(node);
  return plain.type === 'ArrayExpression' ? plain.elements.flatMap((one) => (one === null ? [] : [one])) : [plain];
};

interface Used {
  /** Its prefix is where the handler is used. */
  readonly mount: Mount;
  readonly handler: Node;
  readonly depth: number;
}
function used(walk: Walk, use: Use, { mount, handler, depth }: Used): readonly Scoped[] {
  const question = walk.question(use, mount);
  const value = walk.reading.js.meaningOf(use.unit, handler, question);
  const router = walk.router({ unit: use.unit, node: handler, question });
  if (router !== undefined && router.role !== 'parameter') {
    // `allowedMethods` of a router answers OPTIONS, and 405 and 501.
    if (value?.kind === 'made' && value.name.includes('allowedMethods')) return [];
    const certain = mount.certain && use.certain;
    walk.enter(router.key, { ...mount, certain, round: walk.madeBy(router, question) });
    return [];
  }
  if (value?.kind === 'made' && /^koa-(mount|compose)$/.test(value.from) && depth < 8) {
    const inside = { ...use, unit: value.unit };
    const [first, second] = value.call.arguments;
    const path = value.from === 'koa-mount' && second !== undefined ? walk.text(inside, mount, first) : '';
    if (path === undefined) return unclear(walk, use);
    const at = path === '' || path === '/' ? mount : under(mount, plainPath(path), use);
    const targets = (second ?? first) === undefined ? [] : elements(second ?? first ?? handler);
    return targets.flatMap((one) => used(walk, inside, { mount: at, handler: one, depth: depth + 1 }));
  }
  if (value?.kind === 'made' && value.from === 'koa-route') {
    const [, verb = 'all'] = /(\w+)$/.exec(value.name) ?? [];
    const [path, ...handlers] = value.call.arguments;
    const inside = { ...use, unit: value.unit };
    const paths = walk.texts(inside, mount, path);
    if (paths === undefined) return unclear(walk, use);
    push(walk, inside, { mount, paths, methods: [methodOf(verb)], handlers });
    return [];
  }
  if (isUnclear(walk, use, { mount, handler })) return unclear(walk, use);
  const found = guardsOf({ reading: walk.reading, unit: use.unit, stage: 'middleware', question }, handler);
  return found.map((guard) => ({ ...guard, under: mount.prefix }));
}
function unclear(walk: Walk, use: Use): readonly Scoped[] {
  walk.unknown(use, 'what is mounted here is known only while the program runs');
  return [];
}

/** `get(path, …)`, `get(name, path, …)`: handlers come last. */
function addRoute(walk: Walk, use: Use, mount: Mount) {
  const named = use.given.length > 2 && walk.text(use, mount, use.given[0]) !== undefined && isPath(walk, use, mount);
  const [first, ...handlers] = named ? use.given.slice(1) : use.given;
  if (handlers.length === 0) return;
  const paths = walk.texts(use, mount, first);
  if (paths === undefined) return walk.unknown(use, 'the path of this route is a pattern, or known only while the program runs');
  push(walk, use, { mount, paths, methods: [methodOf(use.name ?? '')], handlers });
}
const isPath = (walk: Walk, use: Use, mount: Mount): boolean => {
  const second = use.given[1];
  if (second === undefined) return false;
  return walk.texts(use, mount, second) !== undefined || (bare(second).type === 'Literal' && 'regex' in bare(second));
};

interface Pushed {
  readonly mount: Mount;
  readonly paths: readonly string[];
  readonly methods: readonly string[];
  readonly handlers: readonly Node[];
}
function push(walk: Walk, use: Use, { mount, paths, methods, handlers }: Pushed): void {
  const asked = { reading: walk.reading, unit: use.unit, stage: 'middleware', question: walk.question(use, mount) };
  const all = handlers.flatMap(elements);
  for (const path of paths) {
    walk.add({
      use,
      mount,
      methods,
      path: joinPaths(mount.prefix, plainPath(path)),
      handler: all.at(-1),
      guards: all.slice(0, -1).flatMap((node) => guardsOf(asked, node)),
    });
  }
}

/** `register(path, methods, …)`. */
function registered(walk: Walk, use: Use, mount: Mount) {
  const [first, second, ...handlers] = use.given;
  const [paths, methods] = [walk.texts(use, mount, first), walk.texts(use, mount, second)];
  if (paths === undefined || methods === undefined)
    return walk.unknown(use, 'the path or the methods of this route are known only while the program runs');
  push(walk, use, { mount, paths, methods: methods.map(methodOf), handlers });
}

function redirected(walk: Walk, use: Use, mount: Mount) {
  const from = walk.text(use, mount, use.given[0]);
  if (from === undefined) return walk.unknown(use, 'the path of this redirect is known only while the program runs');
  if (from.startsWith('/')) push(walk, use, { mount, paths: [from], methods: ['ALL'], handlers: [] });
}

/** koa-joi-router: `route({ method, path, validate, handler })`, and lists of them. */
function described(walk: Walk, use: Use, mount: Mount) {
  const { js } = walk.reading;
  const question = walk.question(use, mount);
  const one = js.meaningOf(use.unit, use.given[0], question);
  const list = one?.kind === 'object' ? [{ value: one }] : js.elementsOf(use.unit, use.given[0], question);
  // `route(name)` gives a route that was named.
  if (list === undefined && walk.text(use, mount, use.given[0]) !== undefined) return;
  for (const { value } of list ?? [{ value: undefined }]) {
    const json = value?.kind === 'object' ? js.jsonOf(value.unit, value.node, question) : null;
    const { method, path } = isMap(json) ? json : {};
    const methods = [method].flat().filter((each): each is string => typeof each === 'string');
    if (methods.length === 0 || typeof path !== 'string' || value === undefined)
      return walk.unknown(use, 'the method or the path of this route is known only while the program runs');
    const handler = js.propertyOf(value, 'handler', question);
    const request = isMap(json) && isMap(json.validate) ? json.validate : null;
    const at = joinPaths(mount.prefix, plainPath(path));
    walk.add({ use, mount, methods: methods.map(methodOf), path: at, handler, guards: [], request });
  }
}
const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
