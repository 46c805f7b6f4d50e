// Lists that are written out, and the turns of loops over them.
import type { Node } from 'oxc-parser';
import type { Element, Round, Value } from '../contract/meaning.ts';
import type { EcmaUnit } from '../contract/reading.ts';
import { type Asking, element, keyOf, textValue } from './asking.ts';
import { constantText } from './literal.ts';
import { bare, isFunction, nameOf, propertyName } from './node.ts';
import { keyName } from './properties.ts';
import { declarationOf } from './scope.ts';
import { meaningOf, propertyOf } from './values.ts';

type Elements = readonly Element[] | undefined;
/** Turns of all loops around a place together. */
const mostRounds = 2000;
const deepest = 12;

export function elementsOf(asking: Asking, unit: EcmaUnit, node: Node | null | undefined, depth = 0): Elements {
  if (node === null || node === undefined || depth > deepest) return undefined;
  const at = bare(node);
  const fromCall = at.type === 'CallExpression' ? ofCall(asking, unit, at, depth) : undefined;
  if (fromCall !== undefined) return fromCall;
  const value = meaningOf(asking, unit, at);
  return value === undefined ? listOfConstant(asking, unit, at, depth) : listOf(asking, value, at, depth);
}

/** What a name was set to, where its value alone does not say: `const all = [...a].concat(b)`. */
function listOfConstant(asking: Asking, unit: EcmaUnit, node: Node, depth: number): Elements {
  const declaration = node.type === 'Identifier' ? declarationOf(unit, node) : undefined;
  if (declaration?.kind !== 'value' || declaration.path.length > 0) return undefined;
  return elementsOf(asking, unit, declaration.node, depth + 1);
}

function listOf(asking: Asking, value: Value, from: Node, depth: number): Elements {
  if (value.kind === 'list') return value.items.map((item, n) => element(item, n));
  if (value.kind === 'other' && value.node !== from)
    return elementsOf(asking.inside(value.round), value.unit, value.node, depth + 1);
  if (value.kind !== 'array' || value.node.type !== 'ArrayExpression') return undefined;
  const inner = asking.inside(value.round);
  const found: Element[] = [];
  for (const one of value.node.elements) {
    if (one === null) continue;
    if (one.type !== 'SpreadElement') {
      found.push(element(meaningOf(inner, value.unit, one), found.length));
      continue;
    }
    const spread = elementsOf(inner, value.unit, one.argument, depth + 1);
    if (spread === undefined) return undefined;
    for (const { value: inner } of spread) found.push(element(inner, found.length));
  }
  return found;
}

/** `Object.entries(o)`, `a.concat(b)`, `a.filter(f)`: all that may be left, and `a.map(f)`. */
function ofCall(asking: Asking, unit: EcmaUnit, call: Node & { readonly type: 'CallExpression' }, depth: number): Elements {
  const name = propertyName(call.callee);
  if (call.callee.type !== 'MemberExpression' || name === undefined) return undefined;
  const { object } = call.callee;
  const [first] = call.arguments;
  if (object.type === 'Identifier' && object.name === 'Object' && ['entries', 'keys', 'values'].includes(name)) {
    return entriesOf(asking, unit, first, depth + 1)?.map(({ key, value }, n) =>
      element(name === 'keys' ? textValue(key) : name === 'values' ? value : { kind: 'list', items: [textValue(key), value] }, n),
    );
  }
  if (object.type === 'Identifier' && object.name === 'Array' && name === 'from')
    return elementsOf(asking, unit, first, depth + 1);
  if (['filter', 'slice', 'sort', 'reverse', 'toSorted', 'toReversed'].includes(name))
    return elementsOf(asking, unit, object, depth + 1);
  if (name === 'concat') {
    const parts = [object, ...call.arguments].map((one) => elementsOf(asking, unit, one, depth + 1));
    return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []).map(({ value }, n) => element(value, n));
  }
  if (name !== 'map' && name !== 'flatMap') return undefined;
  const fn = meaningOf(asking, unit, first);
  if (fn?.kind !== 'function' || !isFunction(fn.node)) return undefined;
  const { node, unit: there } = fn;
  const body = node.body;
  if (name === 'flatMap' || body === null || body.type === 'BlockStatement') return undefined;
  return elementsOf(asking, unit, object, depth + 1)?.map((one, n) => {
    const round = new Map([...(asking.round ?? []), [keyOf(there, node), one] as const]);
    return { ...element(meaningOf(asking.with({ round }), there, body), n), round };
  });
}

export function entriesOf(asking: Asking, unit: EcmaUnit, node: Node | null | undefined, depth = 0): Elements {
  if (node === null || node === undefined || depth > deepest) return undefined;
  const value = meaningOf(asking, unit, node);
  if (value?.kind === 'enum' && value.node.type === 'TSEnumDeclaration')
    return value.node.body.members.map(({ id }) => element(propertyOf(asking, value, nameOf(id) ?? ''), nameOf(id) ?? ''));
  if (value?.kind !== 'object' || value.node.type !== 'ObjectExpression') return undefined;
  const inner = asking.inside(value.round);
  const found = new Map<string, Element>();
  for (const one of value.node.properties) {
    if (one.type === 'SpreadElement') {
      const spread = entriesOf(inner, value.unit, one.argument, depth + 1);
      if (spread === undefined) return undefined;
      for (const inner of spread) found.set(inner.key, inner);
      continue;
    }
    const key = keyName(one) ?? constantText(inner, value.unit, one.key);
    if (key === undefined) return undefined;
    found.set(key, element(meaningOf(inner, value.unit, one.value), key));
  }
  return [...found.values()];
}

const turning = new Set(['forEach', 'map', 'flatMap', 'filter', 'some', 'every', 'reduce']);
/** What a loop goes over; `entries`: the names of an object. */
interface Loop {
  readonly key: string;
  readonly over: Node;
  readonly kind: 'elements' | 'names' | 'count';
}

function loopAt(unit: EcmaUnit, node: Node, below: Node): Loop | undefined {
  if ((node.type === 'ForOfStatement' || node.type === 'ForInStatement') && node.body === below)
    return { key: keyOf(unit, node), over: node.right, kind: node.type === 'ForOfStatement' ? 'elements' : 'names' };
  // `for (let i = 0; i < list.length; i += 1)`
  if (node.type === 'ForStatement' && node.body === below && node.test?.type === 'BinaryExpression') {
    const { right } = node.test;
    if (propertyName(right) === 'length' && right.type === 'MemberExpression')
      return { key: keyOf(unit, node), over: right.object, kind: 'count' };
  }
  if (!isFunction(node) || node.parent?.type !== 'CallExpression' || node.parent.arguments[0] !== node) return undefined;
  const { callee } = node.parent;
  const name = propertyName(callee);
  if (callee.type !== 'MemberExpression' || name === undefined || !turning.has(name) || name === 'reduce') return undefined;
  return { key: keyOf(unit, node), over: callee.object, kind: 'elements' };
}

const isLoop = (node: Node): boolean =>
  ['ForOfStatement', 'ForInStatement', 'ForStatement', 'WhileStatement', 'DoWhileStatement'].includes(node.type);

export function rounds(asking: Asking, unit: EcmaUnit, node: Node): readonly Round[] | undefined {
  const loops: Loop[] = [];
  let below = node;
  for (let at = node.parent; at !== null && at !== undefined; at = at.parent) {
    const loop = loopAt(unit, at, below);
    if (loop !== undefined) loops.unshift(loop);
    else if (isFunction(at)) break;
    else if (isLoop(at) && 'body' in at && at.body === below) return undefined;
    below = at;
  }
  let all: readonly Round[] = [new Map()];
  for (const loop of loops) {
    const next: Round[] = [];
    for (const round of all) {
      const turns = turnsOf(asking.with({ round }), unit, loop);
      if (turns === undefined || next.length + turns.length > mostRounds) return undefined;
      for (const turn of turns) next.push(new Map([...round, [loop.key, turn] as const]));
    }
    all = next;
  }
  return all;
}

function turnsOf(asking: Asking, unit: EcmaUnit, { over, kind }: Loop): Elements {
  if (kind === 'elements') return elementsOf(asking, unit, over);
  const all =
    kind === 'names' ? (entriesOf(asking, unit, over) ?? elementsOf(asking, unit, over)) : elementsOf(asking, unit, over);
  return all?.map(({ key }) => element(textValue(key), key));
}
