const tailCharacters = 2000;

/** What a service wrote since some moment, as far as its start needs it: the end, and whether it said a word. */
export class LogSection {
  readonly #word: string | undefined;
  #end = '';
  #heard = false;
  #isCut = false;

  constructor(word: string | undefined) {
    this.#word = word;
  }

  push(text: string): void {
    const whole = this.#end + text;
    if (this.#word !== undefined && !this.#heard) this.#heard = whole.includes(this.#word);
    this.#isCut ||= whole.length > tailCharacters;
    // Enough to hear a word that comes in two pieces.
    this.#end = whole.slice(-Math.max(tailCharacters, this.#word?.length ?? 0));
  }

  get heard(): boolean {
    return this.#heard;
  }

  /** Whole lines, where there are some. */
  get tail(): string {
    const end = this.#end.slice(-tailCharacters);
    const lines = end.slice(end.indexOf('\n') + 1).trim();
    return this.#isCut && lines !== '' ? lines : end.trim();
  }
}
