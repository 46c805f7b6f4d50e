import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import type { Prepared } from '../../../src/playbook/prepare.ts';
import { type Call, prepareFolder, shown } from './prepare-folder.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, removed when the tests of the file are over. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'bexpert-prepare-')));
  folders.push(folder);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}

/** `playbook.yml` of these files, prepared. */
export const preparedOf = (files: Readonly<Record<string, string>>, call: Call = {}): Promise<Prepared> =>
  prepareFolder(folderOf(files), call);

/** The plan, or the diagnostics as the failure of the test. */
export async function planOf(files: Readonly<Record<string, string>>, call: Call = {}) {
  const prepared = await preparedOf(files, call);
  if (prepared.plan === undefined) throw new Error(shown(prepared));
  return prepared.plan;
}

/** `code file:line:column`. */
export const whereOf = ({ code, place }: Diagnostic): string =>
  place === undefined ? code : `${code} ${place.file}:${place.range.start.line}:${place.range.start.column}`;
