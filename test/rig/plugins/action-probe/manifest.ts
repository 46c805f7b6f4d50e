import { defineManifest } from '../../../../src/plugin-api.ts';

export const manifest = defineManifest({
  kind: 'action',
  name: 'action-probe',
  api: 1,
  summary: 'Uses every member of the contract that an action can use.',
  inputs: { type: 'object', properties: {}, additionalProperties: false },
  outputs: {
    type: 'object',
    properties: { seen: { type: 'json', description: 'All that it saw.' } },
    required: ['seen'],
    additionalProperties: false,
  },
  powers: ['write', 'exec'],
  model: { env: ['PROBE_KEY'], standIn: 'action-probe' },
});
