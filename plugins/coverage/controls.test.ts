import path from 'node:path';
import picomatch from 'picomatch';
import { expect, it } from 'vitest';
import type { WritableTree } from '../../src/plugin-api.ts';
import { testGate } from '../../src/testing.ts';
import { controls } from './controls.ts';
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

/** The files of a project, with as much of a tree as controls use. */
function treeOf(files: Map<string, string>): WritableTree {
  return {
    glob: async (patterns: readonly string[]) =>
      [...files.keys()].filter((file) => picomatch([...patterns], { dot: true })(file)).sort(),
    read: async (file: string) => files.get(file) ?? '',
    write: async (file: string, content: string) => {
      files.set(file, content);
    },
    remove: async (file: string) => {
      files.delete(file);
    },
  } as unknown as WritableTree;
}

it.each(controls.map((control) => [control.name, control] as const))('the gate turns red when %s', async (_name, control) => {
  const files = new Map(Object.entries(project));
  expect(await control.apply(treeOf(files))).toBe('applied');
  const seen = await testGate(gate, { base: project, candidate: Object.fromEntries(files), outputs });
  expect(seen.result?.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toContain(control.expects);
});

it.each(controls.map((control) => [control.name, control] as const))(
  'the control says where it does not apply: %s',
  async (_name, control) => {
    expect(await control.apply(treeOf(new Map()))).toMatchObject({ notApplicable: expect.stringMatching(/^(no|there is no) /) });
  },
);
