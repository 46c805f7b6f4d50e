// The JSON Schemas of plugin.json and of both documents of the protocol, made of the forms that the program checks them with.

import type { ObjectSchema, Schema } from '../src/plugin-api.ts';
import { pluginJson } from '../src/registry/foreign-manifest.ts';
import { answers, errorAnswer, noteForms, proveAnswer, requestForm } from '../src/registry/foreign-protocol.ts';

type JsonSchema = { readonly [key: string]: unknown };
const draft = 'https://json-schema.org/draft/2020-12/schema';

/** Unlike those of playbooks, these values hold no expressions and no amounts as text. */
function plain(schema: Schema | ObjectSchema): JsonSchema {
  const described = schema.description === undefined ? {} : { description: schema.description };
  switch (schema.type) {
    case 'json':
      return described;
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean': {
      const { nullable: _, format: __, ...keywords } = { nullable: undefined, format: undefined, ...schema };
      return keywords;
    }
    case 'array':
      return {
        ...described,
        type: 'array',
        items: plain(schema.items),
        ...(schema.minItems === undefined ? {} : { minItems: schema.minItems }),
      };
    case 'map':
      return { ...described, type: 'object', additionalProperties: plain(schema.values) };
    case 'object':
      return {
        ...described,
        type: 'object',
        properties: Object.fromEntries(Object.entries(schema.properties).map(([name, of]) => [name, plain(of)])),
        required: schema.required ?? [],
        additionalProperties: false,
      };
  }
}

const anySchema = { $ref: '#/$defs/schema' };
const text = { type: 'string' };
const schemaForm = {
  type: 'object',
  description: 'The subset of JSON Schema that inputs and outputs are described in.',
  properties: {
    type: { enum: ['string', 'number', 'integer', 'boolean', 'array', 'map', 'object', 'json'] },
    description: text,
    nullable: { const: true },
    default: {},
    enum: { type: 'array', items: text },
    pattern: { ...text, format: 'regex' },
    format: { enum: ['glob', 'path', 'service', 'auth', 'secret', 'duration', 'percent', 'size'] },
    minimum: { type: 'number' },
    maximum: { type: 'number' },
    minItems: { type: 'integer', minimum: 0 },
    items: anySchema,
    values: anySchema,
    properties: { type: 'object', additionalProperties: anySchema },
    required: { type: 'array', items: text },
    additionalProperties: { const: false },
  },
  required: ['type'],
  additionalProperties: false,
};
const objectForm = { allOf: [anySchema, { properties: { type: { const: 'object' } } }] };

function pluginSchema(): JsonSchema {
  const { properties, ...rest } = plain(pluginJson);
  const gateOnly = ['runsOnBase', 'findings', 'prove'];
  return {
    $schema: draft,
    title: 'plugin.json of bexpert',
    ...rest,
    properties: { ...(properties as JsonSchema), inputs: objectForm, outputs: objectForm },
    if: { properties: { kind: { const: 'gate' } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: gateOnly },
    $defs: { schema: schemaForm },
  };
}

const written = (schema: JsonSchema): string => `${JSON.stringify(schema, undefined, 2)}\n`;

/** By the file that holds them. */
export const protocolSchemas = (): ReadonlyMap<string, string> =>
  new Map([
    ['schema/plugin.schema.json', written(pluginSchema())],
    [
      'schema/plugin-request.schema.json',
      written({ $schema: draft, title: 'Request to a plugin in another language', ...plain(requestForm) }),
    ],
    [
      'schema/plugin-answer.schema.json',
      written({
        $schema: draft,
        title: 'Answer of a plugin in another language',
        anyOf: ['gate', 'context', 'action', 'prove', 'error'].map((name) => ({ $ref: `#/$defs/${name}` })),
        $defs: {
          ...Object.fromEntries(Object.entries(answers).map(([kind, form]) => [kind, plain(form)])),
          prove: plain(proveAnswer),
          error: plain(errorAnswer),
          progress: plain(noteForms.progress),
          log: plain(noteForms.log),
        },
      }),
    ],
  ]);
