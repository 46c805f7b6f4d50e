// The published schemas of plugins in other languages say what the program really sends and takes.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { pythonTemplates } from '../../src/commands/templates/plugin-python.ts';
import { testAction, testControls, testGate } from '../../src/testing.ts';
import { foreignFolder, gateJson, prelude } from '../unit/registry/foreign-folder.ts';
import { root } from './sources.ts';

const read = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const compiled = (file: string) =>
  new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, validateFormats: false }).compile(read(file) as object);
const faults = (validate: ReturnType<typeof compiled>, value: unknown) => {
  validate(value);
  return validate.errors ?? [];
};

describe('plugin.json', () => {
  const schema = compiled('schema/plugin.schema.json');
  it.each([
    ['of the example', read('examples/custom-plugin/plugins/money-columns/plugin.json')],
    ['of the tests', gateJson],
    ...Object.entries(pythonTemplates).map(([kind, files]) => [
      `of a new ${kind}`,
      JSON.parse(files['plugin.json'].replaceAll('NAME', 'my-plugin')) as unknown,
    ]),
  ])('%s fits its schema', (_, value) => {
    expect(faults(schema, value)).toEqual([]);
  });
  it.each([
    ['without a command', { ...gateJson, command: undefined }],
    ['of a gate without controls', { ...gateJson, prove: undefined }],
    ['of a service', { ...gateJson, kind: 'service' }],
    ['with a key that there is none', { ...gateJson, comand: [] }],
    ['with a schema that is none', { ...gateJson, inputs: { type: 'text' } }],
  ])('%s does not', (_, value) => {
    expect(faults(schema, JSON.parse(JSON.stringify(value)))).not.toEqual([]);
  });
});

describe('the request', () => {
  const schema = compiled('schema/plugin-request.schema.json');
  it('to a gate fits its schema', async () => {
    await using plugin = await foreignFolder(
      `${prelude} answer({ ...green, findings: [{ ...finding, evidence: JSON.stringify(request) }] });`,
    );
    const seen = await testGate(plugin.folder, { candidate: { 'a.txt': '' }, base: {} });
    expect(faults(schema, JSON.parse(seen.result?.findings[0]?.evidence ?? '{}'))).toEqual([]);
  });
  it('to an action and for a control fit it too', async () => {
    const kept = `${prelude} if (request.task === 'prove') answer({ notApplicable: JSON.stringify(request) });
      else answer({ outputs: { files: 1 }, outcome: 'ok', summary: JSON.stringify(request) });`;
    await using action = await foreignFolder(kept, {
      kind: 'action',
      runsOnBase: undefined,
      findings: undefined,
      prove: undefined,
    });
    const feedback = [
      { code: 'x/y', severity: 'error', message: 'Mend it.', subject: 's', location: { file: 'a', line: 1 } },
    ] as const;
    const seen = await testAction(action.folder, {
      candidate: {},
      turn: { feedback, brief: [{ title: 'a', text: 'b' }], state: 1 },
    });
    expect(faults(schema, JSON.parse(seen.result?.summary ?? '{}'))).toEqual([]);
    await using gate = await foreignFolder(kept);
    const [control] = await testControls(gate.folder, { candidate: {} });
    expect(control?.turned).toBe('not-applicable');
    expect(faults(schema, JSON.parse(control?.turned === 'not-applicable' ? control.why : '{}'))).toEqual([]);
  });
});

describe('an answer', () => {
  const schema = compiled('schema/plugin-answer.schema.json');
  const finding = { code: 'words/bad', severity: 'error', message: 'A bad word.', subject: 'a' };
  const green = { examined: { unit: 'files', count: 1, min: 1 }, findings: [] };
  it.each([
    ['of a gate', { ...green, outputs: {}, findings: [{ ...finding, location: { file: 'a', line: 1 } }], inconclusive: 'noise' }],
    ['of a context plugin', { outputs: { any: [1] }, brief: [{ title: 'a', text: 'b' }] }],
    ['of an action', { outcome: 'ok', summary: 'done', state: null }],
    ['of a control', { applied: true }],
    ['that is an error', { error: { code: 'words/no-list', message: 'No list.' } }],
  ])('%s fits its schema', (_, value) => {
    expect(faults(schema, value)).toEqual([]);
  });
  it.each([
    ['with `passed`', { ...green, passed: true }],
    ['with a severity that there is none', { ...green, findings: [{ ...finding, severity: 'fatal' }] }],
    ['with a line 0', { ...green, findings: [{ ...finding, location: { file: 'a', line: 0 } }] }],
  ])('%s does not', (_, value) => {
    expect(faults(schema, value)).not.toEqual([]);
  });
});
