// Folders of packages: where frameworks look for files.
import type { Reading } from '../../../contract/reading.ts';

/** Folders whose package.json names one of the packages, and those with a file of one of the names; nearest to the top first. */
export function foldersOf(
  reading: Reading,
  o: { readonly packages: readonly string[]; readonly files: RegExp },
): readonly string[] {
  const folders = new Set<string>();
  for (const file of reading.files) {
    const folder = file.split('/').slice(0, -1).join('/');
    const name = file.split('/').at(-1) ?? '';
    if (o.files.test(name)) folders.add(folder);
    if (name === 'package.json' && o.packages.some((one) => dependsOn(reading.text(file), one))) folders.add(folder);
  }
  return [...folders].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}
function dependsOn(text: string | undefined, name: string): boolean {
  try {
    const json = JSON.parse(text ?? '{}');
    return [json?.dependencies, json?.devDependencies].some(
      (of) => typeof of === 'object' && of !== null && Object.hasOwn(of, name),
    );
  } catch {
    return false;
  }
}

export const inside = (folder: string, path: string): string => (folder === '' ? path : `${folder}/${path}`);
/** The path below a folder; undefined: it is elsewhere. */
export const below = (file: string, folder: string): string | undefined =>
  folder === '' ? file : file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : undefined;
