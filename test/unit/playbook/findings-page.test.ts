import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../contract/sources.ts';
import { prepareFolder, shown } from './prepare-folder.ts';

const page = await readFile(path.join(root, 'docs/findings.md'), 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

it.each(examples.map((text, index) => [index + 1, text] as const))(
  'example %i of the page of findings is valid',
  async (_, text) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-page-'));
    try {
      await writeFile(path.join(folder, 'playbook.yml'), text);
      const prepared = await prepareFolder(folder);
      expect(shown(prepared)).toBe('');
      expect(prepared.plan?.phases[0]?.steps.length).toBeGreaterThan(1);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
