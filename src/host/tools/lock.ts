type Release = () => void;
interface Waiter {
  readonly exclusive: boolean;
  readonly enter: () => void;
}

/**
 * Many readers or one writer, in the order of arrival: the calls of one turn have the effects that they would have one after the other.
 */
export class FairLock {
  readonly #waiting: Waiter[] = [];
  #readers = 0;
  #writing = false;

  async run<T>(mode: 'shared' | 'exclusive', work: () => Promise<T>): Promise<T> {
    const release = await this.#acquire(mode === 'exclusive');
    try {
      return await work();
    } finally {
      release();
    }
  }

  #acquire(exclusive: boolean): Promise<Release> {
    return new Promise((resolve) => {
      this.#waiting.push({
        exclusive,
        enter: () => {
          if (exclusive) this.#writing = true;
          else this.#readers += 1;
          resolve(() => {
            if (exclusive) this.#writing = false;
            else this.#readers -= 1;
            this.#admit();
          });
        },
      });
      this.#admit();
    });
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#writing || (next.exclusive && this.#readers > 0)) return;
      this.#waiting.shift();
      next.enter();
    }
  }
}
