// Every call on an application or a router, by the value that it is made on.

import { argumentsOf, functionKey } from '../../src/javascript/calls.ts';
import { constantText } from '../../src/javascript/literal.ts';
import type { Module } from '../../src/javascript/module.ts';
import type { Node } from '../../src/javascript/node.ts';
import { meaningOf, type Reading, type Value } from '../../src/javascript/values.ts';

export const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all'];
const names = new Set([...methods, 'del', 'route', 'register', 'use', 'addHook', 'decorate']);

export interface Use {
  /** The method of the application that is called; undefined: the application is handed to a function. */
  readonly name: string | undefined;
  readonly call: Node;
  readonly module: Module;
  readonly given: readonly Node[];
  /** The path of a chain that begins with `.route(path)`. */
  readonly path?: string | undefined;
  /** At which argument it is handed over. */
  readonly index?: number;
}
export interface Router {
  readonly key: string;
  readonly framework: 'fastify' | 'express' | 'unknown';
  /** An application, a router that must be mounted, or a parameter. */
  readonly kind: 'app' | 'router' | 'parameter';
  readonly value: Value;
}
export interface Uses {
  readonly routers: ReadonlyMap<string, Router>;
  readonly of: ReadonlyMap<string, readonly Use[]>;
}

const chain = /^(\.default)?(\.\w+\(\))*$/;

export function routerOf(value: Value | undefined): Router | undefined {
  if (value?.kind === 'parameter') {
    if (value.path.length > 0) return undefined;
    return { key: parameterKey(value.of, value.module, value.index), framework: 'unknown', kind: 'parameter', value };
  }
  if (value?.kind !== 'made') return undefined;
  const key = functionKey(value.call, value.module);
  if (value.from === 'fastify' && chain.test(value.name.replace(/^(default|fastify|Fastify)/, '')))
    return { key, framework: 'fastify', kind: 'app', value };
  if (value.from !== 'express') return undefined;
  if (chain.test(value.name.replace(/^default/, ''))) return { key, framework: 'express', kind: 'app', value };
  return /^(default\.)?Router\b/.test(value.name) ? { key, framework: 'express', kind: 'router', value } : undefined;
}
export const parameterKey = (fn: Node, module: Module, index: number): string => `${functionKey(fn, module)}#${index}`;

export function usesIn(reading: Reading): Uses {
  const routers = new Map<string, Router>();
  const of = new Map<string, Use[]>();
  const add = (router: Router, use: Use): void => {
    routers.set(router.key, routers.get(router.key) ?? router);
    const uses = of.get(router.key) ?? [];
    uses.push(use);
    of.set(router.key, uses);
  };
  for (const module of reading.modules.values()) {
    for (const call of module.root.findAll('call_expression')) {
      const callee = call.field('function');
      const given = argumentsOf(call);
      const name = callee?.kind() === 'member_expression' ? (callee.field('property')?.text() ?? '') : undefined;
      if (callee !== null && name !== undefined && names.has(name)) {
        const { base, path } = bottomOf(reading, module, callee.field('object'));
        const router = routerOf(meaningOf(reading, module, base));
        if (router !== undefined) {
          add(router, { name, call, module, given, path });
          continue;
        }
      }
      for (const [index, argument] of given.entries()) {
        if (argument.kind() !== 'identifier' && argument.kind() !== 'member_expression') continue;
        const router = routerOf(meaningOf(reading, module, argument));
        if (router !== undefined) add(router, { name: undefined, call, module, given, index });
      }
    }
  }
  for (const uses of of.values()) uses.sort(inOrder);
  return { routers, of };
}

/** By file, and in it by where the call ends: `a.get().post()` calls get first. */
function inOrder(a: Use, b: Use): number {
  if (a.module.file !== b.module.file) return a.module.file < b.module.file ? -1 : 1;
  return a.call.range().end.index - b.call.range().end.index;
}

/** What a chain of calls begins with: `app` of `app.route('/x').get(a).post(b)`. */
function bottomOf(
  reading: Reading,
  module: Module,
  node: Node | null,
): { readonly base: Node | null; readonly path: string | undefined } {
  let base = node;
  let path: string | undefined;
  while (base?.kind() === 'call_expression') {
    const callee: Node | null = base.field('function');
    const name = callee?.kind() === 'member_expression' ? (callee.field('property')?.text() ?? '') : '';
    if (!names.has(name) && name !== 'after' && name !== 'withTypeProvider') break;
    if (name === 'route') path ??= constantText(reading, module, argumentsOf(base)[0]);
    base = callee?.field('object') ?? null;
  }
  return { base, path };
}
