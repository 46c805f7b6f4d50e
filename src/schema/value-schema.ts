import type { ObjectSchema, Schema } from '../plugin-api.ts';
import { type QuantityFormat, quantityForms, quantityPatterns } from '../registry/quantity.ts';
import { type Definitions, expressionPattern, type JsonSchema, type NameKind, nothing, oneOf } from './definitions.ts';

/** How a value may be written where it stands. */
export interface Writing {
  readonly definitions: Definitions;
  /** May an expression stand for it? */
  readonly expressions: boolean;
  /** An item of a list comes from one file, all of it; in a map a file below may hold what is required. */
  readonly whole: boolean;
}

/** A value as people write it: with amounts as text, with expressions, and with what changes a file below. */
export function valueSchema(schema: Schema | ObjectSchema, name: string, writing: Writing): JsonSchema {
  const described = schema.description === undefined ? {} : { description: schema.description };
  const fallback = 'default' in schema && schema.default !== undefined ? { default: written(schema) } : {};
  return { ...described, ...fallback, ...formOf(schema, name, writing) };
}

/** A default as a person would write it: an editor puts it in. */
function written(schema: Schema & { readonly default?: unknown }): unknown {
  if (typeof schema.default !== 'number' || !('format' in schema)) return schema.default;
  if (schema.format === 'percent') return `${schema.default}%`;
  if (schema.format !== 'duration') return schema.default;
  const units = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const;
  const at = schema.default;
  const [unit, length] = units.find(([, length]) => at > 0 && at % length === 0) ?? ['ms', 1];
  return `${at / length}${unit}`;
}

function formOf(schema: Schema | ObjectSchema, name: string, writing: Writing): JsonSchema {
  const { definitions, expressions } = writing;
  switch (schema.type) {
    case 'string': {
      if (schema.enum === undefined && schema.pattern === undefined) {
        const { format } = schema;
        return format === 'service' || format === 'auth' || format === 'secret' ? nameOf(format, definitions) : text(definitions);
      }
      const plain = schema.enum === undefined ? { type: 'string', pattern: schema.pattern } : { enum: schema.enum };
      return oneOf([plain, ...variants(writing)]);
    }
    case 'number':
    case 'integer': {
      const limits = {
        ...(schema.minimum === undefined ? {} : { minimum: schema.minimum }),
        ...(schema.maximum === undefined ? {} : { maximum: schema.maximum }),
      };
      if (schema.format === undefined) return oneOf([{ type: schema.type, ...limits }, ...variants(writing)]);
      return quantity(schema.format, { definitions, expressions, ...(schema.format === 'percent' ? { limits } : {}) });
    }
    case 'boolean':
      return definitions.share(expressions ? 'boolean' : 'true-or-false', oneOf([{ type: 'boolean' }, ...variants(writing)]));
    case 'array': {
      const items = valueSchema(schema.items, name, { ...writing, whole: true });
      const { description, ...plain } = items;
      const list = { type: 'array', items: isSimple(schema.items) ? plain : items };
      return listForm(schema.minItems === undefined ? list : { ...list, minItems: schema.minItems }, name, writing);
    }
    case 'map': {
      const map = { type: 'object', additionalProperties: valueSchema(schema.values, name, writing) };
      return oneOf([map, ...variants(writing)]);
    }
    case 'json':
      return {};
    case 'object':
      return oneOf([objectSchema(schema, writing), ...variants(writing)]);
  }
}

/** What an item is, its list has said. */
const isSimple = (schema: Schema): boolean => schema.type !== 'object' && schema.type !== 'array' && schema.type !== 'map';

export function objectSchema(schema: ObjectSchema, writing: Writing): JsonSchema {
  const required = writing.whole ? (schema.required ?? []) : [];
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(schema.properties).map(([key, of]) => [key, valueSchema(of, key, writing)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** An expression in place of the value, and `null`. */
export const variants = ({ definitions, expressions }: Writing): JsonSchema[] => [
  ...(expressions
    ? [definitions.share('expression', { description: 'An expression.', type: 'string', pattern: expressionPattern })]
    : []),
  ...removed(definitions),
];
const removed = (definitions: Definitions): readonly JsonSchema[] =>
  definitions.layered ? [definitions.share('nothing', nothing)] : [];

/** Names that are known are offered, and any other is taken: a file that this one extends may bring it. */
export function nameOf(kind: NameKind, definitions: Definitions): JsonSchema {
  const known = definitions.names[kind];
  if (known.length === 0) return text(definitions);
  const forms = [{ type: 'string', enum: known }, { type: 'string' }, definitions.share('nothing', nothing)];
  return definitions.share(`name-of-${kind}`, { anyOf: forms });
}

const text = (definitions: Definitions): JsonSchema =>
  definitions.layered ? definitions.share('text', oneOf([{ type: 'string' }, ...removed(definitions)])) : { type: 'string' };

/** A list, and `{ append: [...] }`, which adds to the one of a file below. */
export function listForm(list: JsonSchema, name: string, writing: Writing): JsonSchema {
  if (!writing.definitions.layered) return list;
  const shared = writing.definitions.share(name.endsWith('s') ? name : `${name}-list`, list);
  const append = { type: 'object', properties: { append: shared }, required: ['append'], additionalProperties: false };
  return oneOf([shared, append, ...variants(writing)]);
}

/** `10%`, `30s`: a number alone says not of what, but for percentages and counts. */
export function quantity(
  format: QuantityFormat,
  how: { readonly definitions: Definitions; readonly expressions: boolean; readonly limits?: JsonSchema },
): JsonSchema {
  const { definitions, expressions, limits = {} } = how;
  const pattern = expressions ? `${quantityPatterns[format]}|${expressionPattern}` : quantityPatterns[format];
  const plain = format === 'percent' || format === 'count' ? ['string', 'number'] : 'string';
  return definitions.share(format, {
    anyOf: [
      { type: plain, pattern, patternErrorMessage: `Expected ${quantityForms[format].replaceAll('`', '')}.`, ...limits },
      ...removed(definitions),
    ],
  });
}
