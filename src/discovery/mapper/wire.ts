// How the runner and a process that indexes files talk: a line of JSON and a text for each file, a line of JSON for each answer. Answers
// come in the order of the questions, so that the first question without an answer names the file that ended the process.
import type { FileFacts } from '../contract/reading.ts';

/** Says what both ends have to be of. Raise it with every change of what facts hold. */
export const wireVersion = 'facts-1';

export interface Question {
  readonly file: string;
  readonly text: string;
}
export function encoded({ file, text }: Question): Uint8Array {
  const body = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.from(`${JSON.stringify({ file, bytes: body.length })}\n`), body]);
}

/** Questions out of bytes that come in any pieces. */
export class Questions {
  #rest: Buffer = Buffer.alloc(0);
  add(chunk: Uint8Array): readonly Question[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    const found: Question[] = [];
    for (;;) {
      const end = this.#rest.indexOf(10);
      if (end < 0) return found;
      const { file, bytes } = JSON.parse(this.#rest.toString('utf8', 0, end)) as {
        readonly file: string;
        readonly bytes: number;
      };
      if (this.#rest.length < end + 1 + bytes) return found;
      found.push({ file, text: this.#rest.toString('utf8', end + 1, end + 1 + bytes) });
      this.#rest = this.#rest.subarray(end + 1 + bytes);
    }
  }
}

export type Answer = { readonly version: string } | { readonly facts: FileFacts };
export const answerLine = (answer: Answer): string => `${JSON.stringify(answer)}\n`;
export const answerOf = (line: string): Answer => JSON.parse(line) as Answer;
