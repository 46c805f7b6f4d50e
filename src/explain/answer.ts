/** What is said about one thing that somebody asked about. */
export interface Answer {
  readonly kind: 'code' | 'finding' | 'key' | 'plugin' | 'input' | 'value' | 'access' | 'verdict';
  /** As one may ask for it again: `step.needs`, `load/slower`. */
  readonly subject: string;
  /** In one sentence. */
  readonly means: string;
  /** More, each under a word: "way out", "default". */
  readonly facts: readonly Fact[];
}
export type Fact = readonly [name: string, text: string];

/** Leaves out what is not known. */
export const facts = (...all: readonly (readonly [name: string, text: string | undefined])[]): readonly Fact[] =>
  all.flatMap(([name, text]) => (text === undefined || text === '' ? [] : [[name, text] as const]));
