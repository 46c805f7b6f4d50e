// Which files count, what of them differs from base, and which comments hide them.
import type { Tree } from '../../src/plugin-api.ts';
import { type Ignores, newIgnores } from './ignores.ts';
import { addedLines } from './line-diff.ts';

export interface CountedFile {
  readonly file: string;
  readonly text: string;
  /** Lines, from 1, that base does not have. */
  readonly added: ReadonlySet<number>;
  readonly ignores: Ignores;
}

export async function countedFiles(options: {
  readonly base: Tree;
  readonly candidate: Tree;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}): Promise<readonly CountedFile[]> {
  const { base, candidate, include, exclude } = options;
  const left = new Set(exclude.length === 0 ? [] : await candidate.glob(exclude));
  const files = (await candidate.glob(include)).filter((file) => !left.has(file) && !/(^|\/)node_modules\//.test(file));
  return Promise.all(
    files.map(async (file) => {
      const text = await candidate.read(file);
      const before = (await base.exists(file)) ? await base.read(file) : undefined;
      const added = before === text ? new Set<number>() : addedLines(before ?? '', text);
      return { file, text, added, ignores: newIgnores(before, text, added) };
    }),
  );
}

const extensions = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'];
/** Base's root configuration of Vitest, in the order in which Vitest looks; where base has none, none is loaded. */
export async function configOf(base: Tree): Promise<string | false> {
  for (const file of ['vitest.config', 'vite.config'].flatMap((name) => extensions.map((extension) => `${name}.${extension}`))) {
    if (await base.exists(file)) return file;
  }
  return false;
}
