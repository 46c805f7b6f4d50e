// What every shape is looked for with.
import type { CallExpression, Node } from 'oxc-parser';
import type { Reading } from '../../contract/reading.ts';
import { bare, isFunction, propertyName } from '../../ecma/node.ts';
import { type Code, codeOf, nodesOf } from '../graph.ts';
import type { Wait, Waits } from '../leaving.ts';
import { eachMethods } from '../rules.ts';

export interface Found {
  readonly node: Node;
  readonly what: string;
}
export interface Looking {
  readonly reading: Reading;
  readonly waits: Waits;
  /** Says that something could not be followed. */
  unknown(code: Code, node: Node, why: string): void;
}
export type Finder = (o: Looking, code: Code) => readonly Found[];

export const calls = (code: Code): readonly CallExpression[] => nodesOf(code, 'CallExpression');
export const calleeText = ({ unit }: Code, call: CallExpression): string => unit.excerpt(call.callee, 60);

type Loop = Node & {
  readonly type: 'ForStatement' | 'ForInStatement' | 'ForOfStatement' | 'WhileStatement' | 'DoWhileStatement';
};
const isLoop = (node: Node): node is Loop => /^(For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type);

/** The loop that a node runs in, inside its function: a statement, or a method such as map that it is a callback of. */
export function loopAround(code: Code, node: Node): Node | undefined {
  let below = node;
  for (let at = node.parent; at !== null && at !== undefined && at !== code.fn; below = at, at = at.parent) {
    if (isLoop(at)) {
      const once = at.type === 'ForStatement' ? at.init : 'right' in at ? at.right : undefined;
      if (once !== below) return at;
    }
    if (!isFunction(at) || at.parent?.type !== 'CallExpression' || at.parent.callee === at) continue;
    if (eachMethods.test(propertyName(bare(at.parent.callee)) ?? '')) return at.parent;
  }
  return undefined;
}

export function whatWaits({ reading, waits }: Looking, code: Code, call: CallExpression): ReadonlySet<Wait> {
  const own = waits.ofCall(code.unit, call);
  if (own !== undefined) return new Set([own]);
  const target = codeOf(reading, code.unit, call.callee);
  return target === undefined ? new Set() : waits.of(target);
}

/** Of calls inside each other the outermost tells it all. */
export const outermost = <T extends { readonly call: Node }>(list: readonly T[]): readonly T[] =>
  list.filter(
    ({ call }) => !list.some((other) => other.call !== call && other.call.start <= call.start && call.end <= other.call.end),
  );
