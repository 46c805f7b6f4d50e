// Which functions the handlers of routes reach, and by which calls.

import { argumentsOf, functionKey } from '../../src/javascript/calls.ts';
import { constantText, jsonOf } from '../../src/javascript/literal.ts';
import { lineOf, type Module } from '../../src/javascript/module.ts';
import type { Node } from '../../src/javascript/node.ts';
import { isFunction } from '../../src/javascript/scope.ts';
import { meaningOf, propertyOf, type Reading } from '../../src/javascript/values.ts';

export interface Call {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}
export interface Code {
  readonly fn: Node;
  readonly module: Module;
}
export interface Reached extends Code {
  /** From the first route to here. */
  readonly chain: readonly Call[];
  readonly routes: ReadonlySet<string>;
}
export interface Route extends Code {
  readonly label: string;
  readonly at: Call;
}

/** Longer chains tell nobody anything. */
const longest = 8;

export function codeOf(reading: Reading, module: Module, node: Node | null | undefined): Code | undefined {
  const value = meaningOf(reading, module, node);
  return value?.kind === 'function' ? { fn: value.node, module: value.module } : undefined;
}

/** Nodes of a kind that run when the function runs: also in callbacks that are written where they are handed over. */
export function nodesOf({ fn, module }: Code, kind: string): readonly Node[] {
  const kinds = running.get(module) ?? new Map<string, ReadonlyMap<Node, readonly Node[]>>();
  running.set(module, kinds);
  const byFunction = kinds.get(kind) ?? grouped(module, kind);
  kinds.set(kind, byFunction);
  return byFunction.get(fn) ?? [];
}
const running = new WeakMap<Module, Map<string, ReadonlyMap<Node, readonly Node[]>>>();

function grouped(module: Module, kind: string): ReadonlyMap<Node, readonly Node[]> {
  const byFunction = new Map<Node, Node[]>();
  for (const node of module.root.findAll(kind)) {
    let inParameters = false;
    for (let at: Node | null = node, up = node.parent(); up !== null; at = up, up = up.parent()) {
      inParameters ||= at.kind() === 'formal_parameters';
      if (!isFunction(up)) continue;
      if (!inParameters) listOf(byFunction, up).push(node);
      const parent = up.parent();
      if (parent?.kind() !== 'arguments' && parent?.parent()?.kind() !== 'call_expression') break;
    }
  }
  return byFunction;
}

function listOf(lists: Map<Node, Node[]>, key: Node): Node[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

const verbs = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all', 'del']);

export function routesIn(reading: Reading): readonly Route[] {
  const routes: Route[] = [];
  for (const module of reading.modules.values()) {
    for (const call of module.root.findAll('call_expression')) {
      const callee = call.field('function');
      if (callee?.kind() !== 'member_expression') continue;
      const name = callee.field('property')?.text() ?? '';
      const given = argumentsOf(call);
      const line = lineOf(callee.field('property') ?? call);
      const add = (label: string, node: Node | null | undefined): void => {
        const code = codeOf(reading, module, node);
        if (code !== undefined) routes.push({ ...code, label, at: { name: label, file: module.file, line } });
      };
      const first = constantText(reading, module, given[0]);
      if (verbs.has(name) && (first?.startsWith('/') || first === '*')) {
        for (const node of given.slice(1))
          for (const one of handlersIn(reading, module, node)) add(`${name.toUpperCase()} ${first}`, one);
      } else if (name === 'route') {
        const options = meaningOf(reading, module, given[0]);
        const written = jsonOf(reading, module, given[0]);
        const { method, url, path } =
          typeof written === 'object' && written !== null && !Array.isArray(written) ? (written as Record<string, unknown>) : {};
        const handler = options?.kind === 'object' ? propertyOf(reading, options, 'handler') : undefined;
        if (handler?.kind === 'function') {
          const label = `${[method].flat().join(',')} ${url ?? path}`;
          routes.push({ fn: handler.node, module: handler.module, label, at: { name: label, file: module.file, line } });
        }
      } else if (name === 'addHook' && first !== undefined && !/^on(Close|Ready|Listen|Register|Route)$/.test(first))
        add(`hook ${first}`, given[1]);
      else if (name === 'use') for (const node of given) add('middleware', node);
    }
  }
  return routes;
}

/** The functions among the arguments of a route: handlers, middleware in arrays, `handler` in an object. */
function handlersIn(reading: Reading, module: Module, node: Node): readonly Node[] {
  if (node.kind() === 'array') return node.named().flatMap((one) => handlersIn(reading, module, one));
  if (node.kind() !== 'object') return [node];
  return node.children().flatMap((one) => {
    if (one.kind() === 'method_definition' && one.field('name')?.text() === 'handler') return [one];
    const key = one.field('key')?.text() ?? (one.kind() === 'shorthand_property_identifier' ? one.text() : '');
    return /^(handler|onRequest|preValidation|preHandler|preParsing|preSerialization)$/.test(key)
      ? [one.field('value') ?? one]
      : [];
  });
}

/** Functions of the project that run when this one runs, each with the call. */
export function calledBy(
  reading: Reading,
  code: Code,
): readonly { readonly code: Code; readonly call: Call; readonly node: Node }[] {
  return [...nodesOf(code, 'call_expression'), ...nodesOf(code, 'new_expression')].flatMap((node) => {
    const callee = node.field('function') ?? node.field('constructor');
    const references = argumentsOf(node).filter((one) => one.kind() === 'identifier' || one.kind() === 'member_expression');
    return [callee, ...references].flatMap((one) => {
      const target = codeOf(reading, code.module, one);
      if (target === undefined) return [];
      const name = one?.text().replace(/\s+/g, ' ').slice(0, 60) ?? '';
      return [{ code: target, call: { name, file: code.module.file, line: lineOf(node) }, node }];
    });
  });
}

export function reachedFrom(reading: Reading, routes: readonly Route[]): ReadonlyMap<string, Reached> {
  const reached = new Map<string, Reached>();
  const edges = new Map<string, ReturnType<typeof calledBy>>();
  for (const route of routes) {
    const seen = new Set<string>();
    let front: readonly (Code & { readonly chain: readonly Call[] })[] = [
      { fn: route.fn, module: route.module, chain: [route.at] },
    ];
    for (let depth = 0; depth < longest && front.length > 0; depth++) {
      const next: (Code & { readonly chain: readonly Call[] })[] = [];
      for (const { chain, ...code } of front) {
        const key = functionKey(code.fn, code.module);
        if (seen.has(key)) continue;
        seen.add(key);
        const known = reached.get(key);
        reached.set(key, { ...code, chain: known?.chain ?? chain, routes: new Set([...(known?.routes ?? []), route.label]) });
        const out = edges.get(key) ?? calledBy(reading, code);
        edges.set(key, out);
        for (const edge of out) next.push({ ...edge.code, chain: [...chain, edge.call] });
      }
      front = next;
    }
  }
  return reached;
}
