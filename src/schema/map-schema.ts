// The schema of what `bexpert map --format json` prints: the outputs of the context plugins, as their manifests declare them.
import type { ObjectSchema, Schema } from '../plugin-api.ts';
import type { NamedPlugin } from '../registry/named-plugin.ts';
import type { JsonSchema } from './definitions.ts';

const parts = { schema: 'schema-map', contracts: 'api-contracts', io: 'io-trace' } as const;

/** Draft 7. A part that `--only` leaves out is not there. */
export function mapSchema(plugins: readonly NamedPlugin[]): JsonSchema {
  const outputs = Object.entries(parts).flatMap(([key, uses]) => {
    const manifest = plugins.find((plugin) => plugin.uses === uses)?.manifest;
    return manifest?.outputs === undefined ? [] : [[key, outputSchema(manifest.outputs)] as const];
  });
  const counts = 'tables columns relations migrations routes operations graphql-fields findings'.split(' ');
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    description: 'What `bexpert map --format json` prints. Made by `bexpert schema --map`.',
    type: 'object',
    properties: {
      format: { const: 1, description: 'Changes when something is renamed or removed; new keys may come at any time.' },
      ...Object.fromEntries(outputs),
      scopes: {
        type: 'array',
        items: { type: 'string' },
        description: 'Folders with a manifest of a package manager, `.` for the folder itself; `--path` takes one.',
      },
      stats: {
        type: 'object',
        description: 'How many there are of each.',
        properties: Object.fromEntries(
          ['files', ...counts, 'not-understood'].map((name) => [name, { type: 'integer', minimum: 0 }]),
        ),
        required: ['files', 'not-understood'],
      },
    },
    required: ['format', 'scopes', 'stats'],
  };
}

function outputSchema(schema: Schema | ObjectSchema): JsonSchema {
  const described = schema.description === undefined ? {} : { description: schema.description };
  const form = formOf(schema);
  return 'nullable' in schema && schema.nullable === true
    ? { ...described, anyOf: [form, { type: 'null' }] }
    : { ...described, ...form };
}

function formOf(schema: Schema | ObjectSchema): JsonSchema {
  switch (schema.type) {
    case 'json':
      return {};
    case 'string':
      return { type: 'string', ...(schema.enum === undefined ? {} : { enum: schema.enum }) };
    case 'number':
    case 'integer':
    case 'boolean':
      return { type: schema.type };
    case 'array':
      return { type: 'array', items: outputSchema(schema.items) };
    case 'map':
      return { type: 'object', additionalProperties: outputSchema(schema.values) };
    case 'object':
      return {
        type: 'object',
        properties: Object.fromEntries(Object.entries(schema.properties).map(([key, item]) => [key, outputSchema(item)])),
        ...(schema.required === undefined ? {} : { required: schema.required }),
      };
  }
}
