// Syntax trees that are kept: as many as memory allows, the last used ones.
import type { EcmaUnit } from '../contract/reading.ts';

/** Characters of source whose trees are kept: a tree takes about 20 times the size of its source. */
const most = 8 * 1024 * 1024;

export class KeptUnits {
  /** In the order of their last use. */
  readonly #kept = new Map<string, EcmaUnit>();
  /** Those that others may still hold: there must not be two trees of one file. */
  readonly #loose = new Map<string, WeakRef<EcmaUnit>>();
  readonly #forget: () => void;
  #size = 0;
  #letGo = 0;

  readonly #most: number;

  /** `forget`: lets go what was made of trees, now and then. */
  constructor(forget: () => void, limit: number = most) {
    this.#forget = forget;
    this.#most = limit;
  }
  get(file: string): EcmaUnit | undefined {
    const kept = this.#kept.get(file);
    if (kept !== undefined) {
      this.#kept.delete(file);
      this.#kept.set(file, kept);
      return kept;
    }
    const loose = this.#loose.get(file)?.deref();
    if (loose !== undefined) this.add(loose);
    return loose;
  }
  add(unit: EcmaUnit): void {
    this.#loose.delete(unit.file);
    this.#kept.set(unit.file, unit);
    this.#size += unit.text.length;
    for (const [file, old] of this.#kept) {
      if (this.#size <= this.#most || file === unit.file) break;
      this.#kept.delete(file);
      this.#loose.set(file, new WeakRef(old));
      this.#size -= old.text.length;
      this.#letGo += old.text.length;
    }
    if (this.#letGo < this.#most / 2) return;
    this.#letGo = 0;
    this.#forget();
  }
}
