// What of a value does not fit its schema, found by a walk over both. Validators that are compiled, or generated as code, take longer
// to load than all the rest of `validate`, and the more so the more plugins there are.
import type { Path } from '../model/location.ts';
import type { Json, ObjectSchema, Schema } from '../plugin-api.ts';
import { isFields } from './conform.ts';

type AnySchema = Schema | ObjectSchema;

/** Besides its keys, one for each value: of what has the wrong type nothing else is said. */
export type Misfit = { readonly path: Path } & (
  | { readonly kind: 'missing-key' | 'unknown-key'; readonly of: ObjectSchema; readonly key: string }
  | { readonly kind: 'minimum' | 'maximum' | 'min-items'; readonly of: AnySchema; readonly value: Json; readonly limit: number }
  | { readonly kind: 'choice'; readonly options: readonly string[]; readonly value: string }
  | { readonly kind: 'type' | 'pattern'; readonly of: AnySchema; readonly value: Json }
);

/** The value's amounts are numbers already, as `conform` makes them. */
export function misfits(of: AnySchema, value: Json, path: Path = []): readonly Misfit[] {
  if (value === null && 'nullable' in of && of.nullable === true) return [];
  const wrongType = (): readonly Misfit[] => [{ kind: 'type', path, of, value }];
  switch (of.type) {
    case 'json':
      return [];
    case 'boolean':
      return typeof value === 'boolean' ? [] : wrongType();
    case 'string':
      if (typeof value !== 'string') return wrongType();
      if (of.enum !== undefined && !of.enum.includes(value)) return [{ kind: 'choice', path, options: of.enum, value }];
      return of.pattern === undefined || new RegExp(of.pattern, 'u').test(value) ? [] : [{ kind: 'pattern', path, of, value }];
    case 'number':
    case 'integer': {
      if (typeof value !== 'number' || !(of.type === 'integer' ? Number.isInteger(value) : Number.isFinite(value)))
        return wrongType();
      const { minimum = value, maximum = value } = of;
      if (value > maximum) return [{ kind: 'maximum', path, of, value, limit: maximum }];
      return value < minimum ? [{ kind: 'minimum', path, of, value, limit: minimum }] : [];
    }
    case 'array': {
      if (!Array.isArray(value)) return wrongType();
      const { minItems = 0 } = of;
      const items = value.flatMap((item: Json, index) => misfits(of.items, item, [...path, index]));
      return value.length < minItems ? [{ kind: 'min-items', path, of, value, limit: minItems }, ...items] : items;
    }
    case 'map':
      if (!isFields(value)) return wrongType();
      return Object.entries(value).flatMap(([key, item]) => misfits(of.values, item, [...path, key]));
    case 'object':
      return isFields(value) ? fieldMisfits(of, value, path) : wrongType();
  }
}

function fieldMisfits(of: ObjectSchema, value: { readonly [key: string]: Json | undefined }, path: Path): readonly Misfit[] {
  const found: Misfit[] = [];
  const below: Misfit[] = [];
  for (const key of of.required ?? []) {
    if (!Object.hasOwn(value, key) || value[key] === undefined) found.push({ kind: 'missing-key', path, of, key });
  }
  for (const key of Object.keys(value)) {
    const schema = Object.hasOwn(of.properties, key) ? of.properties[key] : undefined;
    const item = value[key];
    if (schema === undefined) found.push({ kind: 'unknown-key', path, of, key });
    else if (item !== undefined) below.push(...misfits(schema, item, [...path, key]));
  }
  if (below.length > 1) {
    const order = Object.keys(of.properties);
    const rank = (misfit: Misfit): number => order.indexOf(String(misfit.path[path.length]));
    below.sort((a, b) => rank(a) - rank(b));
  }
  return [...found, ...below];
}
