// A framework whose routes are made by calls, as an adapter: from its applications down, and what none of them reaches.
import type { Node } from 'oxc-parser';
import type { Value } from '../contract/meaning.ts';
import type { EcmaUnit } from '../contract/reading.ts';
import type { Route, RouteStack } from '../contract/route.ts';
import { bare, isFunction, nameOf } from '../ecma/node.ts';
import { type Router, sharedKey, type Use } from './join-uses.ts';
import { type Framework, Walk } from './join-walk.ts';
import { top, verbs } from './model.ts';

export function stackOf(framework: Framework): RouteStack {
  return {
    name: framework.name,
    language: 'ecma',
    marks: [framework.packages],
    knownFrom: framework.knownFrom,
    present: (reading) => reading.marked(framework.packages).length > 0 || framework.isHere?.(reading) === true,
    read(reading, say) {
      const walk = new Walk(reading, framework, say);
      const byRoot = new Map<string, readonly Route[]>();
      const routers = [...walk.uses.routers.values()];
      const called = new Set(routers.flatMap(({ key }) => (sharedKey(key) === key ? [] : [sharedKey(key)])));
      for (const router of routers) {
        // What a factory makes is walked for each of its calls.
        if (router.role !== 'app' || called.has(router.key)) continue;
        walk.enter(router.key, { ...top, round: walk.madeBy(router, { throughCalls: true }) });
        byRoot.set(router.key, walk.take());
      }
      framework.roots?.(walk);
      orphans(walk);
      const routes = walk.take();
      unreached(walk);
      return [...[...byRoot].flatMap(([key, found]) => (walk.mounted.has(key) ? [] : found)), ...routes];
    },
  };
}

/**
 * Functions that nobody is seen to call: what they are given by default, or are declared to be given, is an application.
 * `function init(app: Koa = new Koa())`.
 */
function orphans(walk: Walk): void {
  for (const [key, { value }] of walk.uses.routers) {
    if (walk.entered.has(key) || value.kind !== 'parameter' || !isFunction(value.of) || value.path.length > 0) continue;
    const parameter = value.of.params[value.index];
    if (parameter === undefined) continue;
    const standard = parameter.type === 'AssignmentPattern' ? parameter.right : undefined;
    const isMade = standard !== undefined && walk.router({ unit: value.unit, node: standard, question: {} })?.role === 'app';
    const isDeclared = walk.framework.appType?.test(typeText(value.unit, parameter)) === true;
    if (isMade || isDeclared) walk.enter(key, { ...top, certain: isMade });
  }
}
const typeText = (unit: EcmaUnit, parameter: Node): string => /:\s*([\w.]+)/.exec(unit.textOf(parameter))?.[1] ?? '';

export const unreachedBy = 'no application';
function unreached(walk: Walk): void {
  for (const [key, router] of walk.uses.routers) {
    if (walk.entered.has(key)) continue;
    for (const use of walk.usesOf(key)) {
      if (!looksLikeRoute(walk, use, router)) continue;
      walk.unknown(use, `${unreachedBy} ${router.role === 'router' ? 'mounts this router' : 'reaches this function'}`);
    }
  }
}
/** `{ method, path }` of Fastify and hapi, and lists of them. */
function isDescription(node: Node | undefined): boolean {
  const plain = node === undefined ? undefined : bare(node);
  if (plain?.type === 'ArrayExpression') return plain.elements.some((one) => one !== null && isDescription(one));
  if (plain?.type !== 'ObjectExpression') return false;
  return plain.properties.some((one) => one.type === 'Property' && nameOf(one.key) === 'method');
}
/** Not `cache.get(key)`, not `http.post('/orders', order)`: a path and something that answers; what is called on a router is one. */
function looksLikeRoute(walk: Walk, { name, given, unit }: Use, router: Router): boolean {
  const { js } = walk.reading;
  if (name === 'route' && isDescription(given[0])) return true;
  if (name === undefined || !(verbs.has(name) || name === 'route' || name === 'register') || given.length < 2) return false;
  if (router.role === 'router') return true;
  const type = parameterType(router.value);
  if (type !== '') return routerTypes.test(type);
  return js.constantText(unit, given[0])?.startsWith('/') === true && mayAnswer(walk, unit, given.at(-1));
}
function mayAnswer(walk: Walk, unit: EcmaUnit, node: Node | undefined): boolean {
  const plain = node === undefined ? undefined : bare(node);
  if (plain === undefined || !answering.has(plain.type)) return false;
  const value = walk.reading.js.meaningOf(unit, plain);
  return value === undefined || value.kind === 'function' || value.kind === 'made' || value.kind === 'external';
}
const answering: ReadonlySet<Node['type']> = new Set([
  'FunctionExpression',
  'ArrowFunctionExpression',
  'Identifier',
  'MemberExpression',
  'CallExpression',
]);

/** How a parameter is declared that is a router of some framework. */
const routerTypes = /(^|\.)(I?Router|Koa|Express|Application|Fastify\w*|Hono|OpenAPIHono|Server|any)$/;
function parameterType(value: Value): string {
  if (value.kind !== 'parameter' || !isFunction(value.of)) return '';
  const parameter = value.of.params[value.index];
  return parameter === undefined ? '' : typeText(value.unit, parameter);
}
