import type { ObjectSchema, Schema } from '../plugin-api.ts';
import { quantityForms } from './quantity.ts';

/** What a schema takes, with its article: "a list of globs", "one of `block`, `warn`". */
export function typeWords(schema: Schema | ObjectSchema): string {
  switch (schema.type) {
    case 'string':
      if (schema.enum !== undefined) return `one of ${schema.enum.map((option) => `\`${option}\``).join(', ')}`;
      return schema.format === undefined ? 'text' : `a ${schema.format}`;
    case 'number':
      return schema.format === undefined ? 'a number' : quantityForms[schema.format];
    case 'integer':
      return schema.format === undefined ? 'a whole number' : quantityForms[schema.format];
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return `a list of ${plural(schema.items)}`;
    case 'map':
      return `a map of names to ${plural(schema.values)}`;
    case 'json':
      return 'any value';
    case 'object':
      return `a map with ${Object.keys(schema.properties).length === 0 ? 'no keys' : `the keys ${listed(Object.keys(schema.properties))}`}`;
  }
}

function plural(schema: Schema): string {
  switch (schema.type) {
    case 'string':
      return schema.enum === undefined && schema.format !== undefined ? `${schema.format}s` : 'texts';
    case 'number':
    case 'integer':
      return schema.format === undefined ? 'numbers' : `${schema.format}s`;
    case 'boolean':
      return 'booleans';
    case 'array':
      return 'lists';
    case 'map':
    case 'object':
      return 'maps';
    case 'json':
      return 'values';
  }
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** What a value is, as a person would say it: "the text `abc`", "a list". */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  const text = String(value).split('\n')[0] ?? '';
  const short = text.length > 40 ? `${text.slice(0, 39)}…` : text;
  switch (typeof value) {
    case 'string':
      return value === '' ? 'an empty text' : `the text \`${short}\``;
    case 'number':
    case 'bigint':
      return `the number ${short}`;
    case 'boolean':
      return `\`${short}\``;
    default:
      return short;
  }
}
