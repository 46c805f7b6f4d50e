// Syntax trees that are kept: as many as memory allows, the last used ones.

interface Kept {
  readonly file: string;
  readonly text: string;
}

export class KeptTrees<Unit extends Kept> {
  /** In the order of their last use. */
  readonly #kept = new Map<string, Unit>();
  readonly #forget: () => void;
  readonly #most: number;
  #size = 0;
  #letGo = 0;

  /** `most`: characters of their sources. `forget`: lets go what was made of trees, now and then. */
  constructor(most: number, forget: () => void) {
    this.#forget = forget;
    this.#most = most;
  }
  get(file: string): Unit | undefined {
    const kept = this.#kept.get(file);
    if (kept === undefined) return undefined;
    this.#kept.delete(file);
    this.#kept.set(file, kept);
    return kept;
  }
  add(unit: Unit): void {
    this.#kept.set(unit.file, unit);
    this.#size += unit.text.length;
    // A WeakRef to one that goes would hold it to the end of the turn of the event loop, and an adapter is one turn.
    for (const [file, old] of this.#kept) {
      if (this.#size <= this.#most || file === unit.file) break;
      this.#kept.delete(file);
      this.#size -= old.text.length;
      this.#letGo += old.text.length;
    }
    if (this.#letGo < this.#most / 4) return;
    this.#letGo = 0;
    this.#forget();
  }
}
