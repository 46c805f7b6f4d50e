// Express: routers that are mounted, and middleware that counts for what comes after it.

import { constantText } from '../../src/javascript/literal.ts';
import { lineOf } from '../../src/javascript/module.ts';
import type { Node } from '../../src/javascript/node.ts';
import { isFunction } from '../../src/javascript/scope.ts';
import { meaningOf } from '../../src/javascript/values.ts';
import { guardsOf } from './guards.ts';
import { type Guard, joinPaths, type Mount, plainPath } from './route.ts';
import { methods, parameterKey, routerOf, type Use } from './uses.ts';
import type { Walk } from './walk.ts';

export function walkExpress(walk: Walk, key: string, mount: Mount): void {
  let guards: readonly Guard[] = mount.guards;
  for (const use of walk.uses.of.get(key) ?? []) {
    if (use.name === undefined) {
      const target = meaningOf(walk.reading, use.module, use.call.field('function'));
      if (target?.kind === 'function')
        walk.enter('express', parameterKey(target.node, target.module, use.index ?? 0), { ...mount, guards });
    } else if (use.name === 'use') guards = [...guards, ...mountAll(walk, use, { ...mount, guards })];
    else if (methods.includes(use.name)) addRoute(walk, use, { ...mount, guards });
  }
}

/** Enters the routers of `use(path, …)`; gives the middleware that counts for all that comes after. */
function mountAll(walk: Walk, use: Use, mount: Mount): readonly Guard[] {
  const [first, ...rest] = use.given;
  const text = constantText({ ...walk.reading, throughCalls: true }, use.module, first);
  const handlers = (text === undefined ? use.given : rest).flatMap(elements);
  const guards: Guard[] = [];
  for (const handler of handlers) {
    const value = meaningOf(walk.reading, use.module, handler);
    const router = routerOf(value);
    if (router !== undefined && router.kind !== 'parameter') {
      walk.enter('express', router.key, {
        prefix: text === undefined ? mount.prefix : joinPaths(mount.prefix, text),
        guards: [...mount.guards, ...guards],
      });
    } else if (value === undefined && handler === first && !isFunction(handler))
      walk.unknown(use, 'what is mounted here is known only while the program runs');
    else guards.push(...guardsOf(walk.reading, use.module, { node: handler, stage: 'middleware' }));
  }
  return text === undefined || text === '/' ? guards : [];
}
const elements = (node: Node): readonly Node[] => (node.kind() === 'array' ? node.named() : [node]);

function addRoute(walk: Walk, use: Use, mount: Mount): void {
  const chained = use.path !== undefined;
  const handlers = (chained ? use.given : use.given.slice(1)).flatMap(elements);
  const last = handlers.at(-1);
  // `app.get('setting')` reads a setting.
  if (last === undefined) return;
  const path = use.path ?? constantText({ ...walk.reading, throughCalls: true }, use.module, use.given[0]);
  if (path === undefined) {
    walk.unknown(use, 'the path of this route is a pattern, or known only while the program runs');
    return;
  }
  const handled = meaningOf({ ...walk.reading, throughCalls: true }, use.module, last);
  const registered = { file: use.module.file, line: lineOf(use.call.field('function')?.field('property') ?? use.call) };
  walk.routes.push({
    method: use.name === 'all' ? 'ALL' : (use.name ?? '').toUpperCase(),
    path: plainPath(joinPaths(mount.prefix, path)),
    framework: 'express',
    registered,
    handler: handled?.kind === 'function' ? { file: handled.module.file, line: lineOf(handled.node) } : registered,
    guards: [
      ...mount.guards,
      ...handlers.slice(0, -1).flatMap((node) => guardsOf(walk.reading, use.module, { node, stage: 'middleware' })),
    ],
    request: null,
    response: null,
  });
}
