// A place in the tokens of one statement.
import type { Place } from '../../model.ts';
import type { Token } from './tokens.ts';

export class Refused extends Error {}

export class Cursor {
  readonly #tokens: readonly Token[];
  readonly #text: string;
  readonly #placeOf: (offset: number) => Place;
  #at = 0;

  constructor(o: { readonly text: string; readonly tokens: readonly Token[]; readonly placeOf: (offset: number) => Place }) {
    this.#text = o.text;
    this.#tokens = o.tokens;
    this.#placeOf = o.placeOf;
  }
  /** Of the next token. */
  place(): Place {
    return this.#placeOf(this.peek()?.start ?? this.#text.length);
  }
  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }
  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }
  /** Do these words come next? Quoted names are no words. */
  sees(words: string, ahead = 0): boolean {
    return words.split(' ').every((one, n) => {
      const token = this.peek(ahead + n);
      return token !== undefined && token.kind !== 'quoted' && token.kind !== 'string' && token.text.toUpperCase() === one;
    });
  }
  takes(...choices: readonly string[]): boolean {
    const found = choices.find((words) => this.sees(words));
    if (found !== undefined) this.#at += found.split(' ').length;
    return found !== undefined;
  }
  needs(words: string): void {
    if (!this.takes(words)) throw new Refused(`expected ${words}, and there is ${this.peek()?.text ?? 'the end'}`);
  }
  next(): Token {
    const token = this.peek();
    if (token === undefined) throw new Refused('it ends too early');
    this.#at++;
    return token;
  }
  /** `db.name` is the name alone: a database of MySQL is what a connection names. */
  name(): string {
    let token = this.next();
    if (token.kind === 'string') token = { ...token, text: token.text.slice(1, -1) };
    if (token.kind === 'sign' || token.kind === 'number') throw new Refused(`expected a name, and there is ${token.text}`);
    return this.takes('.') ? this.name() : token.text;
  }
  /** The names in parentheses: `(a, b)`. */
  names(): readonly string[] {
    return this.list(() => this.name());
  }
  list<T>(each: () => T): readonly T[] {
    this.needs('(');
    const made: T[] = [];
    do made.push(each());
    while (this.takes(','));
    this.needs(')');
    return made;
  }
  /** What stands in the parentheses that open here, as written. */
  group(): string {
    const from = this.next();
    let depth = 1;
    while (depth > 0) {
      const { kind, text, end } = this.next();
      if (kind === 'sign' && text === '(') depth++;
      if (kind === 'sign' && text === ')') depth--;
      if (depth === 0) return this.text(from.end, end - 1);
    }
    return '';
  }
  text(start: number, end: number): string {
    return this.#text.slice(start, end).replace(/\s+/g, ' ').trim();
  }
  /** As written, up to a comma or parenthesis of the level outside, or one of the words. */
  upTo(stop: (token: Token, taken: number) => boolean): string {
    const from = this.peek();
    let last = from;
    let depth = 0;
    for (let taken = 0; !this.done; taken++) {
      const token = this.peek();
      if (token === undefined) break;
      const sign = token.kind === 'sign' ? token.text : '';
      if (depth === 0 && (sign === ',' || sign === ')' || stop(token, taken))) break;
      if (sign === '(') depth++;
      if (sign === ')') depth--;
      last = token;
      this.#at++;
    }
    return from === undefined || last === undefined || this.peek() === from ? '' : this.text(from.start, last.end);
  }
}
