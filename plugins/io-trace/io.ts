// Which calls leave the process: queries and requests to other services.

import { argumentsOf, functionKey } from '../../src/javascript/calls.ts';
import type { Module } from '../../src/javascript/module.ts';
import type { Node } from '../../src/javascript/node.ts';
import { declarationOf } from '../../src/javascript/scope.ts';
import { meaningOf, type Reading } from '../../src/javascript/values.ts';
import { type Code, calledBy, nodesOf } from './reach.ts';
import { clients, databaseNames, databases, outbound, queryMethods } from './rules.ts';

export function isQuery(reading: Reading, module: Module, call: Node): boolean {
  const callee = call.field('function');
  if (callee?.kind() !== 'member_expression') return false;
  const name = callee.field('property')?.text() ?? '';
  if (!queryMethods.test(name)) return false;
  const object = callee.field('object');
  const value = meaningOf(reading, module, object);
  if (value?.kind === 'external' || value?.kind === 'made') return databases.test(value.from);
  if (value !== undefined && value.kind !== 'parameter' && value.kind !== 'other') return false;
  return databaseNames.test(object?.text() ?? '') || /^\$/.test(name);
}

export interface OutboundCall {
  /** `fetch`, `axios.post`. */
  readonly name: string;
  /** `unknown`: its options come from where the source does not say. */
  readonly limited: 'yes' | 'no' | 'unknown';
}

export function outboundCall(reading: Reading, module: Module, call: Node): OutboundCall | undefined {
  const callee = call.field('function');
  if (callee === null) return undefined;
  const name = callee.text().replace(/\s+/g, '');
  const given = argumentsOf(call);
  const value = meaningOf(reading, module, callee);
  const isGlobal =
    value === undefined &&
    /^(globalThis\.)?fetch$/.test(name) &&
    (callee.kind() !== 'identifier' || declarationOf(module, callee) === undefined);
  const from = isGlobal ? '' : value?.kind === 'external' ? value.from : undefined;
  const path = isGlobal ? 'fetch' : value?.kind === 'external' ? value.name : '';
  const known = from === undefined ? undefined : outbound.find((one) => one.from === from && one.name.test(path));
  if (known !== undefined) {
    return {
      name,
      limited: worst(known.options.map((n) => limits(reading, module, { options: given[n], names: known.limits }))),
    };
  }
  if (value?.kind !== 'made') return undefined;
  const client = clients.find((one) => one.from === value.from && one.made.test(value.name));
  if (client === undefined) return undefined;
  const own = limits(reading, value.module, { options: argumentsOf(value.call)[0], names: client.limits });
  return {
    name,
    limited: worst([own, ...given.slice(1).map((options) => limits(reading, module, { options, names: client.limits }))]),
  };
}

type Limited = OutboundCall['limited'];
const worst = (all: readonly Limited[]): Limited => (all.includes('yes') ? 'yes' : all.includes('unknown') ? 'unknown' : 'no');

function limits(
  reading: Reading,
  module: Module,
  o: { readonly options: Node | undefined; readonly names: readonly string[] },
): Limited {
  if (o.options === undefined) return 'no';
  const value = meaningOf(reading, module, o.options);
  if (value?.kind === 'object') {
    const keys = value.node.children().map((one) => (one.field('key') ?? one.field('name') ?? one).text().replace(/['"]/g, ''));
    if (o.names.some((name) => keys.includes(name))) return 'yes';
    const spread = value.node.children().filter((one) => one.kind() === 'spread_element');
    return worst(spread.map((one) => limits(reading, value.module, { options: one.named()[0], names: o.names })));
  }
  // A text or a URL is the address, not the options.
  if (value?.kind === 'other' || value?.kind === 'made' || value?.kind === 'function') return 'no';
  return /^(url|uri|href|path|endpoint|body|data|payload)$/i.test(o.options.text()) || o.options.kind() === 'new_expression'
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
  ofCall(module: Module, call: Node): Wait | undefined {
    if (isQuery(this.#reading, module, call)) return 'query';
    return outboundCall(this.#reading, module, call) === undefined ? undefined : 'outbound';
  }
  of(code: Code, depth = 0): ReadonlySet<Wait> {
    const key = functionKey(code.fn, code.module);
    const known = this.#known.get(key);
    if (known !== undefined || depth > 5) return known ?? new Set();
    this.#known.set(key, new Set());
    const found = new Set<Wait>();
    for (const call of nodesOf(code, 'call_expression')) {
      const wait = this.ofCall(code.module, call);
      if (wait !== undefined) found.add(wait);
    }
    for (const { code: inner } of calledBy(this.#reading, code)) for (const wait of this.of(inner, depth + 1)) found.add(wait);
    this.#known.set(key, found);
    return found;
  }
}
