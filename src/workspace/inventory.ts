// Hashes of what lies in a folder. A file is read again only when its lstat says that it may have changed.
import { readFile, readlink } from 'node:fs/promises';
import { pluginError } from '../plugin-api.ts';
import type { Entries, Entry } from './entries.ts';
import { type Imprint, settlingMs } from './imprint.ts';
import type { Objects } from './objects.ts';
import { type BytePath, toBuffer, toBytes, toText } from './path-bytes.ts';
import { stampsEveryWrite } from './reread.ts';
import { type Found, isMissing, keyOf, lookAt, readable, type WalkOptions, walk } from './walk.ts';

interface Known extends Entry {
  readonly key: string;
  /** False when it was hashed so soon after its change that another one could have the same time stamp. */
  readonly settled: boolean;
}

/** A sparse file costs nothing to make, and all of its zeros to read. */
const largest = 1024 ** 3;

function refuseLarge(path: BytePath, { stats }: Found): void {
  if (stats.size <= largest) return;
  throw pluginError({
    code: 'tree/file-too-large',
    message: `The file ${toText(path)} has ${stats.size} bytes; at most ${largest} (1 GiB) can be part of a tree.`,
    hint: 'Write it to a folder that git ignores, or outside the tree.',
  });
}

/** What git would keep of a file or link. */
const bodyOf = (full: Buffer, mode: Found['mode']): Promise<Buffer> =>
  mode === '120000' ? readlink(full, 'buffer') : readable(full, () => readFile(full));

export class Inventory {
  readonly #options: WalkOptions;
  readonly #objects: Objects;
  #known = new Map<BytePath, Known>();
  readonly #stamped: boolean;

  constructor(options: WalkOptions, objects: Objects) {
    this.#options = options;
    this.#objects = objects;
    this.#stamped = stampsEveryWrite(options.root);
  }

  /** Everything of the tree as it is now. `keep`: also writes the contents to the runner's repository. */
  async files(keep = false): Promise<ReadonlyMap<BytePath, Entry>> {
    const found = await walk(this.#options);
    const known = new Map<BytePath, Known>();
    const queue = [...found];
    const worker = async (): Promise<void> => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const hashed = await this.#hash(next[0], next[1], keep);
        if (hashed !== undefined) known.set(next[0], hashed);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    this.#known = known;
    return known;
  }

  /** One path as it is now; its content is written to the runner's repository. */
  async file(path: BytePath): Promise<Entry | undefined> {
    const found = await lookAt(this.#options, path);
    const hashed = found === undefined ? undefined : await this.#hash(path, found, true);
    if (hashed === undefined) this.#known.delete(path);
    else this.#known.set(path, hashed);
    return hashed;
  }

  /** Takes the contents of files that the runner itself wrote, and that nobody could touch before the imprint was taken. */
  trust(entries: Entries, imprint: Imprint): void {
    for (const [path, { oid }] of entries) {
      const mark = imprint.get(path);
      if (mark === undefined || (mark.kind !== 'file' && mark.kind !== 'link')) continue;
      this.#known.set(path, { mode: mark.mode, oid, key: mark.key, settled: mark.settled });
    }
  }

  async #hash(path: BytePath, found: Found, keep: boolean): Promise<Known | undefined> {
    const key = keyOf(found);
    const known = this.#known.get(path);
    if (this.#stamped && known?.key === key && known.settled && (!keep || this.#objects.knows(known.oid))) return known;
    refuseLarge(path, found);
    const readAt = Date.now();
    const full = toBuffer(`${toBytes(this.#options.root)}/${path}`);
    try {
      const body = await bodyOf(full, found.mode);
      const oid = keep ? await this.#objects.write('blob', body) : this.#objects.idOf('blob', body);
      return {
        key,
        mode: found.mode,
        oid,
        settled: Number(found.stats.ctimeMs) < readAt - settlingMs,
      };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}
