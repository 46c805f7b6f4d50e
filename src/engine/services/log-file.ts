import { createWriteStream, type WriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';

const tailCharacters = 2000;

/** What a service wrote, both streams in the order in which it came. */
export class LogFile implements AsyncDisposable {
  readonly #file: string;
  readonly #stream: WriteStream;

  constructor(file: string) {
    this.#file = file;
    this.#stream = createWriteStream(file, { flags: 'w', mode: 0o600 });
    this.#stream.on('error', () => undefined);
  }

  /** Takes a stream of a process until it ends. */
  async follow(stream: ReadableStream<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of stream) this.#stream.write(chunk);
    } catch {
      // A stream that breaks ends the log; what was written stays.
    }
  }

  /** All of it so far. */
  async text(): Promise<string> {
    await new Promise<void>((done) => {
      if (this.#stream.writable) this.#stream.write('', () => done());
      else done();
    });
    return readFile(this.#file, 'utf8').catch(() => '');
  }

  /** What comes after so many characters: a service that starts again must not be taken at its earlier word. */
  from(start: number): { text(): Promise<string>; tail(): Promise<string> } {
    const text = async () => (await this.text()).slice(start);
    return { text, tail: async () => (await text()).slice(-tailCharacters).trim() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((done) => this.#stream.end(() => done()));
  }
}
