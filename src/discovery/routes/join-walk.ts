// From every application down through what is mounted on it.
import type { Node } from 'oxc-parser';
import type { Json } from '../../contract/schema.ts';
import type { Question, Round, Value } from '../contract/meaning.ts';
import type { NotUnderstood } from '../contract/place.ts';
import type { EcmaUnit, Reading } from '../contract/reading.ts';
import type { Guard, Route } from '../contract/route.ts';
import { bare } from '../ecma/node.ts';
import { handlerOf } from './join-handler.ts';
import type { At } from './join-origin.ts';
import {
  parameterKey,
  type Router,
  routerOf,
  sharedKey,
  targetOf,
  type Use,
  type Uses,
  usesIn,
  type Vocabulary,
} from './join-uses.ts';
import { isUnder, joinPaths, type Mount, noRound, placeOf } from './model.ts';

export interface Framework extends Vocabulary {
  readonly name: string;
  readonly knownFrom: string;
  /** Adds the routes of an application, a router or a parameter that stands for one, and enters what is mounted on it. */
  walk(walk: Walk, key: string, mount: Mount): void;
  /** Where no file imports it. */
  isHere?(reading: Reading): boolean;
  /** How a parameter is declared that is a whole application: it has no prefix. */
  readonly appType?: RegExp;
  /** Entry points besides applications that the code makes. */
  roots?(walk: Walk): void;
}
export interface Made {
  readonly use: Use;
  readonly methods: readonly string[];
  /** In full and plain. */
  readonly path: string;
  readonly mount: Mount;
  readonly handler: Value | Node | undefined;
  readonly guards: readonly Guard[];
  readonly request?: Json;
  readonly response?: Json;
  /** Where it is written, if not where the call is. */
  readonly at?: { readonly unit: EcmaUnit; readonly node: Node };
}
/** Deeper nesting is a router that mounts itself. */
const deepest = 12;
const mostRoutes = 20_000;

export class Walk {
  readonly reading: Reading;
  readonly uses: Uses;
  readonly framework: Framework;
  readonly #say: (what: NotUnderstood) => void;
  #routes: Route[] = [];
  readonly entered = new Set<string>();
  /** What something else mounts is no application of its own. */
  readonly mounted = new Set<string>();
  #depth = 0;

  constructor(reading: Reading, framework: Framework, say: (what: NotUnderstood) => void) {
    this.reading = reading;
    this.framework = framework;
    this.uses = usesIn(reading, framework);
    this.#say = say;
  }
  /** What a factory does with what it makes comes before what is done with it elsewhere. */
  usesOf(key: string): readonly Use[] {
    const own = this.uses.of.get(key) ?? [];
    const shared = sharedKey(key);
    return shared === key ? own : [...(this.uses.of.get(shared) ?? []), ...own];
  }
  router(at: At): Router | undefined {
    return routerOf(this.reading, this.framework, at);
  }
  enter(key: string, mount: Mount): void {
    if (this.#depth > deepest || this.#routes.length > mostRoutes) return;
    for (const one of [key, sharedKey(key)]) {
      this.entered.add(one);
      if (this.#depth > 0) this.mounted.add(one);
    }
    this.#depth += 1;
    this.framework.walk(this, key, mount);
    this.#depth -= 1;
  }
  /** Its routes are not in the map, which is said where the reason is. */
  pass(key: string): void {
    for (const one of [key, sharedKey(key)]) {
      this.entered.add(one);
      this.mounted.add(one);
    }
  }
  /** Enters the function that an application is handed to. */
  handOver(use: Use, mount: Mount): void {
    const target = targetOf(this.reading, use);
    if (target === undefined) return;
    const round = this.#bound(use, mount, target);
    this.enter(parameterKey(this.reading, target, use.slot ?? '0'), { ...mount, round, certain: mount.certain && use.certain });
  }
  /** The parameters of a function of the project are what this call gives. */
  #bound(use: Use, mount: Mount, target: { readonly of: Node; readonly unit: EcmaUnit }): Round {
    const question = this.question(use, mount);
    const given = use.call.arguments.map((one) => this.reading.js.meaningOf(use.unit, one, question));
    const key = this.reading.js.keyOf(target.unit, target.of);
    return new Map([...(question.round ?? noRound), [key, { value: given[0], key: '0', given }]]);
  }
  question(use: Use, mount: Mount): Question {
    if (mount.round.size === 0) return { throughCalls: true, round: use.round };
    return { throughCalls: true, round: use.round.size === 0 ? mount.round : new Map([...mount.round, ...use.round]) };
  }
  text(use: Use, mount: Mount, node: Node | null | undefined): string | undefined {
    return this.reading.js.constantText(use.unit, node, this.question(use, mount));
  }
  /** One text, or the texts of a list; undefined: not known. */
  texts(use: Use, mount: Mount, node: Node | null | undefined): readonly string[] | undefined {
    const one = this.text(use, mount, node);
    if (one !== undefined) return [one];
    if (node === null || node === undefined) return undefined;
    const value = this.reading.js.meaningOf(use.unit, node, this.question(use, mount));
    if (value?.kind !== 'array' || value.node.type !== 'ArrayExpression') return undefined;
    const all = value.node.elements.map((element) =>
      this.reading.js.constantText(value.unit, element, this.question(use, mount)),
    );
    return all.every((text) => text !== undefined) ? all : undefined;
  }
  /** What a factory makes has its parameters from the call that it is made by. */
  madeBy({ origin }: Router, question: Question): Round {
    const round = question.round ?? noRound;
    if (origin?.kind !== 'call') return round;
    const target = this.reading.js.meaningOf(origin.unit, origin.node.callee, question);
    if (target?.kind !== 'function') return round;
    const given = origin.node.arguments.map((one) => this.reading.js.meaningOf(origin.unit, one, question));
    const key = this.reading.js.keyOf(target.unit, target.node);
    return new Map([...round, [key, { value: given[0], key: '0', given }]]);
  }
  unknown(use: Use, why: string): void {
    // Of a chain, the call itself: `.register(…)` of `app.register(…).register(…)`.
    const node = use.chain.length > 0 || isChained(use.call) ? propertyNodeOf(use.call) : use.call;
    this.report({ unit: use.unit, node: { start: node.start, end: use.call.end } }, why);
  }
  report(at: { readonly unit: EcmaUnit; readonly node: { readonly start: number; readonly end: number } }, why: string): void {
    const { unit, node } = at;
    const line = unit.lineOf(node);
    this.#say({ file: unit.file, line, what: unit.excerpt(node), why, about: 'route', stack: this.framework.name });
  }

  add(made: Made): void {
    const { use, mount } = made;
    const at = made.at ?? { unit: use.unit, node: propertyNodeOf(use.call) };
    const registered = placeOf(at.unit, at.node);
    const guards = mount.guards.filter(({ under }) => isUnder(made.path, under)).map(({ under: _, ...guard }) => guard);
    for (const method of made.methods) {
      this.#routes.push({
        method,
        path: made.path,
        stack: this.framework.name,
        scope: this.reading.scope,
        registered,
        handler: handlerOf(
          { reading: this.reading, unit: use.unit, question: this.question(use, mount), registered },
          made.handler,
        ),
        guards: [...guards, ...made.guards],
        request: made.request ?? null,
        response: made.response ?? null,
        version: null,
        mounted: mount.mounted,
        certain: mount.certain && use.certain,
      });
    }
  }
  take(): readonly Route[] {
    const routes = this.#routes;
    this.#routes = [];
    return routes;
  }
}
const isChained = (call: Use['call']): boolean => {
  const callee = bare(call.callee);
  return callee.type === 'MemberExpression' && bare(callee.object).type === 'CallExpression';
};
const propertyNodeOf = (call: Use['call']): Node => {
  const callee = bare(call.callee);
  return callee.type === 'MemberExpression' ? callee.property : call;
};
export const under = (mount: Mount, path: string, use: Use): Mount => ({
  ...mount,
  prefix: joinPaths(mount.prefix, path),
  mounted: [...mount.mounted, placeOf(use.unit, use.call)],
  certain: mount.certain && use.certain,
});
