// `log:` of a service: a file of its tree that it writes, read beside its standard output. Somebody else's code writes there, so that no link
// is followed and nothing but a regular file is read.
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';

const everyMs = 100;
const blockBytes = 64 * 1024;

export class WrittenLog implements AsyncDisposable {
  readonly #root: string;
  readonly #file: string;
  readonly #take: (text: string) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #decoder = new TextDecoder();
  #at = 0;
  #reading: Promise<void> = Promise.resolve();

  /** `root`: of the tree; `file`: absolute, inside it. */
  constructor(o: { readonly root: string; readonly file: string; readonly take: (text: string) => void }) {
    this.#root = o.root;
    this.#file = o.file;
    this.#take = o.take;
    this.#timer = setInterval(() => void this.drain(), everyMs);
    this.#timer.unref();
  }

  /** Takes what is there now. */
  drain(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read().catch(() => undefined));
    return this.#reading;
  }

  async #read(): Promise<void> {
    const folder = await realpath(path.dirname(this.#file));
    if (path.relative(await realpath(this.#root), folder).startsWith('..')) return;
    const file = path.join(folder, path.basename(this.#file));
    await using handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const status = await handle.stat();
    if (!status.isFile()) return;
    // It was begun anew.
    if (status.size < this.#at) this.#at = 0;
    const block = Buffer.alloc(blockBytes);
    for (;;) {
      const { bytesRead } = await handle.read(block, 0, blockBytes, this.#at);
      if (bytesRead === 0) return;
      this.#at += bytesRead;
      this.#take(this.#decoder.decode(block.subarray(0, bytesRead), { stream: true }));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.drain();
  }
}
