// Promises that nobody waits for, and failures that nobody hears of.
import type { CallExpression, Node } from 'oxc-parser';
import { bare, isFunction, nameOf, propertyName } from '../../ecma/node.ts';
import { type Code, codeOf, nodesOf } from '../graph.ts';
import { detached } from '../rules.ts';
import { calleeText, calls, type Finder } from './finder.ts';

export const notAwaited: Finder = ({ reading, waits }, code) =>
  nodesOf(code, 'ExpressionStatement').flatMap(({ expression: call }) => {
    if (call.type !== 'CallExpression') return [];
    const target = codeOf(reading, code.unit, call.callee);
    const isAsync = target?.fn.async === true;
    if (!isAsync && waits.ofCall(code.unit, call) === undefined) return [];
    // A callback as last argument is how older clients answer.
    const last = call.arguments.at(-1);
    if (!isAsync && last !== undefined && isFunction(last)) return [];
    return [{ node: call, what: `Nobody waits for ${calleeText(code, call)}.` }];
  });

/** `x.then(…)` as a statement of its own, and async callbacks of timers and events that catch nothing. */
export const unheardFailure: Finder = (_, code) => [...chains(code), ...callbacks(code)];

function chains(code: Code) {
  return nodesOf(code, 'ExpressionStatement').flatMap(({ expression }) => {
    const links = linksOf(expression);
    const then = links.find(({ name }) => name === 'then');
    if (then === undefined || then.call.arguments.length > 1 || links.some(({ name }) => name === 'catch')) return [];
    return [
      { node: expression, what: `Nobody hears when ${code.unit.excerpt(expression, 40)} fails: it has a then and no catch.` },
    ];
  });
}
function linksOf(node: Node): readonly { readonly name: string; readonly call: CallExpression }[] {
  const links: { readonly name: string; readonly call: CallExpression }[] = [];
  for (let at = node; at.type === 'CallExpression'; ) {
    const callee = bare(at.callee);
    const name = propertyName(callee);
    if (callee.type !== 'MemberExpression' || name === undefined) break;
    links.push({ name, call: at });
    at = callee.object;
  }
  return links;
}

function callbacks(code: Code) {
  return calls(code).flatMap((call) => {
    const callee = bare(call.callee);
    const name = propertyName(callee) ?? nameOf(callee) ?? '';
    if (!detached.test(name)) return [];
    return call.arguments.flatMap((fn) => {
      if (!isFunction(fn) || !fn.async || fn.body === null || !awaits(code, fn) || isCaught(fn.body)) return [];
      return [
        { node: call, what: `An async function is handed to ${calleeText(code, call)}, which does not hear when it fails.` },
      ];
    });
  });
}
const awaits = (code: Code, fn: Node): boolean =>
  nodesOf(code, 'AwaitExpression').some(({ start }) => fn.start <= start && start < fn.end);
/** A `try` with a `catch` around all that it awaits, or as good as. */
const isCaught = (body: Node): boolean =>
  body.type === 'BlockStatement' && body.body.some((one) => one.type === 'TryStatement' && one.handler !== null);
