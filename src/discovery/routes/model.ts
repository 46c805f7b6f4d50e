// Where routers hang, and how paths are written.
import type { Node } from 'oxc-parser';
import type { Round } from '../contract/meaning.ts';
import type { Place } from '../contract/place.ts';
import type { EcmaUnit } from '../contract/reading.ts';
import type { Guard } from '../contract/route.ts';

/** A guard that counts for what lies under a path; empty: for all. */
export interface Scoped extends Guard {
  readonly under: string;
}
/** What all routes of a router inherit from where it hangs. */
export interface Mount {
  readonly prefix: string;
  readonly guards: readonly Scoped[];
  /** Where each part of the prefix comes from. */
  readonly mounted: readonly Place[];
  readonly certain: boolean;
  /** What the variables of loops and the parameters of factories around it are. */
  readonly round: Round;
}
export const noRound: Round = new Map();
export const top: Mount = { prefix: '', guards: [], mounted: [], certain: true, round: noRound };

/** Methods that frameworks have functions of their own for; `del` is the old name of `delete`. */
export const verbs: ReadonlySet<string> = new Set([
  ...['get', 'post', 'put', 'patch', 'delete', 'del', 'head', 'options', 'all', 'trace', 'query'],
  ...['copy', 'lock', 'mkcol', 'move', 'propfind', 'proppatch', 'purge', 'report', 'search', 'unlock', 'link', 'unlink', 'merge'],
]);
export function methodOf(verb: string): string {
  if (verb === 'del') return 'DELETE';
  return verb === '*' ? 'ALL' : verb.toUpperCase();
}

export function joinPaths(prefix: string, path: string): string {
  const joined = `/${prefix}/${path}`.replace(/\/{2,}/g, '/');
  return joined.length > 1 ? joined.replace(/\/$/, '') : joined;
}

/**
 * `:id`, `:id?`, `:id(\\d+)`, `{/:id}` and `*rest` in the notation of OpenAPI, as path-to-regexp and find-my-way read them:
 * https://github.com/pillarjs/path-to-regexp/tree/v8.3.0, https://github.com/delvedor/find-my-way/tree/v9.3.0.
 */
export function plainPath(path: string): string {
  return path
    .replace(/[{}]/g, '')
    .replace(/:(\w+)(\((?:[^()]|\([^()]*\))*\))?([?+*]?)/g, (_, name: string, pattern = '', many = '') =>
      pattern === '(.*)' || pattern === '(.+)' || many === '*' || many === '+' ? `{${name}*}` : `{${name}}`,
    )
    .replace(/\(\.\*\)/g, '*')
    .replace(/(^|[^{\w}])\*(\w*)/g, (_, before: string, name: string) => `${before}{${name}*}`);
}

/** Does a guard that was put under a path count for this one? */
export const isUnder = (path: string, under: string): boolean =>
  under === '' || under === '/' || path === under || path.startsWith(`${under}/`);

export const placeOf = (unit: EcmaUnit, node: Node): Place & { readonly line: number } => ({
  file: unit.file,
  line: unit.lineOf(node),
});
