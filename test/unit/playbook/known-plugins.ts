// Plugins of every kind that exist only as manifests, so that playbooks can be checked without the ones that come with bexpert.
import { type Manifest, type Plugin, requestSchema } from '../../../src/plugin-api.ts';
import { openRegistry, type Registry } from '../../../src/registry/registry.ts';

const nothing = { type: 'object', properties: {}, additionalProperties: false } as const;
const base = { api: 1, summary: 'A plugin of the tests.', inputs: nothing, outputs: nothing, powers: [] } as const;

export const manifests: readonly Manifest[] = [
  {
    ...base,
    kind: 'context',
    name: 'map',
    outputs: {
      type: 'object',
      properties: {
        tables: {
          type: 'array',
          items: { type: 'string', description: 'A table.' },
          description: 'Tables.',
        },
        count: { type: 'integer', description: 'How many tables.' },
      },
      required: ['tables', 'count'],
      additionalProperties: false,
    },
  },
  {
    ...base,
    kind: 'context',
    name: 'oidc-token',
    inputs: {
      type: 'object',
      properties: {
        scope: { type: 'string', description: 'What the token is for.' },
        issuer: { type: 'string', description: 'Who gives it.' },
        key: { type: 'string', format: 'secret', description: 'The key of the client.' },
        at: { type: 'string', format: 'service', description: 'The service that gives it.' },
      },
      required: ['scope'],
      additionalProperties: false,
    },
    outputs: {
      type: 'object',
      properties: { token: { type: 'string', description: 'The bearer token.' } },
      required: ['token'],
      additionalProperties: false,
    },
  },
  {
    ...base,
    kind: 'action',
    name: 'model',
    inputs: {
      type: 'object',
      properties: { goal: { type: 'string', description: 'What to do.' } },
      required: ['goal'],
      additionalProperties: false,
    },
    model: { env: ['MODEL_KEY'], standIn: 'puppet' },
  },
  {
    ...base,
    kind: 'action',
    name: 'puppet',
    inputs: {
      type: 'object',
      properties: { script: { type: 'string', description: 'The script.' } },
      required: ['script'],
      additionalProperties: false,
    },
  },
  {
    ...base,
    kind: 'gate',
    name: 'tests',
    runsOnBase: true,
    runsTests: true,
    findings: { 'tests/failed': { means: 'A test failed.', baseline: 'subtract' } },
    inputs: {
      type: 'object',
      properties: {
        services: {
          type: 'array',
          items: { type: 'string', format: 'service', description: 'A service.' },
          default: [],
          description: 'Services of the tests.',
        },
        timeout: { type: 'number', format: 'duration', default: 5000, description: 'Longest time of one test.' },
      },
      additionalProperties: false,
    },
    outputs: {
      type: 'object',
      properties: { passed: { type: 'integer', description: 'How many passed.' } },
      required: ['passed'],
      additionalProperties: false,
    },
  },
  {
    ...base,
    kind: 'gate',
    name: 'coverage',
    runsOnBase: true,
    findings: {},
    inputs: {
      type: 'object',
      properties: {
        lines: { type: 'number', format: 'percent', minimum: 0, maximum: 100, description: 'Share of lines.' },
        include: {
          type: 'array',
          items: { type: 'string', format: 'glob', description: 'A glob.' },
          minItems: 1,
          description: 'Files that count.',
        },
        report: { type: 'string', enum: ['summary', 'full'], default: 'summary', description: 'Length of the report.' },
        label: { type: 'string', description: 'Its title.' },
        'changed-lines': { type: 'number', format: 'percent', description: 'Share of changed lines.' },
        critical: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              files: { type: 'string', format: 'glob', description: 'The files.' },
              lines: { type: 'number', format: 'percent', description: 'Share of lines.' },
            },
            required: ['files'],
            additionalProperties: false,
            description: 'Files with limits of their own.',
          },
          description: 'Files with limits of their own.',
        },
        openapi: { type: 'string', format: 'path', description: 'A file.' },
      },
      additionalProperties: false,
    },
  },
  {
    ...base,
    kind: 'gate',
    name: 'migration',
    runsOnBase: false,
    exclusive: true,
    findings: {},
    inputs: {
      type: 'object',
      properties: { service: { type: 'string', format: 'service', default: 'db', description: 'The database.' } },
      additionalProperties: false,
    },
  },
  {
    ...base,
    kind: 'service',
    name: 'postgres',
    inputs: {
      type: 'object',
      properties: { version: { type: 'integer', default: 18, description: 'Its version.' } },
      additionalProperties: false,
    },
    outputs: {
      type: 'object',
      properties: { database: { type: 'string', description: 'Name of the database.' } },
      additionalProperties: false,
    },
  },
];

const anything = (name: string) => ({
  type: 'object' as const,
  properties: { [name]: { type: 'json' as const, description: 'Whatever it is.' } },
  additionalProperties: false as const,
});

/** The names that the examples of the language use. */
export const examples: readonly Manifest[] = [
  ...['schema-map', 'api-contracts', 'io-trace'].map((name) => ({
    ...base,
    kind: 'context' as const,
    name,
    inputs: {
      type: 'object' as const,
      properties: { goal: { type: 'string' as const, description: 'What is about to be done.' } },
      additionalProperties: false as const,
    },
  })),
  {
    ...base,
    kind: 'action',
    name: 'agent',
    inputs: { ...anything('goal'), required: ['goal'] },
    model: { env: ['KEY'], standIn: 'script' },
  },
  { ...base, kind: 'action', name: 'script', inputs: anything('script') },
  ...['contract', 'log-scan'].map((name) => ({ ...base, kind: 'gate' as const, name, runsOnBase: true, findings: {} })),
  {
    ...base,
    kind: 'gate',
    name: 'load',
    runsOnBase: true,
    exclusive: true,
    findings: {},
    inputs: {
      type: 'object',
      properties: {
        compare: {
          type: 'object',
          properties: { tolerance: { type: 'number', format: 'percent', description: 'How much slower.' } },
          additionalProperties: false,
          description: 'With base.',
        },
        requests: { type: 'array', items: requestSchema, description: 'What is asked.' },
      },
      additionalProperties: false,
    },
  },
  { ...base, kind: 'service', name: 'upstream', inputs: anything('openapi') },
];

/** A registry with these plugins in place of the built-in ones. */
export function knownPlugins(where: { readonly scopeFolder: string; readonly cacheFolder: string }): Registry {
  const builtIn = Object.fromEntries(
    [...manifests, ...examples].map((manifest) => [
      manifest.name,
      {
        manifest: async () => JSON.parse(JSON.stringify(manifest)) as Manifest,
        plugin: async (): Promise<Plugin> => {
          throw new Error(`${manifest.name} is a manifest only`);
        },
      },
    ]),
  );
  const packages = { folder: where.scopeFolder, readScope: async () => undefined };
  return openRegistry({ ...where, packages, builtIn });
}
