// All routes of a scope, whatever serves them.
import type { NotUnderstood } from '../contract/place.ts';
import type { Reading } from '../contract/reading.ts';
import type { Route, RouteStack } from '../contract/route.ts';
import { readStack } from '../read-stack.ts';
import { unreachedBy } from './join-stack.ts';

export interface RouteMap {
  /** By path and method. */
  readonly routes: readonly Route[];
  readonly notUnderstood: readonly NotUnderstood[];
}

export function routesIn(reading: Reading, stacks: readonly RouteStack[]): RouteMap {
  const routes: Route[] = [];
  const said: NotUnderstood[] = [];
  for (const stack of stacks.filter((one) => one.present(reading))) {
    const before = said.length;
    const found = readStack({ stack, reading, about: 'route', say: (what) => void said.push(what) });
    routes.push(...found);
    if (found.length === 0 && said.length === before) said.push(...silent(reading, stack));
  }
  said.push(...withoutAdapter(reading));
  const known = new Set(routes.map(({ registered }) => placeText(registered)));
  // What one adapter reaches from nowhere may be another's.
  const left = said.filter((one) => !one.why.startsWith(unreachedBy) || !known.has(placeText(one)));
  return {
    routes: distinct(routes),
    notUnderstood: [...new Map(left.map((one) => [`${placeText(one)} ${one.why}`, one])).values()],
  };
}
const placeText = ({ file, line }: { readonly file: string; readonly line: number | null }): string => `${file}:${line}`;

/** Packages of npm that serve routes of their own kind, which no adapter knows. */
const unknownFrameworks = [
  ...[
    'restify',
    'polka',
    'sails',
    'feathers',
    '@feathersjs/feathers',
    '@loopback/rest',
    'loopback',
    '@adonisjs/core',
    'egg',
    'midway',
  ],
  ...[
    'routing-controllers',
    'inversify-express-utils',
    'tsoa',
    '@tsed/common',
    '@tsed/platform-express',
    '@foal/core',
    'moleculer-web',
  ],
  ...['elysia', 'hyper-express', 'uWebSockets.js', 'find-my-way', 'itty-router', 'fastify-decorators', '@hapipal/haute-couture'],
  ...['trpc-openapi', '@ts-rest/express', '@ts-rest/fastify', '@ts-rest/serverless', '@midwayjs/core', 'total.js', 'actionhero'],
];
function withoutAdapter(reading: Reading): readonly NotUnderstood[] {
  return unknownFrameworks.flatMap((name): readonly NotUnderstood[] => {
    const [file] = reading.marked(name);
    if (file === undefined) return [];
    const why = `${name} may serve routes; none of them are in the map, for no adapter knows it`;
    return [{ file, line: null, what: name, why, about: 'route', stack: null }];
  });
}

/** What is imported to say a type, or to read bodies, makes no application: NestJS's controllers name Express's request. */
const makesNone =
  /^(Request|Response|NextFunction|\w*Handler|\w*Options|Express|Application|IRouter|Fastify(?!$)\w+|\w*Context|Next|Middleware|Env|Lifecycle|ResponseToolkit|Plugin|ServerRoute|json|urlencoded|raw|text|static)$/;

/** A framework that is there and serves nothing is a hole in the map, not a service without routes. */
function silent(reading: Reading, stack: RouteStack): readonly NotUnderstood[] {
  const isMark = (from: string): boolean =>
    stack.marks.some((mark) => (typeof mark === 'string' ? mark === from : mark.test(from)));
  const files = stack.marks.flatMap((mark) => reading.marked(mark));
  const file = files.find((one) => {
    const from = reading.facts.get(one)?.imports.filter((each) => isMark(each.from)) ?? [];
    return from.length === 0 || from.some(({ names }) => !names.every(([name]) => makesNone.test(name)));
  });
  if (file === undefined) return [];
  const why = `${stack.name} is here, and no route of it was found`;
  return [{ file, line: null, what: stack.name, why, about: 'route', stack: stack.name }];
}

const keyOf = ({ path, method, registered: { file, line }, version }: Route): string =>
  `${path} ${method} ${version ?? ''} ${file} ${String(line).padStart(6, '0')}`;
function distinct(routes: readonly Route[]): readonly Route[] {
  const byKey = new Map<string, Route>();
  for (const route of routes) if (byKey.get(keyOf(route))?.certain !== true) byKey.set(keyOf(route), route);
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, route]) => route);
}
