// Loops that wait in each turn.
import type { CallExpression, Node } from 'oxc-parser';
import { bare, propertyName } from '../../ecma/node.ts';
import { type Code, codeOf, isReference, nodesOf } from '../graph.ts';
import { isQuery, type Wait } from '../leaving.ts';
import { eachMethods, guardNames } from '../rules.ts';
import { calleeText, calls, type Finder, type Looking, loopAround, outermost, whatWaits } from './finder.ts';

interface Looped {
  readonly call: CallExpression;
  readonly waits: ReadonlySet<Wait>;
  readonly name: string;
}
/** Callbacks by name count as calls: `rows.map(complete)`. */
function looped(o: Looking, code: Code): readonly Looped[] {
  return calls(code).flatMap((call) => {
    const direct =
      loopAround(code, call) === undefined ? [] : [{ call, waits: whatWaits(o, code, call), name: calleeText(code, call) }];
    if (!eachMethods.test(propertyName(bare(call.callee)) ?? '')) return direct;
    const handed = call.arguments.filter(isReference).flatMap((one) => {
      const target = codeOf(o.reading, code.unit, one);
      return target === undefined ? [] : [{ call, waits: o.waits.of(target), name: code.unit.textOf(one) }];
    });
    return [...direct, ...handed];
  });
}

export const queryInLoop: Finder = (o, code) =>
  outermost(looped(o, code).filter(({ waits }) => waits.has('query'))).map(({ call, name }) => ({
    node: call,
    what: isQuery(o.reading, code.unit, call)
      ? `${name} runs a query in each turn of a loop.`
      : `${name} runs in a loop and sends queries.`,
  }));

const inOrder = new Set<Node['type']>(['ForStatement', 'ForInStatement', 'ForOfStatement']);
export const awaitInLoop: Finder = (o, code) =>
  nodesOf(code, 'AwaitExpression').flatMap((node) => {
    const loop = loopAround(code, node);
    if (loop === undefined || !inOrder.has(loop.type) || (loop.type === 'ForOfStatement' && loop.await)) return [];
    const call = bare(node);
    if (call.type !== 'CallExpression' || whatWaits(o, code, call).has('query')) return [];
    // A loop that may end early, or that tries again, needs its turns one after the other.
    const body = 'body' in loop && loop.body !== null ? code.unit.textOf(loop.body as Node) : '';
    if (/\b(break|return|throw)\b/.test(body) || guardNames.test(code.unit.textOf(loop))) return [];
    return [{ node: call, what: `${calleeText(code, call)} is awaited in each turn of a loop.` }];
  });
