// Inputs on which the gate must turn red, whatever limits a playbook sets.
import path from 'node:path';
import type { NegativeControl, WritableTree } from '../../src/plugin-api.ts';
import type { Code } from './manifest.ts';

/** The first file of code; a control stands in it or beside it, where the globs of a playbook reach it too. */
async function firstFile(tree: WritableTree): Promise<string | undefined> {
  return (await tree.glob(['src/**/*.{js,mjs,cjs,ts,mts,cts}'])).find((file) => !file.endsWith('.d.ts'));
}
const none = { notApplicable: 'there is no code below src/' } as const;

export const controls: readonly [NegativeControl<Code>, ...NegativeControl<Code>[]] = [
  {
    name: 'a comment hides a file from coverage',
    expects: 'coverage/ignored',
    async apply(tree) {
      const file = await firstFile(tree);
      if (file === undefined) return none;
      await tree.write(file, `/* v8 ignore file -- @preserve */\n${await tree.read(file)}`);
      return 'applied';
    },
  },
  {
    name: 'a file is missing in the coverage report',
    expects: 'coverage/not-loaded',
    async apply(tree) {
      const file = await firstFile(tree);
      if (file === undefined) return none;
      const { dir, ext } = path.posix.parse(file);
      await tree.write(`${dir}/control-of-bexpert${ext}`, 'export const unreadable = (;\n');
      return 'applied';
    },
  },
];
