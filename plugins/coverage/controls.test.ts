import path from 'node:path';
import { expect, it } from 'vitest';
import { testControls, testGate } from '../../src/testing.ts';
import gate from './index.ts';

const outputs = { node_modules: path.resolve(import.meta.dirname, '../../node_modules') };
const project: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ name: 'shop', type: 'module' }),
  'src/sum.js': 'export const sum = (a, b) => a + b;\n',
  'test/sum.test.js': `import { expect, it } from 'vitest';
import { sum } from '../src/sum.js';
it('adds', () => {
  expect(sum(1, 2)).toBe(3);
});
`,
};

it('the gate turns red on each of its negative controls', async () => {
  const seen = await testControls(gate, { candidate: project, outputs });
  expect(seen.map(({ name, turned }) => `${name}: ${turned}`)).toEqual(
    (gate.kind === 'gate' ? gate.prove : []).map(({ name }) => `${name}: red`),
  );
  expect((await testGate(gate, { candidate: project, outputs })).codes).toEqual([]);
}, 180_000);
it('the controls say where they do not apply', async () => {
  for (const one of await testControls(gate, { candidate: {} })) {
    expect(one).toMatchObject({ turned: 'not-applicable', why: expect.stringMatching(/^(no|there is no) /) });
  }
});
