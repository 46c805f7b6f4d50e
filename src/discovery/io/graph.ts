// Which functions the handlers of routes reach, and by which calls.
import type { Node } from 'oxc-parser';
import type { EcmaUnit, NodeOf, Reading } from '../contract/reading.ts';
import { keyOf } from '../ecma/asking.ts';
import { type FunctionNode, isFunction } from '../ecma/node.ts';

export interface Call {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}
export interface Code {
  readonly fn: FunctionNode;
  readonly unit: EcmaUnit;
}
/** A function where requests come in; by its key, for there may be many, and a node holds its whole tree. */
export interface Start {
  readonly key: string;
  readonly file: string;
  /** `GET /orders`, `hook onRequest`. */
  readonly labels: readonly string[];
  readonly at: Call;
}
export interface Reached {
  /** From the first start to here. */
  readonly chain: readonly Call[];
  readonly routes: ReadonlySet<string>;
}

/** Longer chains tell nobody anything. */
const longest = 8;
export const followed = { throughCalls: true } as const;
export const codeKey = ({ fn, unit }: Code): string => keyOf(unit, fn);
export function codeAt(reading: Reading, key: string): Code | undefined {
  const found = reading.js.at(key);
  return found !== undefined && isFunction(found.node) ? { fn: found.node, unit: found.unit } : undefined;
}

/** The function of the project that an expression stands for. */
export function codeOf(reading: Reading, unit: EcmaUnit, node: Node | null | undefined): Code | undefined {
  const value = reading.js.meaningOf(unit, node, followed);
  return value?.kind === 'function' && isFunction(value.node) ? { fn: value.node, unit: value.unit } : undefined;
}
/** What is handed over as it is named: `rows.map(complete)`. */
export const isReference = ({ type }: Node): boolean => type === 'Identifier' || type === 'MemberExpression';

type ByFunction = ReadonlyMap<Node, readonly Node[]>;
const running = new WeakMap<EcmaUnit, Map<string, ByFunction>>();

/** Nodes of a type that run when the function runs: also in callbacks that are written where they are handed over. */
export function nodesOf<T extends Node['type']>({ fn, unit }: Code, type: T): readonly NodeOf<T>[] {
  const types = running.get(unit) ?? new Map<string, ByFunction>();
  running.set(unit, types);
  const byFunction = types.get(type) ?? grouped(unit, type);
  types.set(type, byFunction);
  return (byFunction.get(fn) ?? []) as unknown as readonly NodeOf<T>[];
}

function grouped(unit: EcmaUnit, type: Node['type']): ByFunction {
  const byFunction = new Map<Node, Node[]>();
  for (const node of unit.nodes(type) as readonly Node[]) {
    let inParameters = false;
    for (let at: Node = node, up = node.parent; up !== null && up !== undefined; at = up, up = up.parent) {
      if (!isFunction(up)) continue;
      inParameters ||= up.params.some((one) => one === at);
      if (!inParameters) {
        const list = byFunction.get(up);
        if (list === undefined) byFunction.set(up, [node]);
        else list.push(node);
      }
      if (up.parent?.type !== 'CallExpression' && up.parent?.type !== 'NewExpression') break;
    }
  }
  return byFunction;
}

interface Edge {
  readonly code: Code;
  readonly call: Call;
}
/** Functions of the project that run when this one runs, each with the call. */
export function calledBy(reading: Reading, code: Code): readonly Edge[] {
  const { unit } = code;
  return [...nodesOf(code, 'CallExpression'), ...nodesOf(code, 'NewExpression')].flatMap((node) =>
    [node.callee, ...node.arguments.filter(isReference)].flatMap((one) => {
      const target = codeOf(reading, unit, one);
      if (target === undefined) return [];
      return [{ code: target, call: { name: unit.excerpt(one, 60), file: unit.file, line: unit.lineOf(node) } }];
    }),
  );
}

interface Step {
  readonly key: string;
  readonly call: Call;
}
interface Way {
  readonly key: string;
  readonly chain: readonly Call[];
}
/** By the key of the function. */
export function reachedFrom(reading: Reading, starts: readonly Start[]): ReadonlyMap<string, Reached> {
  const reached = new Map<string, { readonly chain: readonly Call[]; readonly routes: Set<string> }>();
  const edges = new Map<string, readonly Step[]>();
  const stepsFrom = (key: string): readonly Step[] => {
    const code = codeAt(reading, key);
    return code === undefined ? [] : calledBy(reading, code).map((edge) => ({ key: codeKey(edge.code), call: edge.call }));
  };
  for (const start of starts) {
    const seen = new Set<string>();
    let front: readonly Way[] = [{ key: start.key, chain: [start.at] }];
    for (let depth = 0; depth < longest && front.length > 0; depth++) {
      const next: Way[] = [];
      for (const { key, chain } of front) {
        if (seen.has(key)) continue;
        seen.add(key);
        const known = reached.get(key);
        if (known === undefined) reached.set(key, { chain, routes: new Set(start.labels) });
        else for (const label of start.labels) known.routes.add(label);
        const out = edges.get(key) ?? stepsFrom(key);
        edges.set(key, out);
        for (const edge of out) next.push({ key: edge.key, chain: [...chain, edge.call] });
      }
      front = next;
    }
  }
  return reached;
}
