import type { Json, ObjectSchema, Schema } from '../plugin-api.ts';
import { parseQuantity } from './quantity.ts';

type Fields = { readonly [key: string]: Json };

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A value with the defaults of its schema and with amounts as numbers. What does not fit stays as it is, for the validator to
 * find. A default is filled where its key is absent.
 */
export function conform(schema: Schema | ObjectSchema, value: Json): Json {
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'json':
      return value;
    case 'number':
    case 'integer':
      if (typeof value !== 'string' || schema.format === undefined) return value;
      return parseQuantity(schema.format, value.trim()) ?? value;
    case 'array':
      return Array.isArray(value) ? value.map((item: Json) => conform(schema.items, item)) : value;
    case 'map':
      return isFields(value)
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, conform(schema.values, item)]))
        : value;
    case 'object':
      return isFields(value) ? conformFields(schema, value) : value;
  }
}

function conformFields(schema: ObjectSchema, value: Fields): Fields {
  const fields: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    const of = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    const item = value[key] as Json;
    fields[key] = of === undefined ? item : conform(of, item);
  }
  for (const key of Object.keys(schema.properties)) {
    const of = schema.properties[key];
    if (of !== undefined && 'default' in of && of.default !== undefined && !Object.hasOwn(fields, key))
      fields[key] = conform(of, of.default);
  }
  return fields;
}
