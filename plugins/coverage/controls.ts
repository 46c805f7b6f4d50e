// Inputs on which the gate must turn red.
import type { NegativeControl } from '../../src/plugin-api.ts';
import type { Code } from './manifest.ts';

const code = ['src/**/*.{js,mjs,cjs,ts,mts,cts}', '!**/*.d.ts'];

export const controls: readonly [NegativeControl<Code>, ...NegativeControl<Code>[]] = [
  {
    name: 'a function without a test is added',
    expects: 'coverage/ratchet',
    async apply(tree) {
      const [file] = await tree.glob(code);
      if (file === undefined) return { notApplicable: 'there is no code below src/' };
      const body = Array.from({ length: 20 }, (_, index) => `  values.push(${index});`).join('\n');
      await tree.write(file, `${await tree.read(file)}\nexport function controlOfBexpert(values) {\n${body}\n}\n`);
      return 'applied';
    },
  },
  {
    name: 'a comment hides a file from coverage',
    expects: 'coverage/ignored',
    async apply(tree) {
      const [file] = await tree.glob(code);
      if (file === undefined) return { notApplicable: 'there is no code below src/' };
      await tree.write(file, `/* v8 ignore file -- @preserve */\n${await tree.read(file)}`);
      return 'applied';
    },
  },
];
