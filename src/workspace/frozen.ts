// What of a gate tree nobody may write, not even for a moment: code under judgement that swaps a test and puts it back would leave the
// same bytes, so times are looked at, and the folders are held in their places.
import { lstat } from 'node:fs/promises';
import type { FullAccess } from './access.ts';
import { type Entries, foldersOf } from './entries.ts';
import { globMatcher } from './glob.ts';
import type { Imprint } from './imprint.ts';
import { keyedFile } from './keyed-file.ts';
import { type BytePath, toBuffer, toBytes, toText } from './path-bytes.ts';
import { scopePath } from './scope.ts';

export interface Frozen {
  readonly files: ReadonlySet<BytePath>;
  /** Folders that hold them. */
  readonly folders: ReadonlySet<BytePath>;
}

/** Tests try out rights and times on these, and put them back. */
const data = globMatcher(['**/{fixtures,__fixtures__,testdata,data}/**']);

/** Files that base has too and that decide how the candidate is judged. */
export function frozenOf(o: {
  readonly base: Entries;
  readonly judged: Entries;
  readonly access: FullAccess;
  readonly scope: string;
}): Frozen {
  const files = new Map(
    [...o.judged].filter(([file, { mode }]) => {
      if (mode === '160000' || mode === '120000' || !o.base.has(file)) return false;
      const name = scopePath(toText(file), o.scope);
      const kind = o.access.decide(name).class;
      if (kind === 'append-only') return !data(name);
      return kind === 'protected' || kind === 'denied' || keyedFile(name) !== undefined;
    }),
  );
  return { files: new Set(files.keys()), folders: foldersOf(files) };
}

/** The same as `stampsOf` gives, of a folder as it was written. */
export function frozenStamps(frozen: Frozen, imprint: Imprint): ReadonlyMap<string, string> {
  return new Map(
    [...frozen.files].map((file) => {
      const mark = imprint.get(file);
      return [toText(file), mark === undefined ? 'gone' : `${mark.inode} ${mark.changed}`];
    }),
  );
}

/** Which file lies at each path and when it was last touched: no program can set either back. */
export async function stampsOf(root: string, frozen: Frozen): Promise<ReadonlyMap<string, string>> {
  const stamps = new Map<string, string>();
  for (const file of frozen.files) {
    const stats = await lstat(toBuffer(`${toBytes(root)}/${file}`), { bigint: true }).catch(() => undefined);
    stamps.set(toText(file), stats === undefined ? 'gone' : `${stats.ino} ${stats.ctimeNs}`);
  }
  return stamps;
}
