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
  readonly framework: 'fastify' | 'express';
  readonly registered: Place;
  readonly handler: Place;
  readonly guards: readonly Guard[];
  readonly request: Json;
  readonly response: Json;
}
export interface NotUnderstood {
  readonly file: string;
  readonly line: number | null;
  readonly what: string;
  readonly why: string;
}

/** Where a router hangs: what all its routes inherit. */
export interface Mount {
  readonly prefix: string;
  readonly guards: readonly Guard[];
}

export function joinPaths(prefix: string, path: string): string {
  const joined = `/${prefix}/${path}`.replace(/\/{2,}/g, '/');
  return joined.length > 1 ? joined.replace(/\/$/, '') : joined;
}

/** `:id`, `:id?`, `:id(\\d+)` and `*` in the notation of OpenAPI. */
export function plainPath(path: string): string {
  return path
    .replace(/:(\w+)(\((?:[^()]|\([^()]*\))*\))?[?+*]?/g, '{$1}')
    .replace(/\*(\w*)/g, (_, name: string) => `{${name || '*'}}`);
}
