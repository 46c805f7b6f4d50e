// What is mounted, and may hide routes.
import type { Node } from 'oxc-parser';
import { bare } from '../ecma/node.ts';
import { guardsOf } from './guards.ts';
import type { Use } from './join-uses.ts';
import type { Walk } from './join-walk.ts';
import type { Mount } from './model.ts';

/** A router may hide behind what nothing is known of; what has a name of middleware and what a package made is none. */
export function isUnclear(walk: Walk, use: Use, o: { readonly mount: Mount; readonly handler: Node }): boolean {
  const handler = bare(o.handler);
  const { reading } = walk;
  const question = walk.question(use, o.mount);
  const value = reading.js.meaningOf(use.unit, handler, question);
  // `explorer.getRouter()` and `router.routes()` of packages that no adapter knows.
  if (value?.kind === 'made' || value?.kind === 'external') return /(^|\.)(get)?(router|routes)(\(\))*$/i.test(value.name);
  if (value !== undefined && value.kind !== 'parameter') return false;
  for (let at = handler, steps = 0; at.type === 'CallExpression' || at.type === 'MemberExpression'; steps += 1) {
    at = bare(at.type === 'CallExpression' ? at.callee : at.object);
    const from = reading.js.meaningOf(use.unit, at, question);
    if (from?.kind === 'external' || from?.kind === 'made' || from?.kind === 'function' || steps > 20) return false;
  }
  return guardsOf({ reading, unit: use.unit, stage: 'middleware', question }, handler)[0]?.isAuth !== true;
}
