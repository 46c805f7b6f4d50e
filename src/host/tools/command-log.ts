// What a command writes: all of it in a file of the runner's, and as much as a reader can use in memory.
import { createWriteStream, type WriteStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';

const keptHead = 64 * 1024;
const keptTail = 256 * 1024;

/** A line as a terminal would show it in the end: what a progress bar wrote over is left out. */
function settled(line: string): string {
  const bare = stripVTControlCharacters(line);
  const parts = bare.split('\r').filter((part) => part !== '');
  return parts.at(-1) ?? '';
}

export class CommandLog {
  readonly #file: WriteStream;
  readonly #mask: (text: string) => string;
  readonly #pending = new Map<string, string>();
  readonly #decoders = new Map<string, StringDecoder>();
  #head = '';
  #tail = '';
  #total = 0;

  constructor(file: string, mask: (text: string) => string) {
    this.#file = createWriteStream(file, { mode: 0o600 });
    // A full disk must not end the run: what is shown comes from memory.
    this.#file.on('error', () => undefined);
    this.#mask = mask;
  }

  push(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    const decoder = this.#decoders.get(stream) ?? new StringDecoder('utf8');
    this.#decoders.set(stream, decoder);
    const text = (this.#pending.get(stream) ?? '') + decoder.write(Buffer.from(bytes));
    const end = text.lastIndexOf('\n');
    // Whole lines only: a secret is masked, and a progress bar settled, when the line is complete. Endless lines go out in pieces.
    const cut = end < 0 && text.length > keptHead ? text.length : end + 1;
    this.#pending.set(stream, text.slice(cut));
    if (cut > 0) this.#keep(text.slice(0, cut));
  }

  #keep(text: string): void {
    const lines = this.#mask(
      text
        .split('\n')
        .map((line) => settled(line.replace(/\r$/, '')))
        .join('\n'),
    );
    this.#file.write(lines);
    this.#total += lines.length;
    const room = keptHead - this.#head.length;
    if (room > 0) this.#head += lines.slice(0, room);
    const rest = lines.slice(Math.max(0, room));
    this.#tail = (this.#tail + rest).slice(-keptTail);
  }

  async close(): Promise<void> {
    for (const [stream, text] of this.#pending) {
      this.#pending.set(stream, '');
      if (text !== '') this.#keep(text);
    }
    await new Promise<void>((resolve) => this.#file.end(() => resolve()));
  }

  /** At most `limit` characters, from the beginning, the end, or 40 % from the beginning and the rest from the end. */
  text(limit: number, priority: 'top' | 'bottom' | 'split'): string {
    const pending = [...this.#pending.values()].map((text) => settled(text)).join('');
    const tail = this.#tail + this.#mask(pending);
    const total = this.#total + pending.length;
    const whole = this.#head.length + this.#tail.length === this.#total ? this.#head + tail : undefined;
    if (whole !== undefined && whole.length <= limit) return whole;
    const first = priority === 'top' ? limit : priority === 'bottom' ? 0 : Math.floor(limit * 0.4);
    const beginning = (whole ?? this.#head).slice(0, first);
    const rest = limit - beginning.length;
    const end = rest === 0 ? '' : (whole ?? tail).slice(-rest);
    const gone = `[... ${total - beginning.length - end.length} characters left out; command_status shows more]`;
    return [beginning, gone, end].filter((part) => part !== '').join('\n');
  }
}
