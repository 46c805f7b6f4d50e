import { expect, it } from 'vitest';
import { withModelName } from '../../../src/engine/actor.ts';
import type { ActionManifest } from '../../../src/plugin-api.ts';

const manifest = {
  kind: 'action',
  name: 'writer',
  api: 1,
  summary: 'Writes what it is told to write.',
  inputs: {
    type: 'object',
    properties: { goal: { type: 'string', description: 'Goal.' }, model: { type: 'string', description: 'Model.' } },
    additionalProperties: false,
  },
  outputs: { type: 'object', properties: {}, additionalProperties: false },
  powers: [],
  model: { env: ['KEY'], standIn: 'script' },
} as const satisfies ActionManifest;

it('the model that the playbook names reaches the plugin that fills the step', () => {
  expect(withModelName({ goal: 'x' }, manifest, { use: 'live', name: 'large-2' })).toEqual({ goal: 'x', model: 'large-2' });
});
it('a step may name another model', () => {
  expect(withModelName({ model: 'small-1' }, manifest, { use: 'live', name: 'large-2' })).toEqual({ model: 'small-1' });
});
it('plugins that need no model, or take no name, get none', () => {
  const { model: _, ...plain } = manifest;
  const nameless = { ...manifest, inputs: { ...manifest.inputs, properties: { goal: manifest.inputs.properties.goal } } };
  for (const other of [plain, nameless])
    expect(withModelName({ goal: 'x' }, other, { use: 'live', name: 'large-2' })).toEqual({ goal: 'x' });
});
