// From every application down through what is mounted on it.
import { constantText } from '../../src/javascript/literal.ts';
import { lineOf } from '../../src/javascript/module.ts';
import type { Reading } from '../../src/javascript/values.ts';
import { walkExpress } from './express.ts';
import { walkFastify } from './fastify.ts';
import type { Mount, NotUnderstood, Route } from './route.ts';
import { methods, type Use, type Uses, usesIn } from './uses.ts';

export interface Walk {
  readonly reading: Reading;
  readonly uses: Uses;
  readonly routes: Route[];
  enter(framework: 'fastify' | 'express', key: string, mount: Mount): void;
  unknown(use: Use, why: string): void;
}

/** Deeper nesting is a router that mounts itself. */
const deepest = 12;

export function routesIn(reading: Reading): {
  readonly routes: readonly Route[];
  readonly notUnderstood: readonly NotUnderstood[];
} {
  const uses = usesIn(reading);
  const notUnderstood: NotUnderstood[] = [];
  const entered = new Set<string>();
  let depth = 0;
  const walk: Walk = {
    reading,
    uses,
    routes: [],
    enter(framework, key, mount) {
      if (depth > deepest) return;
      entered.add(key);
      depth++;
      if (framework === 'fastify') walkFastify(walk, key, mount);
      else walkExpress(walk, key, mount);
      depth--;
    },
    unknown: (use, why) => void notUnderstood.push({ file: use.module.file, line: lineOf(use.call), what: excerpt(use), why }),
  };
  for (const router of uses.routers.values()) {
    if (router.kind === 'app' && router.framework !== 'unknown')
      walk.enter(router.framework, router.key, { prefix: '', guards: [] });
  }
  for (const [key, router] of uses.routers) {
    if (entered.has(key)) continue;
    for (const use of uses.of.get(key) ?? []) {
      if (looksLikeRoute(reading, use))
        walk.unknown(
          use,
          router.kind === 'router' ? 'no application mounts this router' : 'no application reaches this function',
        );
    }
  }
  return { routes: distinct(walk.routes), notUnderstood };
}

/** Not `cache.get(key)`: a path and something that answers. */
function looksLikeRoute(reading: Reading, use: Use): boolean {
  if (use.name === undefined || !(methods.includes(use.name) || use.name === 'route')) return false;
  return use.given.length > 1 && constantText(reading, use.module, use.given[0])?.startsWith('/') === true;
}
const excerpt = ({ call }: Use): string => call.text().replace(/\s+/g, ' ').slice(0, 80);

const keyOf = ({ path, method, registered }: Route): string =>
  `${path} ${method} ${registered.file} ${String(registered.line).padStart(6, '0')}`;
function distinct(routes: readonly Route[]): readonly Route[] {
  const byKey = new Map(routes.map((route) => [keyOf(route), route]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, route]) => route);
}
