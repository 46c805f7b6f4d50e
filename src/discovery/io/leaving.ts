// Which calls leave the process: queries and requests to other services.
import type { CallExpression, Node } from 'oxc-parser';
import type { Spot, Value } from '../contract/meaning.ts';
import type { EcmaUnit, Reading } from '../contract/reading.ts';
import { bare, isClass, nameOf, propertyName } from '../ecma/node.ts';
import { type Code, calledBy, codeKey, followed, nodesOf } from './graph.ts';
import { clients, databaseNames, databases, modelMethods, outbound, queryMethods } from './rules.ts';

const plainName = (from: string): string => from.replace(/^node:/, '');
/** The function of a package that a callee stands for. */
export function packaged(
  reading: Reading,
  unit: EcmaUnit,
  node: Node | null | undefined,
): { readonly from: string; readonly name: string } | undefined {
  const value = reading.js.meaningOf(unit, node, followed);
  if (value?.kind !== 'external' && value?.kind !== 'made') return undefined;
  return { from: plainName(value.from), name: value.name };
}

export function isQuery(reading: Reading, unit: EcmaUnit, call: CallExpression): boolean {
  const callee = bare(call.callee);
  const name = propertyName(callee);
  if (callee.type !== 'MemberExpression' || name === undefined) return false;
  const asModel = modelMethods.test(name);
  if (!asModel && !queryMethods.test(name)) return false;
  const value = reading.js.meaningOf(unit, callee.object, followed);
  if (value?.kind === 'class' || value?.kind === 'instance') return asModel && isModel(reading, value);
  if (value?.kind === 'external' || value?.kind === 'made')
    return databases.test(plainName(value.from)) && (queryMethods.test(name) || /(^|\.)model$/.test(value.name));
  if (!queryMethods.test(name)) return false;
  if (value !== undefined && value.kind !== 'parameter' && value.kind !== 'other') return false;
  return databaseNames.test(unit.textOf(callee.object)) || name.startsWith('$');
}

/** Does a class come, through its bases, from a package that speaks to databases? A method that it has itself is followed instead. */
function isModel(reading: Reading, value: Spot): boolean {
  for (let at: Spot | undefined = value, n = 0; at !== undefined && n < 8; n += 1) {
    const base: Value | undefined = isClass(at.node) ? reading.js.meaningOf(at.unit, at.node.superClass) : undefined;
    if (base?.kind === 'external' || base?.kind === 'made') return databases.test(plainName(base.from));
    at = base?.kind === 'class' ? base : undefined;
  }
  return false;
}

export interface OutboundCall {
  /** `fetch`, `axios.post`. */
  readonly name: string;
  /** `unknown`: its options come from where the source does not say. */
  readonly limited: 'yes' | 'no' | 'unknown';
}
type Limited = OutboundCall['limited'];
const best = (all: readonly Limited[]): Limited => (all.includes('yes') ? 'yes' : all.includes('unknown') ? 'unknown' : 'no');

const found = new WeakMap<Reading, WeakMap<CallExpression, OutboundCall | null>>();
export function outboundCall(reading: Reading, unit: EcmaUnit, call: CallExpression): OutboundCall | undefined {
  const known = found.get(reading) ?? new WeakMap<CallExpression, OutboundCall | null>();
  found.set(reading, known);
  const before = known.get(call);
  if (before !== undefined) return before ?? undefined;
  const made = outboundOf(reading, unit, call);
  known.set(call, made ?? null);
  return made;
}

function outboundOf(reading: Reading, unit: EcmaUnit, call: CallExpression): OutboundCall | undefined {
  const { callee, arguments: given } = call;
  const name = unit.textOf(callee).replace(/\s+/g, '').slice(0, 60);
  const value = reading.js.meaningOf(unit, callee, followed);
  const isGlobal =
    value === undefined &&
    /^(globalThis\.)?fetch$/.test(name) &&
    (callee.type !== 'Identifier' || reading.js.declarationOf(unit, callee) === undefined);
  const from = isGlobal ? '' : value?.kind === 'external' ? plainName(value.from) : undefined;
  const path = isGlobal ? 'fetch' : value?.kind === 'external' ? value.name : '';
  const known = from === undefined ? undefined : outbound.find((one) => one.from === from && one.name.test(path));
  if (known !== undefined) {
    const own = known.options.map((n) => limits(reading, unit, { options: given[n], names: known.limits }));
    return { name, limited: best([...own, ...(hasDefault(reading, known.from) ? (['yes'] as const) : [])]) };
  }
  if (value?.kind !== 'made') return undefined;
  const client = clients.find((one) => one.from.test(plainName(value.from)) && one.made.test(value.name));
  if (client === undefined) return undefined;
  const own = limits(reading, value.unit, { options: value.call.arguments[0], names: client.limits });
  const here = given.slice(1).map((options) => limits(reading, unit, { options, names: client.limits }));
  return { name, limited: best([own, ...here, ...(hasDefault(reading, plainName(value.from)) ? (['yes'] as const) : [])]) };
}

const defaults = new WeakMap<Reading, Map<string, boolean>>();
/** Is a time limit set for all calls: `axios.defaults.timeout = …`, `setGlobalDispatcher(new Agent({ headersTimeout }))`? */
function hasDefault(reading: Reading, from: string): boolean {
  const known = defaults.get(reading) ?? new Map<string, boolean>();
  defaults.set(reading, known);
  const before = known.get(from);
  if (before !== undefined) return before;
  const is =
    from === 'axios'
      ? reading.marked('axios').some((file) => {
          const unit = reading.ecma(file);
          return unit?.nodes('AssignmentExpression').some(({ left }) => /\bdefaults\.timeout$/.test(unit.textOf(left))) === true;
        })
      : (from === '' || from === 'undici') &&
        reading.marked('call setGlobalDispatcher').some((file) => {
          const unit = reading.ecma(file);
          return unit
            ?.nodes('CallExpression')
            .some((call) => nameOf(call.callee) === 'setGlobalDispatcher' && /Timeout\b/.test(unit.textOf(call)));
        });
  known.set(from, is === true);
  return is === true;
}

function limits(
  reading: Reading,
  unit: EcmaUnit,
  o: { readonly options: Node | undefined; readonly names: readonly string[] },
): Limited {
  if (o.options === undefined) return 'no';
  const value = reading.js.meaningOf(unit, o.options, followed);
  if (value?.kind === 'object' && value.node.type === 'ObjectExpression') {
    const { properties } = value.node;
    if (properties.some((one) => one.type === 'Property' && o.names.includes(nameOf(one.key) ?? ''))) return 'yes';
    const inside = value.unit;
    return best(
      properties.flatMap((one) =>
        one.type === 'SpreadElement' ? [limits(reading, inside, { options: one.argument, names: o.names })] : [],
      ),
    );
  }
  // A text or a URL is the address, not the options.
  if (value?.kind === 'other' || value?.kind === 'made' || value?.kind === 'function' || value?.kind === 'text') return 'no';
  const written = unit.textOf(o.options);
  return /^(url|uri|href|path|endpoint|body|data|payload)$/i.test(written) || o.options.type === 'NewExpression'
    ? 'no'
    : 'unknown';
}

export type Wait = 'query' | 'outbound';

/** Does a function send queries or requests, itself or through what it calls? */
export class Waits {
  readonly #reading: Reading;
  readonly #known = new Map<string, ReadonlySet<Wait>>();
  constructor(reading: Reading) {
    this.#reading = reading;
  }
  ofCall(unit: EcmaUnit, call: CallExpression): Wait | undefined {
    if (isQuery(this.#reading, unit, call)) return 'query';
    return outboundCall(this.#reading, unit, call) === undefined ? undefined : 'outbound';
  }
  of(code: Code, depth = 0): ReadonlySet<Wait> {
    const key = codeKey(code);
    const known = this.#known.get(key);
    if (known !== undefined || depth > 5) return known ?? new Set();
    this.#known.set(key, new Set());
    const waits = new Set<Wait>();
    for (const call of nodesOf(code, 'CallExpression')) {
      const wait = this.ofCall(code.unit, call);
      if (wait !== undefined) waits.add(wait);
    }
    for (const { code: inner } of calledBy(this.#reading, code)) for (const wait of this.of(inner, depth + 1)) waits.add(wait);
    this.#known.set(key, waits);
    return waits;
  }
}
