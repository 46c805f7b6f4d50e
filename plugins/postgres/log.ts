const entry = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ UTC \[\d+\] (?:(\S+) )?[A-Z]+: {2}/;

/**
 * Leaves out what other databases of the same server wrote. Entries start with `log_line_prefix` ('%m [%p] %q%d '); lines without it
 * belong to the entry above.
 */
export function linesOf(log: string, database: string): string {
  let shown = true;
  return log
    .split('\n')
    .filter((line) => {
      const match = entry.exec(line);
      if (match !== null) shown = match[1] === undefined || match[1] === database;
      return shown;
    })
    .join('\n');
}

/** The newest characters of a text that grows. */
export class KeptText {
  readonly #limit: number;
  #text = '';

  constructor(limit: number) {
    this.#limit = limit;
  }
  add(chunk: string): void {
    this.#text = (this.#text + chunk).slice(-this.#limit);
  }
  get text(): string {
    return this.#text;
  }
}
