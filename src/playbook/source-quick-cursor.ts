// Where the quick reader is in the file. It only moves forward, so what it has looked up stays true until it is passed.

/** Thrown where the file holds what the quick reader leaves to the library. */
export const unusual = Symbol('unusual');

export const codes = {
  lineFeed: 10,
  space: 32,
  doubleQuote: 34,
  hash: 35,
  singleQuote: 39,
  plus: 43,
  comma: 44,
  dash: 45,
  dot: 46,
  zero: 48,
  nine: 57,
  colon: 58,
  greater: 62,
  openList: 91,
  closeList: 93,
  openMap: 123,
  bar: 124,
  closeMap: 125,
  tilde: 126,
} as const;

export class Cursor {
  readonly text: string;
  at = 0;
  /** Of the line that `at` is on. */
  lineStart = 0;
  /** Of the content at `at`, once `content` has found it; -1 at the end of the file. */
  column = -1;
  #lineEnd = -1;
  #colon = -1;
  #comment = -1;
  constructor(text: string) {
    this.text = text;
  }

  get code(): number {
    return this.text.charCodeAt(this.at);
  }

  /** Where the line ends that `at` is on: at its line feed, or at the end of the file. */
  lineEnd(): number {
    if (this.#lineEnd < this.at) this.#lineEnd = this.#next('\n');
    return this.#lineEnd;
  }

  /** The next `: ` at or behind `at`. */
  colon(): number {
    if (this.#colon < this.at) this.#colon = this.#next(': ');
    return this.#colon;
  }

  /** The next ` #` at or behind `at`. */
  comment(): number {
    if (this.#comment < this.at) this.#comment = this.#next(' #');
    return this.#comment;
  }

  #next(what: string): number {
    const found = this.text.indexOf(what, this.at);
    return found === -1 ? this.text.length : found;
  }

  skipSpaces(): void {
    while (this.text.charCodeAt(this.at) === codes.space) this.at++;
  }

  /** At the end of the line, or at a comment that fills the rest of it. */
  atEnd(): boolean {
    const { code } = this;
    if (code === codes.hash) return this.at === 0 || this.text.charCodeAt(this.at - 1) <= codes.space;
    return code === codes.lineFeed || this.at >= this.text.length;
  }

  /** Behind the last value of a line: to the beginning of the next one. */
  endLine(): void {
    this.skipSpaces();
    if (!this.atEnd()) throw unusual;
    this.at = this.lineStart = Math.min(this.lineEnd() + 1, this.text.length);
  }

  /** From the beginning of a line to the next content, past empty lines and comments. */
  content(): number {
    const { text } = this;
    for (;;) {
      this.skipSpaces();
      if (this.at >= text.length) {
        this.column = -1;
        return -1;
      }
      if (!this.atEnd()) break;
      this.at = this.lineStart = Math.min(this.lineEnd() + 1, text.length);
    }
    this.column = this.at - this.lineStart;
    if (this.column === 0 && (text.startsWith('---', this.at) || text.startsWith('...', this.at))) throw unusual;
    return this.column;
  }

  /** At the `-` of a list's item. */
  atItem(): boolean {
    if (this.code !== codes.dash) return false;
    const next = this.text.charCodeAt(this.at + 1);
    return next === codes.space || next === codes.lineFeed || this.at + 1 >= this.text.length;
  }
}
