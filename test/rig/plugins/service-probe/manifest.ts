import { defineManifest } from '../../../../src/plugin-api.ts';

export const manifest = defineManifest({
  kind: 'service',
  name: 'service-probe',
  api: 1,
  summary: 'A store of lines over HTTP, whose state can be copied.',
  inputs: {
    type: 'object',
    properties: { greeting: { type: 'string', default: 'hello', description: 'The first line.' } },
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: { kind: { type: 'string', description: 'What it is.' } },
    required: ['kind'],
    additionalProperties: false,
  },
  powers: ['exec'],
});
