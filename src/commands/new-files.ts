import { statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { problem } from './complain.ts';

/** A file that stands where the folder of one of the new files would be: then nothing may be written, not even the others. */
export function inTheWay(scope: string, files: Iterable<string>): Diagnostic | undefined {
  for (const file of files)
    for (let at = path.dirname(file); at !== '.'; at = path.dirname(at))
      if (isOther(path.join(scope, at))) return problem('cli/file-in-the-way', { file, at });
  return undefined;
}

function isOther(place: string): boolean {
  try {
    return !statSync(place).isDirectory();
  } catch (error) {
    // A link that leads to itself; below a file, the file is what is in the way.
    return error instanceof Error && 'code' in error && error.code === 'ELOOP';
  }
}

/** With its folders; overwrites nothing. */
export async function writeNew(scope: string, file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(scope, file)), { recursive: true });
  await writeFile(path.join(scope, file), text, { flag: 'wx' });
}
