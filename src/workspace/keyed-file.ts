// Files that hold dependencies beside settings of judges.
import { posix } from 'node:path';
import type { Fields } from './keys.ts';
import { packageJson } from './package-json.ts';
import { pyproject } from './pyproject.ts';

export interface KeyedFile {
  /** What it is, after "it is no ". */
  readonly form: string;
  /** Keys that an honest new dependency changes; with a dot: a key of a key. */
  readonly dependencyKeys: readonly string[];
  readonly parse: (bytes: Uint8Array) => Fields | undefined;
  /** The merged document, as alike to what base or the candidate wrote as it can be. */
  readonly print: (merged: Fields, base: Uint8Array, candidate: Uint8Array) => Uint8Array;
}

const files: Readonly<Record<string, KeyedFile>> = { 'package.json': packageJson, 'pyproject.toml': pyproject };

/** How a file of this name is judged; undefined: as a whole. */
export function keyedFile(path: string): KeyedFile | undefined {
  const name = posix.basename(path);
  return Object.hasOwn(files, name) ? files[name] : undefined;
}
