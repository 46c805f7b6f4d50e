// Inputs on which the gate must turn red.
import type { NegativeControl, WritableTree } from '../../src/plugin-api.ts';
import type { Code } from './manifest.ts';

const testFiles = ['**/*.{test,spec}.{js,mjs,cjs,ts,mts,cts}'];
const call = /^(\s*)(it|test)\(/m;

async function withFirstTest(tree: WritableTree, change: (text: string) => string) {
  for (const file of await tree.glob(testFiles)) {
    const text = await tree.read(file);
    if (!call.test(text)) continue;
    await tree.write(file, change(text));
    return 'applied' as const;
  }
  return { notApplicable: 'no test file has a call of it() or test() at the start of a line' };
}

export const controls: readonly [NegativeControl<Code>, ...NegativeControl<Code>[]] = [
  {
    name: 'a test is skipped',
    expects: 'tests/skipped',
    apply: (tree) => withFirstTest(tree, (text) => text.replace(call, '$1$2.skip(')),
  },
  {
    name: 'a test file is deleted',
    expects: 'tests/missing',
    async apply(tree) {
      const [file] = await tree.glob(testFiles);
      if (file === undefined) return { notApplicable: 'there is no test file' };
      await tree.remove(file);
      return 'applied';
    },
  },
  {
    name: 'a test fails',
    expects: 'tests/failed',
    apply: (tree) =>
      withFirstTest(tree, (text) =>
        text.replace(call, "$1$2('a control of bexpert', () => { throw new Error('must be seen'); });\n$1$2("),
      ),
  },
];
