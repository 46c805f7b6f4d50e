import type { ObjectSchema, Schema } from '../plugin-api.ts';
import { quantityPatterns } from './quantity.ts';

/** JSON Schema, draft 7: what ajv compiles and the YAML language server reads. */
export type JsonSchema = boolean | { readonly [key: string]: unknown };

/** Any value may also be an expression; its type is checked when the plan is made. */
const expressionForm = { type: 'string', pattern: '\\$\\{\\{[\\s\\S]*\\}\\}' } as const;

/**
 * `checked`: values whose amounts are numbers already. `written`: values as people write them, with amounts as text and with
 * expressions, for editors.
 */
export function toJsonSchema(schema: Schema | ObjectSchema, as: 'checked' | 'written'): JsonSchema {
  const described = as === 'written' && schema.description !== undefined ? { description: schema.description } : {};
  const fallback = as === 'written' && 'default' in schema && schema.default !== undefined ? { default: schema.default } : {};
  const core = coreOf(schema, as);
  const nullable = 'nullable' in schema && schema.nullable === true;
  if (as === 'checked') return nullable ? withNull(core) : core;
  const alternatives = [
    ...('anyOf' in core && Array.isArray(core.anyOf) ? core.anyOf : [core]),
    ...(acceptsText(core) ? [] : [expressionForm]),
    ...(nullable ? [{ type: 'null' }] : []),
  ];
  return alternatives.length === 1 ? { ...described, ...fallback, ...core } : { ...described, ...fallback, anyOf: alternatives };
}

const acceptsText = (core: { readonly [key: string]: unknown }): boolean =>
  Object.keys(core).length === 0 || (core.type === 'string' && core.enum === undefined && core.pattern === undefined);

function withNull(core: { readonly [key: string]: unknown }): JsonSchema {
  if (core.type === undefined) return core;
  return { ...core, type: [core.type, 'null'], ...(Array.isArray(core.enum) ? { enum: [...core.enum, null] } : {}) };
}

function coreOf(schema: Schema | ObjectSchema, as: 'checked' | 'written'): { readonly [key: string]: unknown } {
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
      if (schema.format === undefined || as === 'checked') return plain;
      const text = { type: 'string', pattern: quantityPatterns[schema.format] };
      return { anyOf: schema.format === 'percent' ? [plain, text] : [text] };
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'array':
      return {
        type: 'array',
        items: toJsonSchema(schema.items, as),
        ...(schema.minItems === undefined ? {} : { minItems: schema.minItems }),
      };
    case 'map':
      return { type: 'object', additionalProperties: toJsonSchema(schema.values, as) };
    case 'json':
      return {};
    case 'object':
      return {
        type: 'object',
        properties: Object.fromEntries(Object.entries(schema.properties).map(([name, of]) => [name, toJsonSchema(of, as)])),
        ...(schema.required === undefined || schema.required.length === 0 ? {} : { required: schema.required }),
        additionalProperties: false,
      };
  }
}
