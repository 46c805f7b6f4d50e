import { defineGate } from 'bexpert/plugin-api';
import { manifest } from './manifest.ts';

export default defineGate(
  manifest,
  async ({ files }, host) => {
    const tree = host.trees.candidate;
    const paths = await tree.glob(files);
    const found = await Promise.all(
      paths.map(async (file) => {
        const lines = (await tree.read(file)).split('\n');
        return lines.flatMap((text, index) => {
          const at = text.search(/\bconsole\.\w+\(/);
          return at === -1 ? [] : [{ location: { file, line: index + 1, column: at + 1 }, text: text.trim() }];
        });
      }),
    );
    return {
      outputs: { files: paths.length },
      examined: { unit: 'files', count: paths.length, min: 1 },
      findings: found.flat().map(({ location, text }) => ({
        code: 'no-console/call' as const,
        severity: 'error' as const,
        message: `${location.file}:${location.line} writes to the console.`,
        subject: `${location.file} ${text}`,
        location,
        hint: 'Use the logger: log("order-placed", { id }).',
      })),
    };
  },
  {
    prove: [
      {
        name: 'a console.log in a new file',
        expects: 'no-console/call',
        apply: async (tree) => {
          await tree.write('src/control.js', 'console.log(1);\n');
          return 'applied';
        },
      },
    ],
  },
);
