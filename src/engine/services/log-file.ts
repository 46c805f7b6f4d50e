// The log of a service: masked where people look, and as it was written for the gates of this run, which must see a secret to tell of it.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import type { StreamMask } from '../../host/mask.ts';
import { LogSection } from './log-section.ts';

const cipher = 'aes-256-ctr';

/** What a service wrote, both streams in the order in which it came. */
export class LogFile implements AsyncDisposable {
  readonly #file: string;
  readonly #mask: StreamMask;
  readonly #shown: WriteStream;
  /** Not masked, so it is sealed with a key that only this process has and that ends with it: a log may be larger than memory. */
  readonly #sealed: WriteStream;
  readonly #key = { secret: randomBytes(32), start: randomBytes(16) };
  readonly #seal = createCipheriv(cipher, this.#key.secret, this.#key.start);
  #section = new LogSection(undefined);
  #over = false;

  constructor(file: string, mask: StreamMask) {
    this.#file = file;
    this.#mask = mask;
    this.#shown = writerOf(file);
    this.#sealed = writerOf(sealedOf(file));
  }

  /** Takes a stream of a process until it ends. */
  async follow(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of stream) await this.#write(decoder.decode(chunk, { stream: true }));
      await this.#write(decoder.decode());
    } catch (error) {
      await this.#write(`\n[the log is not complete: ${error instanceof Error ? error.message : String(error)}]\n`);
    }
  }

  async #write(text: string): Promise<void> {
    if (this.#over || text === '') return;
    this.#section.push(text);
    const more = [this.#shown.write(this.#mask.push(text)), this.#sealed.write(this.#seal.update(text, 'utf8'))];
    // What waits for the disk must not fill the memory.
    if (more.includes(false)) await Promise.all([drained(this.#shown), drained(this.#sealed)]);
  }

  /** All of it so far; once it is disposed of, with its secrets masked. */
  async text(): Promise<string> {
    if (this.#over) return readFile(this.#file, 'utf8').catch(() => '');
    await new Promise<void>((done) => this.#sealed.write('', () => done()));
    const bytes = await readFile(sealedOf(this.#file)).catch(() => Buffer.alloc(0));
    return createDecipheriv(cipher, this.#key.secret, this.#key.start).update(bytes).toString('utf8');
  }

  /** What comes from now on: a service that starts again must not be taken at its earlier word. `word`: what it is listened for. */
  section(word?: string): LogSection {
    this.#section = new LogSection(word);
    return this.#section;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    await Promise.all([closed(this.#shown, this.#mask.end()), closed(this.#sealed, '')]);
    await rm(sealedOf(this.#file), { force: true });
  }
}

const sealedOf = (file: string): string => `${file}.sealed`;

function writerOf(file: string): WriteStream {
  const stream = createWriteStream(file, { flags: 'w', mode: 0o600 });
  stream.on('error', () => undefined);
  return stream;
}

async function drained(stream: WriteStream): Promise<void> {
  if (stream.writableNeedDrain) await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch(() => undefined);
}

const closed = (stream: WriteStream, last: string): Promise<void> =>
  new Promise((done) => {
    if (stream.destroyed) done();
    else stream.end(last, () => done());
  });
