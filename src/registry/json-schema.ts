import type { ObjectSchema, Schema } from '../plugin-api.ts';
import { quantityPatterns } from './quantity.ts';

/** JSON Schema, draft 7: what the YAML language server reads. */
export type JsonSchema = boolean | { readonly [key: string]: unknown };

/** Any value may also be an expression; its type is checked when the plan is made. */
const expressionForm = { type: 'string', pattern: '\\$\\{\\{[\\s\\S]*\\}\\}' } as const;

/** Of values as people write them, with amounts as text and with expressions, for editors. */
export function toJsonSchema(schema: Schema | ObjectSchema): JsonSchema {
  const described = schema.description !== undefined ? { description: schema.description } : {};
  const fallback = 'default' in schema && schema.default !== undefined ? { default: schema.default } : {};
  const core = coreOf(schema);
  const nullable = 'nullable' in schema && schema.nullable === true;
  const alternatives = [
    ...('anyOf' in core && Array.isArray(core.anyOf) ? core.anyOf : [core]),
    ...(acceptsText(core) ? [] : [expressionForm]),
    ...(nullable ? [{ type: 'null' }] : []),
  ];
  return alternatives.length === 1 ? { ...described, ...fallback, ...core } : { ...described, ...fallback, anyOf: alternatives };
}

const acceptsText = (core: { readonly [key: string]: unknown }): boolean =>
  Object.keys(core).length === 0 || (core.type === 'string' && core.enum === undefined && core.pattern === undefined);

function coreOf(schema: Schema | ObjectSchema): { readonly [key: string]: unknown } {
  switch (schema.type) {
    case 'string':
      return {
        type: 'string',
        ...(schema.enum === undefined ? {} : { enum: schema.enum }),
        ...(schema.pattern === undefined ? {} : { pattern: schema.pattern }),
      };
    case 'number':
    case 'integer': {
      const plain = {
        type: schema.type,
        ...(schema.minimum === undefined ? {} : { minimum: schema.minimum }),
        ...(schema.maximum === undefined ? {} : { maximum: schema.maximum }),
      };
      if (schema.format === undefined) return plain;
      const text = { type: 'string', pattern: quantityPatterns[schema.format] };
      return { anyOf: schema.format === 'percent' ? [plain, text] : [text] };
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'array':
      return {
        type: 'array',
        items: toJsonSchema(schema.items),
        ...(schema.minItems === undefined ? {} : { minItems: schema.minItems }),
      };
    case 'map':
      return { type: 'object', additionalProperties: toJsonSchema(schema.values) };
    case 'json':
      return {};
    case 'object':
      return {
        type: 'object',
        properties: Object.fromEntries(Object.entries(schema.properties).map(([name, of]) => [name, toJsonSchema(of)])),
        ...(schema.required === undefined || schema.required.length === 0 ? {} : { required: schema.required }),
        additionalProperties: false,
      };
  }
}
