// Facts of files that were indexed before, by the content of the file: what has not changed is not parsed again. Whatever is wrong with the
// folder, the facts are made as if there were none.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FileFacts } from '../contract/reading.ts';

/** Bytes of one of the 256 parts; beyond, what was used longest ago goes. */
const largestPart = 512 * 1024;
/** Folders of other versions that are kept beside: somebody may use two. */
const otherVersions = 1;

type Entry = readonly [facts: FileFacts, day: number];
type Part = Map<string, Entry>;

export interface Indexable {
  readonly file: string;
  readonly text: string;
}

export class FactsCache {
  readonly #folder: string;
  readonly #day: number;
  readonly #largest: number;
  readonly #parts = new Map<string, Part>();

  /** `version`: of what makes facts. `now`: milliseconds since 1970. `largest`: bytes of a part. */
  constructor(o: { readonly home: string; readonly version: string; readonly now: number; readonly largest?: number }) {
    this.#largest = o.largest ?? largestPart;
    this.#folder = path.join(o.home, o.version);
    this.#day = Math.floor(o.now / 86_400_000);
  }

  /** The facts that are known of these files. */
  async known(files: readonly Indexable[]): Promise<ReadonlyMap<string, FileFacts>> {
    const keys = new Map(files.map((one) => [one.file, keyOf(one)]));
    await Promise.all([...new Set([...keys.values()].map(partOf))].map((name) => this.#load(name)));
    const found = new Map<string, FileFacts>();
    for (const [file, key] of keys) {
      const part = this.#parts.get(partOf(key));
      const [facts] = part?.get(key) ?? [];
      if (facts === undefined) continue;
      part?.set(key, [facts, this.#day]);
      found.set(file, facts);
    }
    return found;
  }

  /** Keeps facts for the next time; what had trouble is looked at again. */
  async keep(files: readonly Indexable[], facts: ReadonlyMap<string, FileFacts>): Promise<void> {
    const changed = new Set<string>();
    for (const one of files) {
      const made = facts.get(one.file);
      if (made === undefined || made.trouble.length > 0) continue;
      const key = keyOf(one);
      const part = this.#parts.get(partOf(key)) ?? new Map<string, Entry>();
      part.set(key, [made, this.#day]);
      this.#parts.set(partOf(key), part);
      changed.add(partOf(key));
    }
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await Promise.all([...changed].map((name) => this.#write(name)));
      await this.#leaveOthers();
    } catch {
      // A full or a read-only disk: the next time takes as long as this one.
    }
  }

  async #load(name: string): Promise<void> {
    if (this.#parts.has(name)) return;
    this.#parts.set(name, new Map(await entriesOf(path.join(this.#folder, `${name}.json`))));
  }

  async #write(name: string): Promise<void> {
    let entries = [...(this.#parts.get(name) ?? [])];
    let text = JSON.stringify(entries);
    while (text.length > this.#largest && entries.length > 0) {
      entries = entries.sort(([, a], [, b]) => b[1] - a[1]).slice(0, Math.floor(entries.length * 0.8));
      text = JSON.stringify(entries);
    }
    const file = path.join(this.#folder, `${name}.json`);
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, file);
  }

  async #leaveOthers(): Promise<void> {
    const home = path.dirname(this.#folder);
    const others = (await readdir(home)).filter((name) => name !== path.basename(this.#folder));
    const aged = await Promise.all(others.map(async (name) => ({ name, at: (await stat(path.join(home, name))).mtimeMs })));
    const old = aged.sort((a, b) => b.at - a.at).slice(otherVersions);
    await Promise.all(old.map(({ name }) => rm(path.join(home, name), { recursive: true, force: true })));
  }
}

/** The ending of a name decides how the file is parsed. */
const keyOf = ({ file, text }: Indexable): string =>
  `${createHash('sha1').update(text).digest('hex')}${path.posix.extname(file)}`;
const partOf = (key: string): string => key.slice(0, 2);

/** What is not as it was written counts as absent. */
async function entriesOf(file: string): Promise<readonly (readonly [string, Entry])[]> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return Array.isArray(value) ? value.filter(isEntry) : [];
  } catch {
    return [];
  }
}
function isEntry(value: unknown): value is readonly [string, Entry] {
  if (!Array.isArray(value) || typeof value[0] !== 'string' || !Array.isArray(value[1])) return false;
  const [facts, day] = value[1] as readonly unknown[];
  return typeof day === 'number' && isFacts(facts);
}
function isFacts(value: unknown): value is FileFacts {
  if (typeof value !== 'object' || value === null) return false;
  const { hash, imports, exports, marks, leftOut, trouble } = value as Readonly<Record<string, unknown>>;
  return typeof hash === 'string' && [imports, exports, marks, leftOut, trouble].every(Array.isArray);
}
