// Who calls a function, and with what.

import type { Module } from './module.ts';
import type { Node } from './node.ts';
import { meaningOf } from './values.ts';

export interface CallSite {
  readonly call: Node;
  readonly module: Module;
  /** As the called function sees them. */
  readonly arguments: readonly (Node | undefined)[];
}

export function argumentsOf(call: Node): readonly Node[] {
  return call.field('arguments')?.named() ?? [];
}
export const functionKey = (fn: Node, module: Module): string => `${module.file}:${fn.id()}`;

type Index = ReadonlyMap<string, readonly CallSite[]>;
const indexes = new WeakMap<ReadonlyMap<string, Module>, Index>();

/** Calls whose callee is known without following parameters; `app.register(fn, options)` counts as `fn(app, options)`. */
export function callSites(modules: ReadonlyMap<string, Module>, fn: Node, module: Module): readonly CallSite[] {
  let index = indexes.get(modules);
  if (index === undefined) {
    index = indexed(modules);
    indexes.set(modules, index);
  }
  return index.get(functionKey(fn, module)) ?? [];
}

function indexed(modules: ReadonlyMap<string, Module>): Index {
  const index = new Map<string, CallSite[]>();
  const reading = { modules, throughCalls: false };
  const add = (module: Module, callee: Node | null | undefined, site: Omit<CallSite, 'module'>): void => {
    const value = meaningOf(reading, module, callee);
    const target = value?.kind === 'class' ? constructorOf(value.node) : value?.kind === 'function' ? value.node : undefined;
    if (target === undefined || value === undefined || !('module' in value)) return;
    const key = functionKey(target, value.module);
    const sites = index.get(key) ?? [];
    sites.push({ ...site, module });
    index.set(key, sites);
  };
  for (const module of modules.values()) {
    for (const call of module.root.findAll('call_expression')) {
      const callee = call.field('function');
      const given = argumentsOf(call);
      add(module, callee, { call, arguments: given });
      if (callee?.kind() === 'member_expression' && callee.field('property')?.text() === 'register') {
        add(module, unwrapped(given[0]), { call, arguments: [callee.field('object') ?? undefined, ...given.slice(1)] });
      }
    }
    for (const call of module.root.findAll('new_expression')) {
      add(module, call.field('constructor'), { call, arguments: argumentsOf(call) });
    }
  }
  return index;
}

function constructorOf(node: Node): Node | undefined {
  return node
    .field('body')
    ?.children()
    .find((one) => one.kind() === 'method_definition' && one.field('name')?.text() === 'constructor');
}

/** `fp(fn)` stands for `fn`. */
function unwrapped(node: Node | undefined): Node | undefined {
  return node?.kind() === 'call_expression' ? (argumentsOf(node)[0] ?? node) : node;
}
