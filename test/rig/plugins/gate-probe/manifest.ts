import { defineManifest } from '../../../../src/plugin-api.ts';

export const manifest = defineManifest({
  kind: 'gate',
  name: 'gate-probe',
  api: 1,
  summary: 'Uses every member of the contract that a gate can use.',
  inputs: {
    type: 'object',
    properties: {
      service: { type: 'string', format: 'service', default: 'api', description: 'A service of the scene.' },
      pattern: { type: 'string', format: 'glob', default: '**/*.js', description: 'Files to look at.' },
      level: { type: 'string', enum: ['low', 'high'], default: 'low', description: 'One of two words.' },
      share: { type: 'number', format: 'percent', minimum: 0, maximum: 100, default: 12.5, description: 'A percentage.' },
      wait: { type: 'integer', format: 'duration', default: 2000, description: 'A duration.' },
      most: { type: 'integer', format: 'size', default: 65536, description: 'A size.' },
      strict: { type: 'boolean', default: false, description: 'A switch.' },
      names: { type: 'array', items: { type: 'string', description: 'A name.' }, default: [], description: 'A list.' },
      limits: { type: 'map', values: { type: 'number', description: 'A limit.' }, default: {}, description: 'A map.' },
      anything: { type: 'json', nullable: true, description: 'Any value.' },
      nested: {
        type: 'object',
        description: 'An object.',
        properties: { deep: { type: 'string', description: 'A text.' } },
        required: ['deep'],
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: { seen: { type: 'json', description: 'All that it saw.' } },
    required: ['seen'],
    additionalProperties: false,
  },
  powers: ['exec', 'listen', 'network'],
  env: ['PROBE_VARIABLE'],
  packages: ['yaml', '@bexpert/not-installed'],
  exclusive: false,
  cost: 'cheap',
  reads: ['**/*.js'],
  runsOnBase: true,
  findings: {
    'gate-probe/new': { means: 'Counts when base has it not.', baseline: 'subtract' },
    'gate-probe/always': { means: 'Counts always.', baseline: 'absolute' },
    'gate-probe/more': { means: 'Counts when there is more of it than in base.', baseline: 'ratchet' },
  },
});
