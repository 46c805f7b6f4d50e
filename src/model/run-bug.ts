/** Something that no step may throw, with the journal that tells how it came to it. */
export class RunBug extends Error {
  readonly journal: string;
  constructor(cause: unknown, journal: string) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.journal = journal;
  }
}
