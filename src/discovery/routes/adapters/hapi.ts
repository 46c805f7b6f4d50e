// hapi: routes as objects, plugins with prefixes, strategies of authentication.
import type { Element, Question, Value } from '../../contract/meaning.ts';
import type { EcmaUnit } from '../../contract/reading.ts';
import { bare, propertyName } from '../../ecma/node.ts';
import { stackOf } from '../join-stack.ts';
import { parameterKey, type Use } from '../join-uses.ts';
import { type Framework, under, type Walk } from '../join-walk.ts';
import type { Mount } from '../model.ts';
import { addRoute } from './hapi-route.ts';

const framework: Framework = {
  name: 'hapi',
  knownFrom: 'https://hapi.dev/api/?v=21.4.0',
  packages: /^(@hapi\/hapi|hapi|@hapi\/glue|glue)$/,
  names: new Set(['route', 'register', 'dependency']),
  roleOf({ from, name }) {
    const plain = name.replace(/(^|\.)(\w+\(\)|default|\*)/g, '').replace(/^\./, '');
    if (/^(@hapi\/)?glue$/.test(from)) return plain === 'compose' ? 'app' : undefined;
    return /^(@hapi\/)?hapi$/.test(from) && /^([sS]erver)$/.test(plain) ? 'app' : undefined;
  },
  walk(walk, key, mount) {
    for (const use of walk.usesOf(key)) {
      if (use.name === undefined) walk.handOver(use, mount);
      else if (use.name === 'route') routes(walk, use, mount);
      else if (use.name === 'dependency') afterwards(walk, use, mount);
      else registerAll(walk, use, mount);
    }
  },
};
export const hapi = stackOf(framework);

/** The elements of a list, or the one value. */
function all(walk: Walk, use: Use, mount: Mount): readonly Element[] | undefined {
  const [first] = use.given;
  const question = walk.question(use, mount);
  const value = walk.reading.js.meaningOf(use.unit, first, question);
  if (value?.kind === 'object' || value?.kind === 'external' || value?.kind === 'namespace') return [{ value, key: '0' }];
  const list = walk.reading.js.elementsOf(use.unit, first, question);
  return list ?? (value === undefined ? undefined : [{ value, key: '0' }]);
}
const askedOf = (walk: Walk, use: Use, o: { readonly mount: Mount; readonly element: Element }): Question => {
  const question = walk.question(use, o.mount);
  return o.element.round === undefined
    ? question
    : { ...question, round: new Map([...(question.round ?? []), ...o.element.round]) };
};

/** `dependency(plugins, (server) => { … })` goes on with the same server. */
function afterwards(walk: Walk, use: Use, mount: Mount): void {
  const value = walk.reading.js.meaningOf(use.unit, use.given[1], walk.question(use, mount));
  if (value?.kind === 'function') walk.enter(parameterKey(walk.reading, { of: value.node, unit: value.unit }, '0'), mount);
}

function routes(walk: Walk, use: Use, mount: Mount) {
  const list = all(walk, use, mount);
  if (list === undefined) return walk.unknown(use, 'which routes are made here is known only while the program runs');
  for (const element of list) {
    const question = askedOf(walk, use, { mount, element });
    if (element.value?.kind === 'object')
      addRoute({ walk, use, mount, question, options: element.value, standard: defaultOf(walk, use) });
    else walk.unknown(use, 'a route in this list is known only while the program runs');
  }
}

/** `register(plugin)`, `register({ plugin, options, routes: { prefix } })`, lists of them, and options for all of them. */
function registerAll(walk: Walk, use: Use, mount: Mount) {
  const list = all(walk, use, mount);
  if (list === undefined) return walk.unknown(use, 'which plugin is registered here is known only while the program runs');
  const shared = walk.reading.js.meaningOf(use.unit, use.given[1], walk.question(use, mount));
  for (const element of list) {
    const question = askedOf(walk, use, { mount, element });
    const own = prefixOf(walk, element.value, question);
    const prefix = own === undefined ? prefixOf(walk, shared, question) : own;
    if (prefix === null)
      walk.unknown(use, 'the prefix of this plugin is known only while the program runs; its routes are not in the map');
    registered(walk, use, { mount: under(mount, prefix ?? '', use), value: element.value, question, isKnown: prefix !== null });
  }
}
/** Null: there is one, and it is not known. */
function prefixOf(walk: Walk, value: Value | undefined, question: Question): string | null | undefined {
  const { js } = walk.reading;
  if (value?.kind !== 'object') return undefined;
  const routes = js.propertyOf(value, 'routes', question);
  const json = routes?.kind === 'object' ? js.jsonOf(routes.unit, routes.node, question) : undefined;
  const prefix = typeof json === 'object' && json !== null && 'prefix' in json ? json.prefix : undefined;
  return prefix === undefined || typeof prefix === 'string' ? prefix : null;
}

interface Registered {
  readonly mount: Mount;
  readonly value: Value | undefined;
  readonly question: Question;
  readonly isKnown: boolean;
}
function registered(walk: Walk, use: Use, o: Registered, depth = 0) {
  const { mount, value, question } = o;
  const { js } = walk.reading;
  if (value?.kind === 'external' || value?.kind === 'made') {
    if (/swagger|good|status-monitor|inert-browse/.test(value.from))
      walk.unknown(use, `${value.from} may add routes of its own; they are not in the map`);
    return;
  }
  const inner = value === undefined || depth > 3 ? undefined : js.propertyOf(value, 'register', question);
  if (inner?.kind === 'function') return walk.enter(parameterKey(walk.reading, { of: inner.node, unit: inner.unit }, '0'), mount);
  for (const name of ['plugin', 'default']) {
    const plugin = value === undefined || depth > 3 ? undefined : js.propertyOf(value, name, question);
    if (plugin !== undefined) return registered(walk, use, { ...o, value: plugin }, depth + 1);
  }
  walk.unknown(use, 'which plugin is registered here is known only while the program runs');
}

/** `server.auth.default(strategy)` counts for every route that does not say otherwise, whenever it is called. */
export interface Standard {
  readonly strategy: string;
  readonly scopes: readonly string[];
  readonly at: { readonly unit: EcmaUnit; readonly line: number };
  /** Said of a server that the same code makes, not of one that it is given. */
  readonly isOwn: boolean;
}
const standards = new WeakMap<Walk, readonly Standard[]>();
function defaultOf(walk: Walk, use: Use): Standard | undefined {
  let known = standards.get(walk);
  if (known === undefined) {
    known = standardsIn(walk);
    standards.set(walk, known);
  }
  // Of several servers, what one file says of its own counts for it alone.
  const servers = [...walk.uses.routers.values()].filter(({ role }) => role === 'app').length;
  return known.find(({ at, isOwn }) => !isOwn || servers === 1 || at.unit.file === use.unit.file);
}
function standardsIn(walk: Walk): readonly Standard[] {
  return walk.reading.js.callsNamed(new Set(['default'])).flatMap(({ node, unit }): readonly Standard[] => {
    const callee = bare(node.callee);
    const auth = callee.type === 'MemberExpression' ? bare(callee.object) : undefined;
    if (auth?.type !== 'MemberExpression' || propertyName(auth) !== 'auth') return [];
    const json = walk.reading.js.jsonOf(unit, node.arguments[0]);
    const strategy = typeof json === 'string' ? json : strategyIn(json);
    const isOwn = walk.router({ unit, node: auth.object, question: {} })?.role === 'app';
    return strategy === undefined ? [] : [{ strategy, scopes: [], at: { unit, line: unit.lineOf(node) }, isOwn }];
  });
}
function strategyIn(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { strategy, strategies, mode } = json as Readonly<Record<string, unknown>>;
  if (mode === 'try' || mode === 'optional') return undefined;
  if (typeof strategy === 'string') return strategy;
  return Array.isArray(strategies) ? strategies.map(String).join(', ') : undefined;
}
