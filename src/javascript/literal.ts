// Literals as JSON; what only a running program knows is kept as its source.

import type { Json } from '../plugin-api.ts';
import type { Module } from './module.ts';
import type { Node } from './node.ts';
import { stringText } from './scope.ts';
import { meaningOf, type Reading, type Value } from './values.ts';

const deepest = 16;
const longestSource = 200;

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text that an expression gives, with constants and joined parts filled in; undefined where only a running program knows. */
export function constantText(reading: Reading, module: Module, node: Node | null | undefined, depth = 0): string | undefined {
  if (node === null || node === undefined || depth > deepest) return undefined;
  const text = stringText(node);
  if (text !== undefined) return text;
  const next = (one: Node | null | undefined): string | undefined => constantText(reading, module, one, depth + 1);
  if (node.kind() === 'template_string') {
    return joined(
      node.children().flatMap((one) => {
        if (one.kind() === 'template_substitution') return [next(one.named()[0])];
        return one.kind() === 'string_fragment' ? [one.text()] : one.kind() === 'escape_sequence' ? [undefined] : [];
      }),
    );
  }
  if (node.kind() === 'binary_expression' && node.field('operator')?.text() === '+')
    return joined([next(node.field('left')), next(node.field('right'))]);
  const value = meaningOf(reading, module, node);
  return value?.kind === 'other' && value.node.id() !== node.id()
    ? constantText(reading, value.module, value.node, depth + 1)
    : undefined;
}
const joined = (parts: readonly (string | undefined)[]): string | undefined =>
  parts.includes(undefined) ? undefined : parts.join('');

/** `{ $source: "z.object({…})" }` where the value is not written as a literal. */
export function jsonOf(reading: Reading, module: Module, node: Node | null | undefined, depth = 0): Json {
  if (node === null || node === undefined) return null;
  const kind = node.kind();
  const text = constantText(reading, module, node);
  if (text !== undefined) return text;
  if (kind === 'number') return Number(node.text().replaceAll('_', ''));
  if (kind === 'true' || kind === 'false') return kind === 'true';
  if (kind === 'null' || kind === 'undefined') return null;
  const source = { $source: node.text().replace(/\s+/g, ' ').slice(0, longestSource) };
  if (kind === 'unary_expression' && /^-[\d_.]+$/.test(node.text())) return Number(node.text().replaceAll('_', ''));
  if (depth > deepest) return source;
  const value = meaningOf(reading, module, node);
  if (value === undefined) return source;
  return literal(reading, value, depth) ?? source;
}

function literal(reading: Reading, value: Value, depth: number): Json | undefined {
  if (value.kind === 'object') {
    const made: Record<string, Json> = {};
    for (const one of value.node.named()) {
      const next = (node: Node | null | undefined): Json => jsonOf(reading, value.module, node, depth + 1);
      const key = one.field('key') ?? one.field('name');
      if (one.kind() === 'pair' && key?.kind() !== 'computed_property_name')
        made[stringText(key) ?? key?.text() ?? ''] = next(one.field('value'));
      else if (one.kind() === 'shorthand_property_identifier') made[one.text()] = next(one);
      else if (one.kind() === 'spread_element') {
        const spread = next(one.named()[0]);
        Object.assign(made, isObject(spread) ? spread : { '...': spread });
      } else made[key?.text() ?? '?'] = { $source: one.text().replace(/\s+/g, ' ').slice(0, longestSource) };
    }
    return made;
  }
  if (value.kind === 'array') {
    const elements = value.node.named();
    return elements.map((one) => jsonOf(reading, value.module, one, depth + 1));
  }
  if (value.kind !== 'other') return undefined;
  // An identifier led to a plain literal elsewhere.
  const kind = value.node.kind();
  const plain = ['string', 'template_string', 'number', 'true', 'false', 'null', 'unary_expression'].includes(kind);
  return plain && (stringText(value.node) !== undefined || !kind.endsWith('string'))
    ? jsonOf(reading, value.module, value.node, deepest + 1)
    : undefined;
}
