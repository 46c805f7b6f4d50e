import { defineManifest } from '../../../../src/plugin-api.ts';

export const manifest = defineManifest({
  kind: 'context',
  name: 'context-probe',
  api: 1,
  summary: 'Counts the files of base and says so in a brief.',
  inputs: {
    type: 'object',
    properties: { pattern: { type: 'string', format: 'glob', default: '**', description: 'Files to count.' } },
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: { files: { type: 'array', items: { type: 'string', description: 'A path.' }, description: 'Paths.' } },
    required: ['files'],
    additionalProperties: false,
  },
  powers: [],
});
