// Which function answers a route.
import type { Node } from 'oxc-parser';
import type { Question, Value } from '../contract/meaning.ts';
import type { Place } from '../contract/place.ts';
import type { EcmaUnit, Reading } from '../contract/reading.ts';
import type { Route } from '../contract/route.ts';
import { bare, isFunction, nameOf, propertyName } from '../ecma/node.ts';
import { placeOf } from './model.ts';

interface Asked {
  readonly reading: Reading;
  readonly unit: EcmaUnit;
  readonly question: Question;
  /** Where the route is made, which stands for a handler that is not known. */
  readonly registered: Place;
}
export function handlerOf(asked: Asked, handler: Value | Node | undefined): Route['handler'] {
  if (handler === undefined) return { ...asked.registered, name: null };
  const node = 'kind' in handler ? undefined : handler;
  const value = 'kind' in handler ? handler : answering(asked, handler);
  const name = node === undefined ? null : calledName(node);
  if (value?.kind !== 'function') return { ...asked.registered, name };
  const { node: fn } = value;
  const own = fn.type === 'FunctionDeclaration' || fn.type === 'FunctionExpression' ? fn.id?.name : undefined;
  return { ...placeOf(value.unit, fn), name: own ?? name };
}

/** `wrapped(controller.list)` answers with `controller.list`. */
function answering(asked: Asked, node: Node, depth = 0): Value | undefined {
  const plain = bare(node);
  const { js } = asked.reading;
  if (plain.type === 'CallExpression' && depth < 3 && propertyName(bare(plain.callee)) !== 'bind') {
    for (const argument of plain.arguments) {
      const inner = answering(asked, argument, depth + 1);
      if (inner?.kind === 'function') return inner;
    }
  }
  const value = js.meaningOf(asked.unit, plain, asked.question);
  return (value?.kind === 'function' ? givenTo(asked, value, calledName(plain)) : undefined) ?? value;
}

/** `const register = caught(async (req, res) => …)` means what `caught` gives: who calls it by that name gave the handler. */
function givenTo(
  { reading: { js } }: Asked,
  inner: { readonly node: Node; readonly unit: EcmaUnit },
  name: string | null,
): Value | undefined {
  let outer: Node | null | undefined = inner.node.parent;
  while (outer !== null && outer !== undefined && !isFunction(outer)) outer = outer.parent;
  if (outer === null || outer === undefined || name === null || outer.params.length === 0) return undefined;
  for (const site of js.callSites(inner.unit, outer)) {
    const holder = site.call.parent;
    if (holder === null || holder === undefined || heldName(holder) !== name) continue;
    for (const argument of site.arguments) {
      const value = js.meaningOf(site.unit, argument);
      if (value?.kind === 'function') return value;
    }
  }
  return undefined;
}

/** The name that a declaration, a property or an assignment gives to what it holds. */
function heldName(holder: Node): string | undefined {
  if (holder.type === 'VariableDeclarator') return holder.id.type === 'Identifier' ? holder.id.name : undefined;
  if (holder.type === 'Property' || holder.type === 'PropertyDefinition') return nameOf(holder.key);
  return holder.type === 'AssignmentExpression' ? (propertyName(holder.left) ?? nameOf(holder.left)) : undefined;
}
function calledName(node: Node): string | null {
  const plain = bare(node);
  if (plain.type === 'Identifier') return plain.name;
  return propertyName(plain) ?? null;
}
