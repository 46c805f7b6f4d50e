import { defineManifest } from '../../src/plugin-api.ts';

export const manifest = defineManifest({
  kind: 'action',
  name: 'script',
  api: 1,
  summary: 'Plays the tool calls of a YAML file: a stand-in for a model, with the same tools and rules.',
  inputs: {
    type: 'object',
    properties: {
      script: {
        type: 'string',
        format: 'path',
        description: 'The YAML file, relative to the scope; read from base.',
      },
      'script-text': { type: 'string', description: 'Its content, when the caller has read it already.' },
    },
    required: ['script'],
    additionalProperties: false,
  },
  outputs: { type: 'object', properties: {}, additionalProperties: false },
  powers: [],
});
