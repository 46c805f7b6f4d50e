// Git objects, made in this process: a record of a tree costs no process, no index and no second reading of unchanged files.
// Formats: gitformat-loose and `git help cat-file`, "raw object format".
import { createHash, randomBytes } from 'node:crypto';
import { access, mkdir, open, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';

export type ObjectFormat = 'sha1' | 'sha256';
export type ObjectType = 'blob' | 'tree';

const compress = promisify<Uint8Array, { level: number }, Buffer>(deflate);

export class Objects {
  readonly format: ObjectFormat;
  readonly #folder: string;
  /** Objects that are there, in this repository or in one that it borrows from. */
  readonly #known = new Set<string>();
  #unsynced: string[] = [];

  constructor(options: { readonly gitDir: string; readonly format: ObjectFormat }) {
    this.format = options.format;
    this.#folder = path.join(options.gitDir, 'objects');
  }

  know(ids: Iterable<string>): void {
    for (const id of ids) this.#known.add(id);
  }

  idOf(type: ObjectType, body: Uint8Array): string {
    return createHash(this.format).update(`${type} ${body.length}\0`).update(body).digest('hex');
  }

  knows(id: string): boolean {
    return this.#known.has(id);
  }

  /** Writes an object unless it is there, and gives its id. */
  async write(type: ObjectType, body: Uint8Array): Promise<string> {
    const id = this.idOf(type, body);
    if (this.#known.has(id)) return id;
    const file = path.join(this.#folder, id.slice(0, 2), id.slice(2));
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (!there) {
      await mkdir(path.dirname(file), { recursive: true });
      const draft = path.join(path.dirname(file), `tmp_obj_${randomBytes(6).toString('hex')}`);
      const packed = await compress(Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]), { level: 1 });
      await writeFile(draft, packed, { mode: 0o444 });
      await rename(draft, file);
      this.#unsynced.push(file);
    }
    this.#known.add(id);
    return id;
  }

  /** What was written so far survives a power cut. */
  async sync(): Promise<void> {
    const files = this.#unsynced;
    this.#unsynced = [];
    for (const file of [...files, ...new Set(files.map((name) => path.dirname(name)))]) {
      const handle = await open(file, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
  }
}
