import type { Path } from '../model/location.ts';
import type { Json, ObjectSchema, Schema } from '../plugin-api.ts';
import { isFields } from './conform.ts';

/** Every scalar that a schema describes. */
export function visitScalars(
  schema: Schema | ObjectSchema,
  value: Json,
  found: (path: Path, schema: Schema, value: Json) => void,
  path: Path = [],
): void {
  switch (schema.type) {
    case 'array':
      if (Array.isArray(value))
        for (const [index, item] of value.entries()) visitScalars(schema.items, item as Json, found, [...path, index]);
      break;
    case 'map':
      if (isFields(value))
        for (const [key, item] of Object.entries(value)) visitScalars(schema.values, item, found, [...path, key]);
      break;
    case 'object':
      if (!isFields(value)) break;
      for (const [key, item] of Object.entries(value)) {
        const of = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
        if (of !== undefined) visitScalars(of, item, found, [...path, key]);
      }
      break;
    default:
      if (value !== null && typeof value !== 'object') found(path, schema, value);
  }
}
