// A route as the outputs of this plugin hold it.
import type { Route as Found, NotUnderstood as Met, Place as Somewhere } from '../../src/discovery/index.ts';
import type { Json } from '../../src/plugin-api.ts';

export interface Place {
  readonly file: string;
  readonly line: number;
}
/** A hook or middleware that runs before a handler. */
export interface Guard {
  readonly by: string;
  readonly scopes: readonly string[];
  readonly stage: string;
  readonly isAuth: boolean;
}
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly framework: string;
  readonly registered: Place;
  readonly handler: Place;
  readonly guards: readonly Guard[];
  readonly request: Json;
  readonly response: Json;
  readonly version: string | null;
  readonly mounted: readonly Place[];
  readonly certain: boolean;
}
export type NotUnderstood = Pick<Met, 'file' | 'line' | 'what' | 'why'>;

const placeOf = ({ file, line }: Somewhere): Place => ({ file, line: line ?? 1 });

export const routeOf = (found: Found): Route => ({
  method: found.method,
  path: found.path,
  framework: found.stack,
  registered: placeOf(found.registered),
  handler: placeOf(found.handler),
  guards: found.guards,
  request: found.request,
  response: found.response,
  version: found.version,
  mounted: found.mounted.map(placeOf),
  certain: found.certain,
});

export function joinPaths(prefix: string, path: string): string {
  const joined = `/${prefix}/${path}`.replace(/\/{2,}/g, '/');
  return joined.length > 1 ? joined.replace(/\/$/, '') : joined;
}
