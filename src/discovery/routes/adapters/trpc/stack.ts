// tRPC: procedures as the requests that they answer. https://trpc.io/docs/rpc
import type { NotUnderstood } from '../../../contract/place.ts';
import type { Reading } from '../../../contract/reading.ts';
import type { Route, RouteStack } from '../../../contract/route.ts';
import { joinPaths, placeOf } from '../../model.ts';
import { type Mounted, mountsIn } from './mounts.ts';
import { type Named, Routers, routerCall } from './router.ts';
import { type Written, writtenAt } from './written.ts';

export const trpc: RouteStack = {
  name: 'trpc',
  language: 'ecma',
  marks: ['@trpc/server'],
  present: (reading) => reading.marked('@trpc/server').length > 0,
  read,
  knownFrom:
    'https://trpc.io/docs (11): routers, procedures, middlewares, adapters, rpc; https://github.com/mcampa/trpc-to-openapi (2.4)',
};
type Say = (what: NotUnderstood) => void;

function read(reading: Reading, say: Say): readonly Route[] {
  const routers = new Routers(reading, say);
  const known = new Map<string, readonly Named[]>();
  const proceduresOf = (router: Written): readonly Named[] => {
    const key = reading.js.keyOf(router.unit, router.node);
    const named = known.get(key) ?? routers.proceduresOf(router, '');
    known.set(key, named);
    return named;
  };
  const mounts = mountsIn(reading, say);
  const routes = mounts.flatMap((mount) => proceduresOf(mount.router).flatMap((one) => routesOf(reading, mount, one)));
  return [...routes, ...unserved(reading, { routers, proceduresOf, known }, say)];
}

/** Routers that no adapter was seen to serve, and that are in no other. */
function unserved(
  reading: Reading,
  o: {
    readonly routers: Routers;
    readonly proceduresOf: (router: Written) => readonly Named[];
    readonly known: ReadonlyMap<string, unknown>;
  },
  say: Say,
): readonly Route[] {
  const all = reading
    .marked(/^call (\w*[rR]outer|mergeRouters)$/)
    .flatMap((file) => {
      const unit = reading.ecma(file);
      return (unit?.nodes('CallExpression') ?? []).flatMap((node) =>
        unit !== undefined && routerCall(reading, unit, node) !== undefined
          ? [{ unit, node, key: reading.js.keyOf(unit, node) }]
          : [],
      );
    })
    .filter(({ key }) => !o.known.has(key) && !o.routers.inside.has(key));
  const named = all.map((router) => ({ router, procedures: o.proceduresOf(router) }));
  return named
    .filter(({ router, procedures }) => !o.routers.inside.has(router.key) && procedures.length > 0)
    .flatMap(({ router, procedures }) => {
      const what = router.unit.excerpt(router.node);
      say({
        ...placeOf(router.unit, router.node),
        what,
        why: 'no adapter was seen to serve this router',
        about: 'route',
        stack: 'trpc',
      });
      const mount = { router, prefix: 'trpc', at: placeOf(router.unit, router.node), rest: false, certain: false };
      return procedures.flatMap((one) => routesOf(reading, mount, one));
    });
}

function routesOf(reading: Reading, mount: Mounted, { name, procedure }: Named): readonly Route[] {
  const asked = mount.rest
    ? openapiOf(reading, procedure.meta)
    : { method: procedure.kind === 'mutation' ? 'POST' : 'GET', path: name };
  if (asked === undefined) return [];
  const { input } = procedure;
  return [
    {
      method: asked.method,
      path: joinPaths(mount.prefix, asked.path),
      stack: 'trpc',
      scope: reading.scope,
      registered: placeOf(procedure.at.unit, procedure.at.node),
      handler: { ...procedure.handler, name },
      guards: procedure.guards,
      request: input === null ? null : asked.method === 'GET' ? { querystring: { input } } : { body: input },
      response: procedure.output === null ? null : { 200: procedure.output },
      version: null,
      mounted: [mount.at],
      certain: mount.certain,
    },
  ];
}

/** `meta({ openapi: { method: 'GET', path: '/posts/{id}' } })` */
function openapiOf(reading: Reading, meta: Written | undefined): { readonly method: string; readonly path: string } | undefined {
  const written = meta === undefined ? undefined : writtenAt(reading, meta);
  const value = written === undefined ? undefined : reading.js.meaningOf(written.unit, written.node);
  const openapi = value === undefined ? undefined : reading.js.propertyOf(value, 'openapi');
  if (openapi === undefined) return undefined;
  const text = (name: string): string | undefined => {
    const found = reading.js.propertyOf(openapi, name);
    return found?.kind === 'text'
      ? found.text
      : found?.kind === 'other'
        ? reading.js.constantText(found.unit, found.node)
        : undefined;
  };
  const [method, path] = [text('method'), text('path')];
  return method === undefined || path === undefined ? undefined : { method: method.toUpperCase(), path };
}
