// Hashes of what lies in a folder. A file is read again only when its lstat says that it may have changed.
import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { pluginError } from '../plugin-api.ts';
import type { Entry } from './entries.ts';
import type { Objects } from './objects.ts';
import { type BytePath, toBuffer, toBytes, toText } from './path-bytes.ts';
import { type Found, isMissing, lookAt, readable, type WalkOptions, walk } from './walk.ts';

export interface Hashed extends Entry {
  readonly sha256: string;
}
interface Known extends Hashed {
  readonly key: string;
  /** False when it was hashed so soon after its change that another one could have the same time stamp. */
  readonly settled: boolean;
}

/** ctime cannot be set by a program, so no file changes without changing this. */
const keyOf = ({ mode, stats }: Found): string =>
  `${mode} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs} ${stats.ino} ${stats.dev}`;
/** What a faithful copy has in common with its source. */
const likeness = (key: string): string => key.split(' ').slice(0, 3).join(' ');

/** Time stamps come from the kernel's tick, 1 to 10 ms; racy-git(7) has the same care with a whole second. */
const settlingMs = 100;

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

export class Inventory {
  readonly #options: WalkOptions;
  readonly #objects: Objects;
  #known = new Map<BytePath, Known>();

  constructor(options: WalkOptions, objects: Objects) {
    this.#options = options;
    this.#objects = objects;
  }

  /** Everything of the tree as it is now. `keep`: also writes the contents to the runner's repository. */
  async files(keep = false): Promise<ReadonlyMap<BytePath, Hashed>> {
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
  async file(path: BytePath): Promise<Hashed | undefined> {
    const found = await lookAt(this.#options, path);
    const hashed = found === undefined ? undefined : await this.#hash(path, found, true);
    if (hashed === undefined) this.#known.delete(path);
    else this.#known.set(path, hashed);
    return hashed;
  }

  /** Takes over the hashes of the folder that this one was just copied from, file by file, where size and time fit. */
  async adopt(source: Inventory): Promise<void> {
    for (const [path, found] of await walk(this.#options)) {
      const original = source.#known.get(path);
      const key = keyOf(found);
      if (original !== undefined && likeness(original.key) === likeness(key)) {
        this.#known.set(path, { ...original, key, settled: true });
      }
    }
  }

  async #hash(path: BytePath, found: Found, keep: boolean): Promise<Known | undefined> {
    const key = keyOf(found);
    const known = this.#known.get(path);
    if (known?.key === key && known.settled && (!keep || this.#objects.knows(known.oid))) return known;
    refuseLarge(path, found);
    const readAt = Date.now();
    const full = toBuffer(`${toBytes(this.#options.root)}/${path}`);
    try {
      const body = found.mode === '120000' ? await readlink(full, 'buffer') : await readable(full, () => readFile(full));
      const oid = keep ? await this.#objects.write('blob', body) : this.#objects.idOf('blob', body);
      return {
        key,
        mode: found.mode,
        oid,
        sha256: createHash('sha256').update(body).digest('hex'),
        settled: Number(found.stats.ctimeMs) < readAt - settlingMs,
      };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}
