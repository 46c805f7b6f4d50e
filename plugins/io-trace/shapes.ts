// How each shape of rules.ts is found in one function.

import { argumentsOf } from '../../src/javascript/calls.ts';
import { constantText } from '../../src/javascript/literal.ts';
import type { Node } from '../../src/javascript/node.ts';
import { isFunction } from '../../src/javascript/scope.ts';
import { meaningOf, type Reading } from '../../src/javascript/values.ts';
import { isQuery, outboundCall, type Waits } from './io.ts';
import { type Code, codeOf, nodesOf } from './reach.ts';
import { blocking, eachMethods, guardNames, guards, type Shape, transactionMethods } from './rules.ts';

export interface Spot {
  readonly node: Node;
  readonly what: string;
}
export interface Looking {
  readonly reading: Reading;
  readonly waits: Waits;
  /** Says that something could not be followed. */
  unknown(code: Code, node: Node, why: string): void;
}
type Find = (o: Looking, code: Code) => readonly Spot[];

const calls = (code: Code): readonly Node[] => nodesOf(code, 'call_expression');
const nameOf = (call: Node): string => call.field('function')?.text().replace(/\s+/g, ' ').slice(0, 60) ?? '';
const loops = new Set(['for_statement', 'for_in_statement', 'while_statement', 'do_statement']);

/** The loop that a node runs in, inside its function: a statement, or a method such as map that it is a callback of. */
function loopAround(code: Code, node: Node): Node | undefined {
  let below = node;
  for (let at = node.parent(); at !== null && at.id() !== code.fn.id(); below = at, at = at.parent()) {
    if (loops.has(at.kind())) {
      const once = [at.field('initializer'), at.field('right')].some((part) => part?.id() === below.id());
      if (!once) return at;
    }
    const call = isFunction(at) && at.parent()?.kind() === 'arguments' ? at.parent()?.parent() : undefined;
    if (call?.kind() === 'call_expression' && eachMethods.test(call.field('function')?.field('property')?.text() ?? ''))
      return call;
  }
  return undefined;
}
const isForAwait = (loop: Node): boolean =>
  loop.kind() === 'for_in_statement' && loop.children().some((one) => one.kind() === 'await');

function whatWaits({ reading, waits }: Looking, code: Code, call: Node): ReadonlySet<string> {
  const own = waits.ofCall(code.module, call);
  if (own !== undefined) return new Set([own]);
  const target = codeOf(reading, code.module, call.field('function'));
  return target === undefined ? new Set() : waits.of(target);
}

/** Callbacks by name count as calls: `rows.map(complete)`. */
function looped(
  o: Looking,
  code: Code,
): readonly { readonly call: Node; readonly loop: Node; readonly waits: ReadonlySet<string>; readonly name: string }[] {
  return calls(code).flatMap((call) => {
    const loop = loopAround(code, call);
    const direct = loop === undefined ? [] : [{ call, loop, waits: whatWaits(o, code, call), name: nameOf(call) }];
    const callee = call.field('function');
    if (callee?.kind() !== 'member_expression' || !eachMethods.test(callee.field('property')?.text() ?? '')) return direct;
    const named = argumentsOf(call).filter((one) => one.kind() === 'identifier' || one.kind() === 'member_expression');
    const handed = named.flatMap((one) => {
      const target = codeOf(o.reading, code.module, one);
      return target === undefined ? [] : [{ call, loop: call, waits: o.waits.of(target), name: one.text() }];
    });
    return [...direct, ...handed];
  });
}
/** Of calls inside each other the outermost tells it all. */
const outermost = <T extends { readonly call: Node }>(found: readonly T[]): readonly T[] =>
  found.filter(({ call }) => !found.some((other) => other.call.id() !== call.id() && contains(other.call, call)));
function contains(outer: Node, inner: Node): boolean {
  const [a, b] = [outer.range(), inner.range()];
  return a.start.index <= b.start.index && b.end.index <= a.end.index;
}

const queryInLoop: Find = (o, code) =>
  outermost(looped(o, code).filter(({ waits }) => waits.has('query'))).map(({ call, name }) => ({
    node: call,
    what: isQuery(o.reading, code.module, call)
      ? `${name} runs a query in each turn of a loop.`
      : `${name} runs in a loop and sends queries.`,
  }));

const awaitInLoop: Find = (o, code) =>
  nodesOf(code, 'await_expression').flatMap((node) => {
    const loop = loopAround(code, node);
    if (loop === undefined || !['for_statement', 'for_in_statement'].includes(loop.kind()) || isForAwait(loop)) return [];
    const call = node.children().find((one) => one.kind() === 'call_expression');
    if (call === undefined || whatWaits(o, code, call).has('query')) return [];
    // A loop that may end early, or that tries again, needs its turns one after the other.
    const body = loop.field('body')?.text() ?? '';
    if (/\b(break|return|throw)\b/.test(body) || guardNames.test(loop.text())) return [];
    return [{ node: call, what: `${nameOf(call)} is awaited in each turn of a loop.` }];
  });

const blockingCalls: Find = ({ reading }, code) =>
  calls(code).flatMap((call) => {
    const value = meaningOf(reading, code.module, call.field('function'));
    if (value?.kind !== 'external' && value?.kind !== 'made') return [];
    const names = blocking[value.from];
    return names?.test(value.name) === true ? [{ node: call, what: `${nameOf(call)} blocks while it works.` }] : [];
  });

const withoutTimeout: Find = (o, code) =>
  calls(code).flatMap((call) => {
    const found = outboundCall(o.reading, code.module, call);
    if (found === undefined || found.limited === 'yes') return [];
    if (found.limited === 'unknown') {
      o.unknown(code, call, `whether ${found.name} has a time-out is decided by options that the source does not show here`);
      return [];
    }
    // node:http sets its limit on the request.
    if (/\.setTimeout\(/.test(code.fn.text()) || /\.race\(|withTimeout|pTimeout/.test(code.fn.text())) return [];
    return [{ node: call, what: `${found.name} calls another service without a time limit.` }];
  });

const withoutRetry: Find = ({ reading }, code) =>
  calls(code).flatMap((call) => {
    const found = outboundCall(reading, code.module, call);
    if (found === undefined || loopAround(code, call) !== undefined) return [];
    const imports = code.module.root.findAll('import_statement').map((one) => one.field('source')?.text().slice(1, -1) ?? '');
    if (imports.some((from) => guards.test(from)) || guardNames.test(code.module.text)) return [];
    return [
      { node: call, what: `Nothing near ${found.name} repeats it when it fails, or stops asking while the other side is down.` },
    ];
  });

const opens = /^\s*(begin|start\s+transaction)\b/i;
const closes = /^\s*(commit|rollback|end)\b/i;
const outboundInTransaction: Find = (o, code) => {
  const all = calls(code);
  const text = (call: Node): string =>
    isQuery(o.reading, code.module, call) ? (constantText(o.reading, code.module, argumentsOf(call)[0]) ?? '') : '';
  const begin = all.find((call) => opens.test(text(call)))?.range().start.index;
  const end = all.filter((call) => closes.test(text(call))).map((call) => call.range().start.index);
  const inside = (call: Node): boolean => {
    const at = call.range().start.index;
    if (begin !== undefined && at > begin && end.some((position) => position > at)) return true;
    for (let up = call.parent(); up !== null && up.id() !== code.fn.id(); up = up.parent()) {
      const callee = up.kind() === 'call_expression' ? up.field('function') : null;
      const name = callee?.kind() === 'member_expression' ? callee.field('property')?.text() : callee?.text();
      if (name !== undefined && transactionMethods.test(name) && up.id() !== call.id()) return true;
    }
    return false;
  };
  return outermost(all.filter((call) => inside(call) && whatWaits(o, code, call).has('outbound')).map((call) => ({ call }))).map(
    ({ call }) => ({
      node: call,
      what: `${nameOf(call)} calls another service inside a transaction.`,
    }),
  );
};

const textInQuery: Find = ({ reading }, code) =>
  calls(code).flatMap((call) => {
    if (!isQuery(reading, code.module, call)) return [];
    const first = argumentsOf(call)[0];
    const value = meaningOf(reading, code.module, first);
    const written = value?.kind === 'other' ? value : first === undefined ? undefined : { node: first, module: code.module };
    if (written === undefined) return [];
    const kind = written.node.kind();
    const joins = kind === 'template_string' || (kind === 'binary_expression' && written.node.field('operator')?.text() === '+');
    if (!joins || constantText(reading, written.module, written.node) !== undefined) return [];
    return [{ node: call, what: `The query of ${nameOf(call)} is put together from text and values.` }];
  });

const notAwaited: Find = ({ reading, waits }, code) =>
  nodesOf(code, 'expression_statement').flatMap((statement) => {
    const call = statement.child(0);
    if (call?.kind() !== 'call_expression') return [];
    const target = codeOf(reading, code.module, call.field('function'));
    const isAsync = target?.fn.children().some((one) => one.kind() === 'async') === true;
    if (!isAsync && waits.ofCall(code.module, call) === undefined) return [];
    // A callback as last argument is how older clients answer.
    const last = argumentsOf(call).at(-1);
    if (!isAsync && last !== undefined && isFunction(last)) return [];
    return [{ node: call, what: `Nobody waits for ${nameOf(call)}.` }];
  });

export const finders: Readonly<Record<Shape, Find>> = {
  blocking: blockingCalls,
  'query-in-loop': queryInLoop,
  'await-in-loop': awaitInLoop,
  'no-timeout': withoutTimeout,
  'no-retry': withoutRetry,
  'outbound-in-transaction': outboundInTransaction,
  'text-in-query': textInQuery,
  'not-awaited': notAwaited,
};
