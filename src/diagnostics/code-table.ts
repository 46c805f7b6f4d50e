/** What a code means, what a person reads about one occurrence of it, and the way out. Pure functions of the facts. */
export interface CodeEntry {
  /** When it occurs, in one sentence, for docs/errors.md. */
  readonly means: string;
  /** Default: `error`. */
  readonly severity?: 'error' | 'warning';
  message(facts: never): string;
  /** `''` where there is nothing to add to the message. */
  hint(facts: never): string;
}
/** `<area>/<what>` in kebab case to its entry. */
export type CodeTable = Readonly<Record<string, CodeEntry>>;

/** What message and hint of a code are told about one occurrence; what one of them does not ask for, the other may. */
export type Facts<Table extends CodeTable, Code extends keyof Table> = Given<Table[Code]['message']> & Given<Table[Code]['hint']>;
type Given<Words> = Words extends (facts: infer Told) => string ? Told : never;
