// What `bexpert new plugin` writes in TypeScript and JavaScript. NAME is the plugin's name; EXT the ending of its files.

const exported = 'export default';
const inputs = `  inputs: {
    type: 'object',
    properties: {
      files: {
        type: 'array',
        items: { type: 'string', format: 'glob', description: 'A glob.' },
        minItems: 1,
        default: ['**/*.md'],
        description: 'Files to look at.',
      },
    },
    additionalProperties: false,
  },`;
const outputs = (name: string, description: string): string => `  outputs: {
    type: 'object',
    properties: { ${name}: { type: 'integer', description: '${description}' } },
    required: ['${name}'],
    additionalProperties: false,
  },`;
const manifest = (kind: string, summary: string, more: string): string => `import { defineManifest } from 'bexpert/plugin-api';

export const manifest = defineManifest({
  kind: '${kind}',
  name: 'NAME',
  api: 1,
  summary: '${summary}',
${inputs}
${more}
});
`;
const test = (kind: string, body: string): string => `import assert from 'node:assert/strict';
import { test } from 'RUNNER';
import { ${kind} } from 'bexpert/testing';

// The folder, opened as a run opens it.
const plugin = new URL('.', import.meta.url);

${body}`;

const gate = {
  'manifest.EXT': manifest(
    'gate',
    'Files hold no line with the word TBD.',
    `${outputs('files', 'How many files were looked at.')}
  powers: [],
  runsOnBase: true,
  findings: {
    'NAME/word': { means: 'A line holds the word TBD.', baseline: 'subtract' },
  },`,
  ),
  'index.EXT': `import { defineGate } from 'bexpert/plugin-api';
import { manifest } from './manifest.EXT';

${exported} defineGate(
  manifest,
  async ({ files }, host) => {
    const tree = host.trees.candidate;
    const paths = await tree.glob(files);
    const findings = [];
    for (const file of paths) {
      const lines = (await tree.read(file)).split('\\n');
      for (const [index, text] of lines.entries()) {
        const at = text.indexOf('TBD');
        if (at === -1) continue;
        findings.push({
          code: 'NAME/word'AS_CONST,
          severity: 'error'AS_CONST,
          message: file + ':' + (index + 1) + ' holds the word TBD; none was expected.',
          subject: file + ' ' + text.trim(),
          location: { file, line: index + 1, column: at + 1 },
          hint: 'Do it now, or make an issue of it.',
        });
      }
    }
    return { outputs: { files: paths.length }, examined: { unit: 'files', count: paths.length, min: 1 }, findings };
  },
  {
    // Changes on which the gate must turn red: one that was never seen red proves nothing.
    prove: [
      {
        name: 'a new file with the word',
        expects: 'NAME/word',
        apply: async (tree) => {
          await tree.write('control.md', 'TBD\\n');
          return 'applied';
        },
      },
    ],
  },
);
`,
  'index.test.mjs': test(
    'testControls, testGate',
    `test('finds the word, with its place', async () => {
  const seen = await testGate(plugin, { candidate: { 'a.md': 'one\\na TBD\\n' } });
  assert.deepEqual(seen.codes, ['NAME/word']);
  assert.deepEqual(seen.result?.findings[0]?.location, { file: 'a.md', line: 2, column: 3 });
});

test('has nothing to say about a file without it', async () => {
  const seen = await testGate(plugin, { candidate: { 'a.md': 'one\\n' } });
  assert.deepEqual(seen.codes, []);
  assert.equal(seen.result?.examined.count, 1);
});

test('turns red on each of its negative controls', async () => {
  for (const { name, turned } of await testControls(plugin, { candidate: { 'a.md': 'one\\n' } })) assert.equal(turned, 'red', name);
});
`,
  ),
};

const context = {
  'manifest.EXT': manifest(
    'context',
    'Tells an action which files there are.',
    `${outputs('files', 'How many files there are.')}
  powers: [],`,
  ),
  'index.EXT': `import { defineContext } from 'bexpert/plugin-api';
import { manifest } from './manifest.EXT';

${exported} defineContext(manifest, async ({ files }, host) => {
  const paths = await host.trees.base.glob(files);
  return {
    outputs: { files: paths.length },
    // What an action should know; each item costs it a little of its attention.
    brief: [{ title: 'Files', text: paths.join('\\n') }],
  };
});
`,
  'index.test.mjs': test(
    'testContext',
    `test('tells which files there are', async () => {
  const seen = await testContext(plugin, { candidate: { 'a.md': '', 'b.txt': '' } });
  assert.deepEqual(seen.result, { outputs: { files: 1 }, brief: [{ title: 'Files', text: 'a.md' }] });
});
`,
  ),
};

const action = {
  'manifest.EXT': manifest(
    'action',
    'Ends files with a line break.',
    `${outputs('changed', 'How many files were changed.')}
  powers: ['write'],`,
  ),
  'index.EXT': `import { defineAction } from 'bexpert/plugin-api';
import { manifest } from './manifest.EXT';

${exported} defineAction(manifest, async ({ files }, host) => {
  let changed = 0;
  for (const file of await host.work.glob(files)) {
    const text = await host.work.read(file);
    if (text === '' || text.endsWith('\\n')) continue;
    await host.work.write(file, text + '\\n');
    changed += 1;
  }
  return { outputs: { changed }, outcome: 'ok', summary: changed + ' files were ended with a line break.' };
});
`,
  'index.test.mjs': test(
    'testAction',
    `test('ends a file with a line break', async () => {
  const seen = await testAction(plugin, { candidate: { 'a.md': 'one', 'b.md': 'two\\n' } });
  assert.deepEqual(seen.result?.outputs, { changed: 1 });
  assert.deepEqual(seen.files, { 'a.md': 'one\\n', 'b.md': 'two\\n' });
});
`,
  ),
};

export const typescriptTemplates = { gate, context, action };
