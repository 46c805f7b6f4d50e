// Every call on an application or a router, by the value that it is made on.
import type { CallExpression, NewExpression, Node } from 'oxc-parser';
import type { Question, Round, Value } from '../contract/meaning.ts';
import type { EcmaUnit, Reading } from '../contract/reading.ts';
import { bare, isClass, nameOf, propertyName } from '../ecma/node.ts';
import { type At, type Origin, originOf } from './join-origin.ts';
import { noRound, verbs } from './model.ts';

type Made = Value & { readonly kind: 'made' };
/** What is known of a framework whose routes are made by calls. */
export interface Vocabulary {
  /** Packages whose values are applications or routers. */
  readonly packages: RegExp;
  /** Methods of applications and routers that matter. */
  readonly names: ReadonlySet<string>;
  /** An application answers by itself, a router must be mounted. */
  roleOf(value: Made): 'app' | 'router' | undefined;
}
export interface Router {
  readonly key: string;
  readonly role: 'app' | 'router' | 'parameter';
  readonly value: Value;
  /** The factory's call, or the class, that has it for itself; its key begins with that of what the factory makes. */
  readonly origin?: Origin;
}
/** The key of what a factory makes, whoever calls it. */
export const sharedKey = (key: string): string => key.split('@@')[0] ?? key;
/** A call below another on the same router: `route('/x')` of `app.route('/x').get(f)`. */
export interface Link {
  readonly name: string;
  readonly call: CallExpression;
}
export interface Use {
  /** The method that is called; undefined: the application is handed to a function. */
  readonly name: string | undefined;
  readonly call: CallExpression | NewExpression;
  readonly unit: EcmaUnit;
  readonly given: readonly Node[];
  /** Outermost last. */
  readonly chain: readonly Link[];
  /** What the variables of loops around it are in this turn. */
  readonly round: Round;
  /** False: a loop over what is not known, or a condition decides. */
  readonly certain: boolean;
  /** Where it is handed over: `0`, or `0.app` for a property of an object. */
  readonly slot?: string;
}
export interface Uses {
  readonly routers: ReadonlyMap<string, Router>;
  readonly of: ReadonlyMap<string, readonly Use[]>;
}

export function routerOf(reading: Reading, words: Vocabulary, at: At): Router | undefined {
  const value = reading.js.meaningOf(at.unit, at.node, at.question);
  if (value?.kind === 'parameter') {
    if (value.path.length > 1) return undefined;
    const slot = [value.index, ...value.path].join('.');
    return { key: parameterKey(reading, value, slot), role: 'parameter', value };
  }
  const role = value?.kind === 'made' ? words.roleOf(value) : undefined;
  if (value?.kind !== 'made' || role === undefined) return undefined;
  const key = reading.js.keyOf(value.unit, value.call);
  const origin = originOf(reading, words.names, at);
  if (origin === undefined || (origin.kind === 'class' && isWithin(value, origin))) return { key, role, value };
  return { key: `${key}@@${reading.js.keyOf(origin.unit, origin.node)}`, role, value, origin };
}
/** A class that makes its router itself shares it with nobody. */
const isWithin = (made: Made, { unit, node }: Origin): boolean =>
  made.unit.file === unit.file && made.call.start >= node.start && made.call.end <= node.end;
export const parameterKey = (
  reading: Reading,
  fn: { readonly of: Node; readonly unit: EcmaUnit },
  slot: string | number,
): string => `${reading.js.keyOf(fn.unit, fn.of)}#${slot}`;

export function usesIn(reading: Reading, words: Vocabulary): Uses {
  const found = { routers: new Map<string, Router>(), of: new Map<string, Use[]>() };
  const add = (router: Router, use: Use): void => {
    found.routers.set(router.key, found.routers.get(router.key) ?? router);
    const uses = found.of.get(router.key) ?? [];
    uses.push(use);
    found.of.set(router.key, uses);
  };
  for (const unit of filesOf(reading, words)) {
    const search: Search = { reading, words, unit, add };
    for (const call of unit.nodes('CallExpression')) {
      if (!calledOn(search, call)) handedOver(search, call);
    }
    for (const call of unit.nodes('NewExpression')) handedOver(search, call);
  }
  for (const uses of found.of.values()) uses.sort(inOrder);
  return found;
}
interface Search {
  readonly reading: Reading;
  readonly words: Vocabulary;
  readonly unit: EcmaUnit;
  add(router: Router, use: Use): void;
}

/** Files that name the framework or call a method of one of the names, and those that import one of them. */
function filesOf(reading: Reading, words: Vocabulary): readonly EcmaUnit[] {
  const files = new Set(reading.marked(words.packages));
  for (const name of words.names) for (const file of reading.marked(`call ${name}`)) files.add(file);
  for (const [file, { imports }] of reading.facts) {
    if (imports.some(({ from }) => files.has(reading.js.resolve(file, from) ?? ''))) files.add(file);
  }
  return [...files].sort().flatMap((file) => reading.ecma(file) ?? []);
}

/** By file, and in it by where the call ends: `a.get().post()` calls get first. */
function inOrder(a: Use, b: Use): number {
  if (a.unit.file !== b.unit.file) return a.unit.file < b.unit.file ? -1 : 1;
  return a.call.end - b.call.end;
}

function calledOn({ reading, words, unit, add }: Search, call: CallExpression): boolean {
  const callee = bare(call.callee);
  if (callee.type !== 'MemberExpression') return false;
  const written = propertyName(callee);
  if (written !== undefined ? !words.names.has(written) : !callee.computed) return false;
  const rounds = reading.js.rounds(unit, call);
  const certain = rounds !== undefined && !reading.js.isConditional(unit, call);
  let isOne = false;
  for (const round of rounds ?? [noRound]) {
    const question: Question = { round };
    const { bottom, chain } = chainBelow(reading, words, { unit, node: callee.object, question });
    const router = routerOf(reading, words, { unit, node: bottom, question });
    if (router === undefined) continue;
    const name = written ?? verbOf(reading, unit, { node: callee.property, question: { throughCalls: true, round } });
    if (name === undefined || !words.names.has(name)) continue;
    isOne = true;
    // `headers.get(name)` of what a function is given: to keep it is to keep the tree of its file.
    if (router.role === 'parameter' && verbs.has(name) && call.arguments.length < 2 && chain.length === 0) continue;
    add(router, { name, call, unit, given: call.arguments, chain, round, certain });
  }
  return isOne;
}

/** `app[method]` and `app[method.toLowerCase()]`. */
function verbOf(reading: Reading, unit: EcmaUnit, o: { readonly node: Node; readonly question: Question }): string | undefined {
  const node = bare(o.node);
  const callee = node.type === 'CallExpression' ? bare(node.callee) : undefined;
  if (callee?.type !== 'MemberExpression' || propertyName(callee) !== 'toLowerCase')
    return reading.js.constantText(unit, node, o.question);
  return reading.js.constantText(unit, callee.object, o.question)?.toLowerCase();
}

/** What a chain of calls begins with: `app` of `app.route('/x').get(a).post(b)`, also where the chain goes on from a name. */
function chainBelow(
  reading: Reading,
  words: Vocabulary,
  o: { readonly unit: EcmaUnit; readonly node: Node; readonly question: Question },
): { readonly bottom: Node; readonly chain: readonly Link[] } {
  const chain: Link[] = [];
  let at = bare(o.node);
  for (let steps = 0; steps < 1000; steps += 1) {
    if (at.type === 'Identifier') {
      const declaration = reading.js.declarationOf(o.unit, at);
      const set = declaration?.kind === 'value' && declaration.path.length === 0 ? bare(declaration.node) : undefined;
      if (set?.type !== 'CallExpression' || !words.names.has(propertyName(bare(set.callee)) ?? '')) break;
      at = set;
    }
    if (at.type !== 'CallExpression') break;
    const callee = bare(at.callee);
    const name = propertyName(callee);
    if (callee.type !== 'MemberExpression' || name === undefined) break;
    if (!words.names.has(name) && name !== 'after' && name !== 'withTypeProvider') break;
    chain.unshift({ name, call: at });
    at = bare(callee.object);
  }
  return { bottom: at, chain };
}

function handedOver(search: Search, call: CallExpression | NewExpression): void {
  const { reading, words, unit, add } = search;
  const slots = call.arguments.flatMap((argument, index): readonly (readonly [slot: string, node: Node])[] => {
    const plain = bare(argument);
    if (plain.type === 'Identifier' || plain.type === 'MemberExpression' || plain.type === 'ThisExpression')
      return [[`${index}`, plain]];
    if (plain.type !== 'ObjectExpression') return [];
    return plain.properties.flatMap((one) => {
      const name = one.type === 'Property' && !one.computed ? nameOf(one.key) : undefined;
      return one.type === 'Property' && name !== undefined && bare(one.value).type === 'Identifier'
        ? [[`${index}.${name}`, one.value] as const]
        : [];
    });
  });
  for (const [slot, node] of slots) {
    const rounds = reading.js.rounds(unit, call);
    const certain = rounds !== undefined && !reading.js.isConditional(unit, call);
    for (const round of rounds ?? [noRound]) {
      const router = routerOf(reading, words, { unit, node, question: { round } });
      if (router === undefined) continue;
      const use: Use = { name: undefined, call, unit, given: call.arguments, chain: [], round, certain, slot };
      // What a function is given and gives to a package leads nowhere.
      if (router.role !== 'parameter' || targetOf(reading, use) !== undefined) add(router, use);
    }
  }
}

/** The function that a use hands its application to: of a class, the constructor. */
export function targetOf(reading: Reading, use: Use): { readonly of: Node; readonly unit: EcmaUnit } | undefined {
  const value = reading.js.meaningOf(use.unit, use.call.callee, { round: use.round });
  if (value?.kind === 'function') return { of: value.node, unit: value.unit };
  if (value?.kind !== 'class' || !isClass(value.node)) return undefined;
  for (const one of value.node.body.body) {
    if (one.type === 'MethodDefinition' && one.kind === 'constructor') return { of: one.value, unit: value.unit };
  }
  return undefined;
}
