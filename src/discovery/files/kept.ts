// Syntax trees that are kept: as many as memory allows, the last used ones.

interface Kept {
  readonly file: string;
  readonly text: string;
}

export class KeptTrees<Unit extends Kept> {
  /** In the order of their last use. */
  readonly #kept = new Map<string, Unit>();
  /**
   * Those that others may still hold: there should not be two trees of one file. Each is held to the end of the turn of the event loop in
   * which it goes, so whoever reads many files should let others take their turns.
   */
  readonly #loose = new Map<string, WeakRef<Unit>>();
  readonly #forget: () => void;
  #size = 0;
  #letGo = 0;

  readonly #most: number;

  /** `most`: characters of their sources. `forget`: lets go what was made of trees, now and then. */
  constructor(most: number, forget: () => void) {
    this.#forget = forget;
    this.#most = most;
  }
  get(file: string): Unit | undefined {
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
  add(unit: Unit): void {
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
    if (this.#letGo < this.#most / 4) return;
    this.#letGo = 0;
    this.#forget();
  }
}
