import { describe, expect, it } from 'vitest';
import { isPluginError } from '../../../src/plugin-api.ts';
import { oneDocument } from '../../../src/registry/foreign-document.ts';
import { readPluginJson } from '../../../src/registry/foreign-manifest.ts';
import fc from '../../rig/property.ts';
import { gateJson } from './foreign-folder.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('what a program prints', () => {
  it('is a document, or a fault in words, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (printed) => {
        const read = oneDocument(printed, 'words');
        expect(isPluginError(read) || typeof read === 'object').toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', '1', 'a', ' ') }), (text) => {
        const read = oneDocument(bytes(text), 'words');
        if (!isPluginError(read)) expect(read).toEqual(JSON.parse(text));
      }),
    );
  });
  it('is read as it was meant, with white space around it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (value) => {
        const text = JSON.stringify(value);
        expect(oneDocument(bytes(`\n ${text} \n`), 'words')).toEqual(JSON.parse(text));
        expect(oneDocument(bytes(`${text}\n${text}`), 'words')).toMatchObject({ code: 'foreign/two-answers' });
      }),
    );
  });
  it('may not be cut anywhere', () => {
    const text = JSON.stringify({ a: [1, { b: 'c}"]' }] });
    for (let end = 1; end < text.length; end++) {
      expect(oneDocument(bytes(text.slice(0, end)), 'words')).toMatchObject({ code: 'foreign/not-json' });
    }
  });
});

describe('a plugin.json', () => {
  const read = (value: unknown) => readPluginJson(JSON.stringify(value), () => './words');
  it('that is complete can be used', () => {
    expect(read(gateJson)).toMatchObject({ ok: true, value: { manifest: { name: 'words', powers: ['exec'] } } });
  });
  it('is refused in words wherever one of its values is another', () => {
    const places = Object.keys(gateJson).filter((key) => key !== 'inputs' && key !== 'outputs');
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (key, value) => {
        const changed = read({ ...gateJson, [key]: value });
        if (changed.ok) expect(JSON.stringify(value)).toMatch(/^(".*"|true|false|\{\}|1|\[.*\])$/);
        else expect(changed.error.length).toBeGreaterThan(10);
      }),
    );
  });
  it.each([
    ['without findings', { findings: undefined }, 'a gate declares its codes in `findings` of plugin.json'],
    ['without runsOnBase', { runsOnBase: undefined }, 'a gate says in plugin.json whether it `runsOnBase`: true or false'],
    ['of a context plugin with findings', { kind: 'context' }, '`runsOnBase` in plugin.json is for gates'],
    [
      'with a code of another name',
      { findings: { 'other/x': { means: 'X.', baseline: 'subtract' } } },
      'must have the form `words/<what>`',
    ],
    [
      'with another name than its folder',
      { name: 'others', findings: {} },
      'its manifest is named "others", and its folder words',
    ],
    ['with an empty command', { command: [] }, '`command` must be a list of at least 1'],
    [
      'with a schema that is none',
      { inputs: { type: 'object', properties: { a: { type: 'text' } } } },
      '`inputs.a.type` must be one of',
    ],
    ['with outputs that are no object', { outputs: { type: 'string' } }, '`outputs` must have the type object'],
  ])('%s is refused', (_, more, why) => {
    const found = read({ ...gateJson, ...more });
    expect(found.ok ? '' : found.error).toContain(why);
  });
});
