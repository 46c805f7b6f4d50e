import type { Place } from '../../contract/place.ts';
import type { Guard, Route } from '../../contract/route.ts';
import type { Plain } from '../../grammar/plain.ts';
import { type Framework, joined } from './go-frameworks.ts';

export interface Entry {
  method: string;
  readonly path: string;
  readonly registered: Place;
  readonly handler: Route['handler'];
  readonly guards: readonly Guard[];
  readonly mounted: readonly Place[];
  readonly certain: boolean;
}
/** A router that some call makes. One call may make several, each time that its function is called. */
export interface Router {
  readonly framework: Framework;
  readonly made: Plain;
  readonly file: string;
  /** Made where a function was looked at by itself, and not through a call of it. */
  readonly alone: boolean;
  isMounted: boolean;
  readonly entries: Entry[];
  readonly mounts: {
    readonly of: Router;
    readonly prefix: string;
    readonly guards: readonly Guard[];
    readonly at: Place;
    readonly certain: boolean;
  }[];
}
/** A router with what is before the paths that are given to it. */
export interface Group {
  readonly router: Router;
  readonly prefix: string;
  /** `Use` adds to it. */
  readonly guards: Guard[];
  readonly mounted: readonly Place[];
}

/** Routes of routers that are in no other; of one that was looked at alone only where nobody calls its function. */
export function* served(routers: readonly Router[]): Generator<Entry & { readonly stack: string }> {
  const called = new Set(routers.filter(({ alone }) => !alone).map(({ made }) => made));
  const inside = new Set(routers.filter(({ isMounted }) => isMounted).map(({ made }) => made));
  const seen = new Set<string>();
  for (const router of routers) {
    if (router.isMounted || (router.alone && (called.has(router.made) || inside.has(router.made)))) continue;
    for (const entry of below(router, { prefix: '', guards: [], mounted: [], certain: true }, 0)) {
      const key = `${entry.method} ${entry.path} ${entry.registered.file}:${entry.registered.line}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield entry;
    }
  }
}
function* below(
  router: Router,
  from: Pick<Entry, 'guards' | 'mounted' | 'certain'> & { readonly prefix: string },
  depth: number,
): Generator<Entry & { readonly stack: string }> {
  if (depth > 12) return;
  for (const entry of router.entries)
    yield {
      ...entry,
      path: from.prefix === '' ? entry.path : joined(from.prefix, entry.path),
      guards: [...from.guards, ...entry.guards],
      mounted: [...from.mounted, ...entry.mounted],
      certain: from.certain && entry.certain,
      stack: router.framework.name,
    };
  for (const one of router.mounts)
    yield* below(
      one.of,
      {
        prefix: one.prefix === '' && from.prefix === '' ? '' : joined(from.prefix, one.prefix),
        guards: [...from.guards, ...one.guards],
        mounted: [...from.mounted, one.at],
        certain: from.certain && one.certain,
      },
      depth + 1,
    );
}
