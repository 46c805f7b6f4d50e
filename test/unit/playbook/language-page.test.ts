import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { grammar, notYet } from '../../../src/playbook/grammar.ts';
import { root } from '../../contract/sources.ts';
import { prepareFolder, shown } from './prepare-folder.ts';

const page = await readFile(path.join(root, 'docs/language.md'), 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

it('the page of the language names every key, and every key that is refused', () => {
  const keys = [
    ...Object.values(grammar).flatMap(({ properties }) => Object.keys(properties)),
    ...Object.values(notYet).flatMap((part) => Object.keys(part)),
  ];
  const missing = [...new Set(keys)].filter((key) => !new RegExp(`[\`{ ,(]${key}[\`}: ,)]`).test(page));
  expect(missing, 'add them to docs/language.md').toEqual([]);
});

it('the examples of the page are one valid playbook', async () => {
  const [, inputs = '', services = '', phases = ''] = examples;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-page-'));
  try {
    await writeFile(path.join(folder, 'bexpert.yml'), `bexpert: 1\n${services}`);
    await writeFile(
      path.join(folder, 'playbook.yml'),
      `bexpert: 1\n${inputs}${phases}env: { TIER: "\${{ inputs.tier }}", SLOWER: "\${{ inputs.max-slowdown }}" }\n`,
    );
    expect(shown(await prepareFolder(folder, { inputs: { goal: 'Add a column' } }))).toBe('');
    await writeFile(path.join(folder, 'playbook.yml'), examples[0] ?? '');
    expect(shown(await prepareFolder(folder))).toBe('');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
