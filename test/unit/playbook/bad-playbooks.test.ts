import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { playbookCodes } from '../../../src/diagnostics/codes-playbook.ts';
import { root } from '../../contract/sources.ts';
import { callOf, prepareFolder, shown } from './prepare-folder.ts';

const bad = path.join(root, 'test/playbooks/bad');
const folders = readdirSync(bad).sort();
const codeOf = (folder: string): string => folder.replace('-', '/').replace(/--.*$/, '');

it('every code has a playbook that holds the mistake', () => {
  const missing = Object.keys(playbookCodes).filter((code) => !folders.some((folder) => codeOf(folder) === code));
  expect(missing, 'add test/playbooks/bad/<code with a dash>/playbook.yml, then run this test with UPDATE_EXPECTED=1').toEqual(
    [],
  );
});

describe.each(folders)('%s', (name) => {
  const folder = path.join(bad, name);
  it('says what is wrong, where, and what to do', async () => {
    const prepared = await prepareFolder(folder, callOf(folder));
    const text = shown(prepared);
    const file = path.join(folder, 'expected.txt');
    if (process.env.UPDATE_EXPECTED === '1') writeFileSync(file, text);
    expect(text).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '');
    expect(prepared.diagnostics.map(({ code }) => code)).toEqual(expect.arrayContaining([codeOf(name)]));
    const wrong = prepared.diagnostics.some(({ severity }) => severity === 'error');
    expect(prepared.plan === undefined).toBe(wrong);
  });
});
