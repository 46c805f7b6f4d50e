// Fastify: which hooks run before the routes of a context, and what plugins are.

import type { Value } from '../../contract/meaning.ts';
import { bare, propertyName } from '../../ecma/node.ts';
import { guardsOf } from '../guards.ts';
import { parameterKey, targetOf, type Use } from '../join-uses.ts';
import type { Walk } from '../join-walk.ts';
import type { Mount, Scoped } from '../model.ts';

/** Stages that come before the handler, in their order: https://fastify.dev/docs/v5.6.x/Reference/Lifecycle/ */
export const stages = ['onRequest', 'preParsing', 'preValidation', 'preHandler'];

/** Packages whose plugins answer by themselves. */
export const hasRoutes = /(static|swagger|graphql|mercurius|websocket|bull-?board|better-auth)/;

export interface Plugin {
  readonly value: Value | undefined;
  /** Not encapsulated: fastify-plugin was put around it. */
  readonly open: boolean;
}
export function pluginOf(walk: Walk, value: Value | undefined): Plugin {
  const { js } = walk.reading;
  const plain = value?.kind === 'namespace' ? js.propertyOf(value, 'default') : value;
  if (plain?.kind !== 'made' || plain.from !== 'fastify-plugin') return { value: plain, open: false };
  return { value: js.meaningOf(plain.unit, plain.call.arguments[0]), open: true };
}

/** Hooks of a context count for all its routes, wherever they are added; a plugin that is not encapsulated adds to its parent's. */
export function hooksOf(walk: Walk, key: string, o: { readonly mount: Mount; readonly seen: Set<string> }): readonly Scoped[] {
  if (o.seen.has(key)) return [];
  o.seen.add(key);
  return walk.usesOf(key).flatMap((use) => {
    if (use.name === 'addHook') return hooksAdded(walk, use, o.mount);
    if (use.name === undefined) {
      const target = targetOf(walk.reading, use);
      return target === undefined ? [] : hooksOf(walk, parameterKey(walk.reading, target, use.slot ?? '0'), o);
    }
    if (use.name !== 'register') return [];
    const { value, open } = pluginOf(walk, walk.reading.js.meaningOf(use.unit, use.given[0], walk.question(use, o.mount)));
    return open && value?.kind === 'function'
      ? hooksOf(walk, parameterKey(walk.reading, { of: value.node, unit: value.unit }, '0'), o)
      : [];
  });
}
function hooksAdded(walk: Walk, use: Use, mount: Mount): readonly Scoped[] {
  const stage = walk.text(use, mount, use.given[0]);
  if (stage === undefined || !stages.includes(stage)) return [];
  const asked = { reading: walk.reading, unit: use.unit, stage, question: walk.question(use, mount), taught: taughtTo(walk) };
  return guardsOf(asked, use.given[1]).map((guard) => ({ ...guard, under: '' }));
}

const decorators = new WeakMap<Walk, ReadonlyMap<string, Value>>();
/** What `decorate(name, f)` taught any application of the scope. */
export function taughtTo(walk: Walk): (name: string) => Value | undefined {
  let known = decorators.get(walk);
  if (known === undefined) {
    const names = new Map<string, Value>();
    for (const { node, unit } of walk.reading.js.callsNamed(new Set(['decorate']))) {
      if (propertyName(bare(node.callee)) !== 'decorate') continue;
      const name = walk.reading.js.constantText(unit, node.arguments[0]);
      const value = walk.reading.js.meaningOf(unit, node.arguments[1]);
      if (name !== undefined && value !== undefined) names.set(name, value);
    }
    known = names;
    decorators.set(walk, known);
  }
  const names = known;
  return (name) => names.get(name);
}
