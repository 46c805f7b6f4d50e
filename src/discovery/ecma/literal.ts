// Literals as texts and as JSON; what only a running program knows is kept as its source.
import type { Node } from 'oxc-parser';
import type { Json } from '../../contract/schema.ts';
import type { Value } from '../contract/meaning.ts';
import type { EcmaUnit } from '../contract/reading.ts';
import type { Asking } from './asking.ts';
import { bare, stringOf } from './node.ts';
import { keyName } from './properties.ts';
import { calledText } from './texts.ts';
import { meaningOf } from './values.ts';

const deepest = 16;
const longestSource = 200;

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text that an expression gives, with constants and joined parts filled in; undefined where only a running program knows. */
export function constantText(asking: Asking, unit: EcmaUnit, node: Node | null | undefined, depth = 0): string | undefined {
  if (node === null || node === undefined || depth > deepest) return undefined;
  const at = bare(node);
  const text = stringOf(at);
  if (text !== undefined) return text;
  const next = (one: Node | null | undefined): string | undefined => constantText(asking, unit, one, depth + 1);
  if (at.type === 'TemplateLiteral')
    return joined(
      at.quasis.flatMap((part, n) => [
        part.value.cooked ?? undefined,
        ...(n < at.expressions.length ? [next(at.expressions[n])] : []),
      ]),
    );
  if (at.type === 'BinaryExpression') return at.operator === '+' ? joined([next(at.left), next(at.right)]) : undefined;
  // A number is a text only where it is joined to one.
  if (at.type === 'Literal') return depth > 0 && typeof at.value === 'number' ? String(at.value) : undefined;
  if (at.type === 'LogicalExpression' && at.operator !== '&&') return next(at.left) ?? next(at.right);
  const told = at.type === 'CallExpression' ? calledText({ asking, unit, text: next }, at) : undefined;
  if (told !== undefined) return told;
  const value = meaningOf(asking, unit, at);
  if (value?.kind === 'text') return value.text;
  return value?.kind === 'other' && value.node !== at
    ? constantText(asking.inside(value.round), value.unit, value.node, depth + 1)
    : undefined;
}
const joined = (parts: readonly (string | undefined)[]): string | undefined =>
  parts.includes(undefined) ? undefined : parts.join('');

export function jsonOf(asking: Asking, unit: EcmaUnit, node: Node | null | undefined, depth = 0): Json {
  if (node === null || node === undefined) return null;
  const at = bare(node);
  const text = constantText(asking, unit, at);
  if (text !== undefined) return text;
  if (at.type === 'Literal' && (typeof at.value === 'number' || typeof at.value === 'boolean')) return at.value;
  if ((at.type === 'Literal' && at.raw === 'null') || (at.type === 'Identifier' && at.name === 'undefined')) return null;
  if (
    at.type === 'UnaryExpression' &&
    at.operator === '-' &&
    at.argument.type === 'Literal' &&
    typeof at.argument.value === 'number'
  )
    return -at.argument.value;
  const source = { $source: unit.excerpt(at, longestSource) };
  if (depth > deepest) return source;
  const value = meaningOf(asking, unit, at);
  if (value === undefined) return source;
  return literal(asking, { value, from: at }, depth) ?? source;
}

function literal(asking: Asking, o: { readonly value: Value; readonly from: Node }, depth: number): Json | undefined {
  const { value } = o;
  const inner = 'round' in value ? asking.inside(value.round) : asking;
  if (value.kind === 'text') return value.text;
  if (value.kind === 'object' && value.node.type === 'ObjectExpression') {
    const made: Record<string, Json> = {};
    for (const one of value.node.properties) {
      const next = (node: Node): Json => jsonOf(inner, value.unit, node, depth + 1);
      if (one.type === 'SpreadElement') {
        const spread = next(one.argument);
        Object.assign(made, isObject(spread) ? spread : { '...': spread });
        continue;
      }
      const key = keyName(one) ?? constantText(inner, value.unit, one.key);
      const plain = key !== undefined && one.kind === 'init' && !one.method;
      // A key such as __proto__ is a key like others.
      const set = (name: string, json: Json) =>
        Object.defineProperty(made, name, { value: json, enumerable: true, configurable: true, writable: true });
      if (plain) set(key, next(one.value));
      else set(key ?? '?', { $source: value.unit.excerpt(one, longestSource) });
    }
    return made;
  }
  if (value.kind === 'array' && value.node.type === 'ArrayExpression')
    return value.node.elements.map((one) =>
      jsonOf(inner, value.unit, one?.type === 'SpreadElement' ? one.argument : one, depth + 1),
    );
  // An identifier led to a plain literal elsewhere.
  const plain =
    value.kind === 'other' && (value.node.type === 'Literal' || value.node.type === 'UnaryExpression') && value.node !== o.from;
  return plain ? jsonOf(inner, value.unit, value.node, deepest) : undefined;
}
